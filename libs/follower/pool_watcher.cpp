#include "follower/pool_watcher.h"

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <iterator>
#include <mutex>
#include <span>
#include <utility>

namespace follower {

namespace {

using std::chrono::steady_clock;

constexpr const char* kPoolLeaseName = "pool";
constexpr std::uint32_t kOwnersPage = 1'000;

}  // namespace

PoolWatcher::PoolWatcher(PoolParts parts)
    : parts_(std::move(parts)),
      network_(parts_.chain.parameters().network),
      leases_(parts_.pool, network_, parts_.options.lease) {}

void PoolWatcher::Run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::chrono::milliseconds rest = parts_.options.poll;
    while (!stop.stop_requested()) {
        const auto begun = steady_clock::now();
        rest =
            RunOnce(stop) ? parts_.options.poll : std::min(rest * 2, parts_.options.rest_longest);
        // Never more than half of the time.
        const auto pause = std::max<steady_clock::duration>(rest, steady_clock::now() - begun);
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, pause, [] { return false; });
    }
    const std::string name = kPoolLeaseName;
    const auto released = leases_.Release(std::span(&name, 1));
    if (!released) {
        Report(released.error());
    }
}

bool PoolWatcher::RunOnce(const std::stop_token& stop) {
    const auto done = Look(stop);
    if (done) {
        return true;
    }
    if (done.error().reason == "lease_lost") {
        leases_.Forget(kPoolLeaseName);
    }
    Report(done.error());
    return false;
}

void PoolWatcher::Report(const base::Error& error) const {
    if (parts_.on_error) {
        parts_.on_error("pool", error);
    }
}

base::Result<> PoolWatcher::Look(const std::stop_token& stop) {
    BASE_ASSIGN_OR_RETURN(const auto lease, leases_.Acquire(kPoolLeaseName));
    if (!lease) {
        lacking_.clear();  // another looks meanwhile
        return {};
    }
    // The order matters: an address that the pool pays is in the list that comes next, and a block
    // that has taken a transaction out of it is in the head that is asked for last.
    BASE_ASSIGN_OR_RETURN(const auto pool, parts_.chain.ListPool());
    const std::vector<std::string> unread = Compare(pool);
    BASE_RETURN_IF_ERROR(Keep(Read(unread, stop)));
    return Book(pool, *lease);
}

std::vector<std::string> PoolWatcher::Compare(const std::vector<std::string>& pool) {
    std::unordered_map<std::string, Reading> known;
    std::vector<std::string> newcomers;
    std::vector<std::string> left_over;
    for (const std::string& hash : pool) {
        auto before = known_.extract(hash);
        if (before.empty()) {
            newcomers.push_back(hash);
            continue;
        }
        if (before.mapped() != Reading::kRead) {
            left_over.push_back(hash);
        }
        known.insert(std::move(before));
    }
    std::vector<std::string> unread;
    for (std::string& hash : newcomers) {
        if (known.size() >= parts_.options.known_max) {
            break;
        }
        if (known.emplace(hash, Reading::kUnread).second) {
            unread.push_back(std::move(hash));
        }
    }
    known_ = std::move(known);
    unread.insert(unread.end(), left_over.begin(), left_over.end());
    for (auto entry = coins_.begin(); entry != coins_.end();) {
        const bool stays = known_.contains(entry->first);
        coin_count_ -= stays ? 0 : entry->second.size();
        entry = stays ? std::next(entry) : coins_.erase(entry);
    }
    return unread;
}

PoolWatcher::Batch PoolWatcher::Read(const std::vector<std::string>& unread,
                                     const std::stop_token& stop) {
    const PoolOptions& options = parts_.options;
    const auto deadline = steady_clock::now() + options.read_time;
    Batch batch;
    std::size_t bytes = 0;
    for (const std::string& hash : unread) {
        if (batch.hashes.size() >= options.transactions_at_once || bytes >= options.bytes_at_once ||
            steady_clock::now() >= deadline || stop.stop_requested()) {
            break;
        }
        auto pooled = parts_.chain.ReadPooled(hash);
        if (!pooled) {
            Report(pooled.error());
            Reading& reading = known_[hash];
            reading = reading == Reading::kUnread ? Reading::kFailed : Reading::kRead;
            break;  // the node may be gone
        }
        batch.hashes.push_back(hash);
        if (*pooled) {
            bytes += (*pooled)->size;
            batch.found.push_back(*std::move(*pooled));
        }
    }
    return batch;
}

base::Result<> PoolWatcher::Keep(const Batch& batch) {
    std::set<std::string> addresses;
    for (const chain::PooledTx& pooled : batch.found) {
        for (const chain::NewCoin& output : pooled.outputs) {
            addresses.insert(output.address);
        }
    }
    Owners owners;
    if (!addresses.empty()) {
        BASE_ASSIGN_OR_RETURN(owners, FindOwners(addresses));
    }
    const auto is_own = [&](const chain::NewCoin& output) {
        return owners.by_address.contains(output.address) && !output.coin.amount.IsZero();
    };
    std::vector<chain::SpentCoin> spends;
    for (const chain::PooledTx& pooled : batch.found) {
        if (std::any_of(pooled.outputs.begin(), pooled.outputs.end(), is_own)) {
            spends.insert(spends.end(), pooled.spends.begin(), pooled.spends.end());
        }
    }
    std::set<Payer> payers;
    if (!spends.empty()) {
        BASE_ASSIGN_OR_RETURN(payers, pg::Read(parts_.pool, [&](pg::Tx& tx) {
                                  return LoadPayers(tx, network_, spends);
                              }));
    }
    for (const chain::PooledTx& pooled : batch.found) {
        for (const chain::NewCoin& output : pooled.outputs) {
            if (!is_own(output) || coin_count_ >= parts_.options.coins_max) {
                continue;
            }
            const Watched& owner = owners.by_address.at(output.address);
            const bool change = payers.contains({pooled.tx_hash, owner.wallet}) ||
                                SpendsPooled(pooled, owner.wallet);
            coins_[pooled.tx_hash].push_back({{output, owner}, change});
            ++coin_count_;
        }
    }
    for (const std::string& hash : batch.hashes) {
        known_[hash] = Reading::kRead;
    }
    return {};
}

base::Result<Owners> PoolWatcher::FindOwners(const std::set<std::string>& addresses) {
    BASE_ASSIGN_OR_RETURN(Owners owners, pg::Read(parts_.pool, [&](pg::Tx& tx) {
                              return LoadOwners(tx, network_, addresses);
                          }));
    // Those that the follower has not stored yet.
    std::size_t count = kOwnersPage;
    while (count == kOwnersPage) {
        BASE_ASSIGN_OR_RETURN(const auto added,
                              parts_.gate.ListAddresses(owners.epoch, kOwnersPage));
        for (const transfer::OwnAddress& own : added) {
            if (addresses.contains(own.address)) {
                owners.by_address[own.address] = {own.wallet, own.user};
            }
            owners.epoch = own.epoch;
        }
        count = added.size();
    }
    return owners;
}

bool PoolWatcher::SpendsPooled(const chain::PooledTx& pooled, const base::WalletId& wallet) const {
    return std::any_of(
        pooled.spends.begin(), pooled.spends.end(), [&](const chain::SpentCoin& spent) {
            const auto parent = coins_.find(spent.tx_hash);
            return parent != coins_.end() &&
                   std::any_of(
                       parent->second.begin(), parent->second.end(), [&](const OwnCoin& own) {
                           return own.coin.made.coin.index == spent.index &&
                                  own.coin.owner.wallet == wallet;
                       });
        });
}

base::Result<> PoolWatcher::Book(const std::vector<std::string>& pool,
                                 const transfer::Lease& lease) {
    std::vector<PooledCoin> arriving;
    for (const auto& [hash, coins] : coins_) {
        for (const OwnCoin& own : coins) {
            if (!own.change) {
                arriving.push_back(own.coin);
            }
        }
    }
    const auto book = [&](pg::Tx& tx) -> base::Result<std::set<std::string>> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        BASE_RETURN_IF_ERROR(BookPooled(tx, parts_.chain.parameters().native, arriving));
        return LoadPooled(tx, network_);
    };
    BASE_ASSIGN_OR_RETURN(std::set<std::string> lacking, pg::Transact(parts_.pool, book));
    for (const std::string& hash : pool) {
        lacking.erase(hash);
    }
    BASE_ASSIGN_OR_RETURN(const auto gone, FindGone(std::move(lacking)));
    if (gone.empty()) {
        return {};
    }
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(transfer::Fence(tx, lease));
        return DropPooled(tx, network_, gone);
    });
}

base::Result<std::vector<std::string>> PoolWatcher::FindGone(std::set<std::string> lacking) {
    const auto before = std::exchange(lacking_, {});
    if (lacking.empty()) {
        return std::vector<std::string>();
    }
    // A block that the follower has yet to read may have it.
    BASE_ASSIGN_OR_RETURN(const auto head, parts_.chain.GetHead());
    BASE_ASSIGN_OR_RETURN(const auto followed, pg::Read(parts_.pool, [&](pg::Tx& tx) {
                              return LoadBlocks(tx, network_, 1);
                          }));
    if (followed.empty() || followed.front().hash != head.newest.hash) {
        return std::vector<std::string>();
    }
    std::vector<std::string> gone;
    for (const std::string& hash : lacking) {
        const auto looks = before.find(hash);
        const unsigned count = looks == before.end() ? 1 : looks->second + 1;
        if (count >= parts_.options.looks_until_gone) {
            gone.push_back(hash);
        } else {
            lacking_[hash] = count;
        }
    }
    return gone;
}

}  // namespace follower
