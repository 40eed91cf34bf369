#include "follower/follower.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "follower/coin_store.h"
#include "follower/rescan_store.h"
#include "follower/spend_store.h"
#include "transfer/pin.h"

namespace follower {

namespace {

constexpr const char* kLeaseName = "follower";
constexpr std::uint32_t kAddressPage = 1'000;
constexpr std::size_t kDescribedAtOnce = 20;
constexpr std::chrono::seconds kRefreshTime{2};

// How many blocks are read before they are stored: so many that another, who waits for the lease,
// does not get it while we read.
class ReadBound {
public:
    explicit ReadBound(const Options& options)
        : most_(options.blocks_at_once),
          until_(std::chrono::steady_clock::now() + options.lease / 3) {}

    // Whether one more is read after so many.
    [[nodiscard]] bool Takes(std::size_t read) const {
        return read == 0 || (read < most_ && std::chrono::steady_clock::now() < until_);
    }

private:
    const std::size_t most_;
    const std::chrono::steady_clock::time_point until_;
};

bool HasCoins(const chain::Parameters& parameters) {
    return parameters.info != nullptr && parameters.info->family == chain::Family::kUtxo;
}

}  // namespace

Follower::Follower(Parts parts)
    : parts_(std::move(parts)),
      network_(parts_.chain.parameters().network),
      has_coins_(HasCoins(parts_.chain.parameters())),
      leases_(parts_.pool, network_, parts_.options.lease) {}

void Follower::Run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        if (RunOnce(stop)) {
            continue;
        }
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, parts_.options.poll, [] { return false; });
    }
    const std::string name = kLeaseName;
    const auto released = leases_.Release(std::span(&name, 1));
    if (!released) {
        Report(released.error());
    }
}

bool Follower::RunOnce(const std::stop_token& stop) {
    const auto done = Follow(stop);
    if (done) {
        return *done;
    }
    if (done.error().reason == "lease_lost") {
        leases_.Forget(kLeaseName);
    }
    Report(done.error());
    return false;
}

void Follower::Report(const base::Error& error) const {
    if (parts_.hooks.on_error) {
        parts_.hooks.on_error("follower", error);
    }
}

base::Result<bool> Follower::Follow(const std::stop_token& stop) {
    BASE_ASSIGN_OR_RETURN(const auto lease, leases_.Acquire(kLeaseName));
    if (!lease) {
        loaded_ = false;  // another reads on meanwhile
        seen_.clear();
        return false;
    }
    // The order matters: an address of a block up to this head is in the list that comes next.
    BASE_ASSIGN_OR_RETURN(const auto head, parts_.chain.GetHead());
    const std::string seen = head.newest.hash + "/" + std::to_string(head.final.height);
    if (seen == seen_) {
        // Without a block no address needs to be known, but one with a past.
        if (std::chrono::steady_clock::now() - refreshed_ > kRefreshTime) {
            BASE_RETURN_IF_ERROR(RefreshAddresses());
        }
        return rescanning_ ? Rescan(*lease, head) : base::Result<bool>(false);
    }
    BASE_RETURN_IF_ERROR(RefreshAddresses());
    BASE_ASSIGN_OR_RETURN(auto foot, FindFoot(*lease, head));
    if (!foot) {
        return false;
    }
    bool more = true;
    while (more && !stop.stop_requested()) {
        BASE_ASSIGN_OR_RETURN(more, ReadOn(*lease, head, *foot));
        if (more) {
            BASE_RETURN_IF_ERROR(leases_.RenewAll());
        }
    }
    if (more) {
        return false;  // told to stop: what follows is true only at the newest block
    }
    // What cannot be looked at keeps no older block from being read.
    const auto looked = LookAround(*lease, *foot);
    if (looked && *looked && foot->hash == head.newest.hash) {
        seen_ = seen;
    }
    const auto rescanned = Rescan(*lease, head);
    return looked ? rescanned : looked.error();
}

base::Result<bool> Follower::LookAround(const transfer::Lease& lease, const FollowedBlock& foot) {
    // The coins of a UTXO chain are all known: no balance rises without one.
    if (!has_coins_) {
        BASE_RETURN_IF_ERROR(LookAtBalances(lease, foot));
    }
    return DescribeSpends(lease);
}

base::Result<> Follower::RefreshAddresses() {
    refreshed_ = std::chrono::steady_clock::now();
    if (!loaded_) {
        epoch_ = 0;
        BASE_ASSIGN_OR_RETURN(watched_, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                                  return LoadWatched(tx, network_, epoch_);
                              }));
        loaded_ = true;
    }
    std::size_t count = kAddressPage;
    while (count == kAddressPage) {
        BASE_ASSIGN_OR_RETURN(const auto added, parts_.gate.ListAddresses(epoch_, kAddressPage));
        count = added.size();
        if (count == 0) {
            break;
        }
        const auto store = [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(StoreWatched(tx, network_, added));
            return OpenRescans(tx, network_, added);
        };
        BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, store));
        for (const transfer::OwnAddress& own : added) {
            watched_[own.address] = {own.wallet, own.user};
            rescanning_ = rescanning_ || own.birthday_height;
        }
        epoch_ = added.back().epoch;
    }
    return {};
}

base::Result<chain::Block> Follower::FirstBlock(const chain::Head& head) {
    // A reorg that took the first block away would leave nothing to stand on. The final one stays;
    // where it is unknown or far below, as on a network that has no final blocks yet, the block
    // that is as deep as a reorg can be undone serves.
    const std::uint64_t kept = parts_.options.blocks_kept;
    const std::uint64_t lowest = head.newest.height > kept ? head.newest.height - kept : 0;
    if (!head.final.hash.empty() && head.final.height >= lowest) {
        return head.final;
    }
    auto block = parts_.chain.GetBlock(lowest);
    if (!block && block.error().kind == base::ErrorKind::kNotFound) {
        return head.newest;  // chains that leave heights out
    }
    return block;
}

base::Result<std::optional<FollowedBlock>> Follower::FindFoot(const transfer::Lease& lease,
                                                              const chain::Head& head) {
    const auto load = [&](std::size_t count) {
        return pg::Transact(parts_.pool,
                            [&](pg::Tx& tx) { return LoadBlocks(tx, network_, count); });
    };
    BASE_ASSIGN_OR_RETURN(auto blocks, load(1));
    if (blocks.empty()) {
        chain::BlockContent first;
        BASE_ASSIGN_OR_RETURN(first.block, FirstBlock(head));
        const auto begin = [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
            return ApplyBlock(tx, network_, first, watched_);
        };
        BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, begin));
        return std::optional(FollowedBlock{first.block.height, first.block.hash});
    }
    if (blocks.front().height <= head.newest.height) {
        BASE_ASSIGN_OR_RETURN(const auto now, parts_.chain.GetBlock(blocks.front().height));
        if (now.hash == blocks.front().hash) {
            return std::optional(blocks.front());
        }
    }
    bool reorganised = blocks.front().height <= head.newest.height;
    BASE_ASSIGN_OR_RETURN(blocks, load(parts_.options.blocks_kept + 1));
    for (const FollowedBlock& block : blocks) {
        if (block.height > head.newest.height) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const auto now, parts_.chain.GetBlock(block.height));
        if (now.hash == block.hash && !reorganised) {
            // The node has our blocks, only fewer: it is behind, and none has lost its place.
            return std::optional<FollowedBlock>();
        }
        if (now.hash == block.hash) {
            BASE_RETURN_IF_ERROR(TakeBack(lease, block.height));
            return std::optional(block);
        }
        reorganised = true;
    }
    if (blocks.back().height > head.newest.height) {
        return std::optional<FollowedBlock>();  // the node is far behind us
    }
    return base::FailedPrecondition("reorg_too_deep",
                                    "none of the blocks we have read is on the node's main chain");
}

base::Result<> Follower::TakeBack(const transfer::Lease& lease, std::uint64_t height) {
    std::string changed;
    const auto undo = [&](pg::Tx& tx) -> base::Result<std::size_t> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        BASE_ASSIGN_OR_RETURN(changed, transfer::NoteTakenBack(tx, network_, height));
        BASE_RETURN_IF_ERROR(TakeBackCoins(tx, network_, height));
        BASE_RETURN_IF_ERROR(TakeBackSpends(tx, network_, height));
        return TakeBackAbove(tx, network_, height);
    };
    BASE_ASSIGN_OR_RETURN(const auto finals, pg::Transact(parts_.pool, undo));
    if (!changed.empty() && parts_.hooks.on_alarm) {
        parts_.hooks.on_alarm("final_block_changed", changed);
    }
    if (finals > 0 && parts_.hooks.on_alarm) {
        parts_.hooks.on_alarm("final_deposit_reversed",
                              std::to_string(finals) + " incoming transfers above block " +
                                  std::to_string(height) + " had been final");
    }
    return {};
}

base::Result<bool> Follower::ReadOn(const transfer::Lease& lease,
                                    const chain::Head& head,
                                    FollowedBlock& foot) {
    std::set<std::string> addresses;
    for (const auto& [address, owner] : watched_) {
        addresses.insert(addresses.end(), address);
    }
    std::vector<chain::BlockContent> blocks;
    std::string parent = foot.hash;
    std::uint64_t height = foot.height + 1;
    bool more = true;
    const ReadBound bound(parts_.options);
    while (more && height <= head.newest.height && bound.Takes(blocks.size())) {
        BASE_ASSIGN_OR_RETURN(auto content, parts_.chain.ReadBlock(height, addresses));
        RaiseAlarms(content);
        if (content.block.height < height || content.block.parent_hash != parent) {
            more = false;  // nothing yet, or reorganised while we read: then the foot is found anew
            continue;
        }
        parent = content.block.hash;
        height = content.block.height + 1;
        blocks.push_back(std::move(content));
    }
    const std::uint64_t newest = blocks.empty() ? foot.height : blocks.back().block.height;
    const std::uint64_t kept = parts_.options.blocks_kept;
    const auto apply = [&](pg::Tx& tx) -> base::Result<std::string> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        for (const chain::BlockContent& content : blocks) {
            BASE_RETURN_IF_ERROR(ApplyBlock(tx, network_, content, watched_));
            BASE_RETURN_IF_ERROR(
                ApplyCoins(tx, parts_.chain.parameters().native, content, watched_));
        }
        BASE_RETURN_IF_ERROR(BookUnknownSpends(tx, network_, blocks, watched_));
        BASE_RETURN_IF_ERROR(PruneBlocks(tx, network_, newest > kept ? newest - kept : 0));
        const std::uint64_t final_height = std::min(newest, head.final.height);
        BASE_RETURN_IF_ERROR(MarkFinal(tx, network_, final_height));
        return transfer::AdvancePin(tx, network_, final_height);
    };
    BASE_ASSIGN_OR_RETURN(const std::string changed, pg::Transact(parts_.pool, apply));
    if (!changed.empty() && parts_.hooks.on_alarm) {
        parts_.hooks.on_alarm("final_block_changed", changed);
    }
    if (!blocks.empty()) {
        foot = {newest, parent};
    }
    return more && height <= head.newest.height;
}

void Follower::RaiseAlarms(const chain::BlockContent& content) const {
    for (const std::string& alarm : content.alarms) {
        if (parts_.hooks.on_alarm) {
            parts_.hooks.on_alarm("deposits_incomplete", alarm);
        }
    }
}

base::Result<bool> Follower::Rescan(const transfer::Lease& lease, const chain::Head& head) {
    const auto load = [&](pg::Tx& tx) { return LoadRescan(tx, network_); };
    BASE_ASSIGN_OR_RETURN(const auto rescan, pg::Transact(parts_.pool, load));
    rescanning_ = rescan.open;
    if (rescan.addresses.empty()) {
        return false;
    }
    std::set<std::string> addresses;
    for (const auto& [address, owner] : rescan.addresses) {
        addresses.insert(addresses.end(), address);
    }
    std::vector<chain::BlockContent> blocks;
    std::uint64_t height = rescan.next_height;
    const ReadBound bound(parts_.options);
    while (height <= head.newest.height && bound.Takes(blocks.size())) {
        auto content = parts_.chain.ReadBlock(height, addresses);
        if (!content) {
            Report(content.error());
            const RescanTrouble trouble{content.error().detail, parts_.options.rescan_retry};
            const auto note = [&](pg::Tx& tx) -> base::Result<follower::Rescan> {
                BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
                BASE_RETURN_IF_ERROR(NoteRescanTrouble(tx, network_, rescan, trouble));
                return load(tx);
            };
            BASE_ASSIGN_OR_RETURN(const auto other, pg::Transact(parts_.pool, note));
            return !other.addresses.empty();
        }
        RaiseAlarms(*content);
        if (content->block.height < height) {
            break;
        }
        height = content->block.height + 1;
        blocks.push_back(std::move(*content));
    }
    const auto apply = [&](pg::Tx& tx) -> base::Result<bool> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        BASE_ASSIGN_OR_RETURN(const bool same, OnFollowedChain(tx, network_, blocks));
        if (!same) {
            // Reorganised since: read again, after the others.
            BASE_RETURN_IF_ERROR(AdvanceRescan(tx, network_, rescan, rescan.next_height));
            return false;
        }
        const money::Asset& native = parts_.chain.parameters().native;
        for (const chain::BlockContent& content : blocks) {
            BASE_RETURN_IF_ERROR(BookPayments(tx, network_, content, rescan.addresses));
            BASE_RETURN_IF_ERROR(ApplyCoins(tx, native, content, rescan.addresses));
        }
        BASE_RETURN_IF_ERROR(AdvanceRescan(tx, network_, rescan, height));
        BASE_RETURN_IF_ERROR(MarkFinal(tx, network_, head.final.height));
        return !blocks.empty();
    };
    return pg::Transact(parts_.pool, apply);
}

base::Result<bool> Follower::DescribeSpends(const transfer::Lease& lease) {
    BASE_ASSIGN_OR_RETURN(const auto hashes, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return LoadUndescribed(tx, network_, kDescribedAtOnce);
                          }));
    for (const std::string& hash : hashes) {
        const auto view = parts_.chain.View(hash);
        const auto store = [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
            return view ? Describe(tx, network_, *view)
                        : PostponeDescription(tx, network_, hash, parts_.options.description_retry);
        };
        BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, store));
        if (view) {
            continue;
        }
        Report(view.error());
        if (view.error().kind == base::ErrorKind::kUnavailable) {
            return false;  // the others are not waited for in this round
        }
    }
    return hashes.size() < kDescribedAtOnce;
}

base::Result<> Follower::LookAtBalances(const transfer::Lease& lease, const FollowedBlock& foot) {
    BASE_ASSIGN_OR_RETURN(const auto due, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return LoadBalancesDue(tx,
                                                     network_,
                                                     foot.height,
                                                     parts_.options.balance_interval,
                                                     parts_.options.balances_at_once);
                          }));
    for (const BalanceDue& entry : due) {
        BASE_RETURN_IF_ERROR(LookAtBalance(lease, foot, entry));
    }
    return {};
}

base::Result<> Follower::LookAtBalance(const transfer::Lease& lease,
                                       const FollowedBlock& foot,
                                       const BalanceDue& due) {
    const money::Asset& native = parts_.chain.parameters().native;
    BASE_ASSIGN_OR_RETURN(const auto balance, parts_.chain.GetBalance(due.address, native));
    if (balance.block_height != foot.height) {
        return {};  // of a block whose payments we do not know yet
    }
    BalanceSeen seen{due, balance, {}};
    if (due.seen_at && due.explained) {
        const auto rise = money::CheckedSub(balance.amount, due.expected);
        seen.rise = rise ? *rise : money::UInt256();
    }
    const auto store = [&](pg::Tx& tx) -> base::Result<bool> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        return StoreBalance(tx, native, foot, seen);
    };
    BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, store));
    return {};
}

}  // namespace follower
