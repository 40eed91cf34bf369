#include "solana/incoming.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "money/uint256.h"

namespace solana {

namespace {

// Pages of signatures of one account between two looks.
constexpr int kPagesMax = 1'000;
// Ranges of blocks that one look goes through for a hole: the first five days.
constexpr int kRangesMax = 100;
// A finalized slot may have been skipped.
constexpr std::uint64_t kSlotsBack = 64;

}  // namespace

std::vector<TokenGain> TokenGains(const NodeTransaction& transaction) {
    std::vector<TokenGain> gains;
    for (const TokenBalance& after : transaction.tokens_after) {
        std::uint64_t before = 0;
        for (const TokenBalance& entry : transaction.tokens_before) {
            if (entry.account == after.account) {
                before = entry.amount;
            }
        }
        if (after.amount > before) {
            gains.push_back({after, after.amount - before});
        }
    }
    return gains;
}

std::vector<chain::Incoming> IncomingOf(const std::string& tx_hash,
                                        const NodeTransaction& transaction,
                                        const chain::Parameters& parameters,
                                        const std::set<std::string>& watched) {
    std::vector<chain::Incoming> incoming;
    if (transaction.failed) {
        return incoming;
    }
    const std::string& payer = transaction.keys.front();
    for (std::size_t i = 0; i < transaction.keys.size(); ++i) {
        // The payer's fee hides a part of what it may have received.
        const std::uint64_t after =
            transaction.lamports_after[i] + (i == 0 ? transaction.fee : std::uint64_t{0});
        const std::uint64_t before = transaction.lamports_before[i];
        if (after > before && watched.contains(transaction.keys[i])) {
            incoming.push_back({tx_hash,
                                std::to_string(i),
                                i == 0 ? "" : payer,
                                transaction.keys[i],
                                parameters.native,
                                money::UInt256(after - before)});
        }
    }
    for (const TokenGain& gain : TokenGains(transaction)) {
        if (!watched.contains(gain.balance.owner)) {
            continue;
        }
        money::Asset asset;
        asset.network = parameters.network;
        asset.contract = gain.balance.mint;
        asset.program = gain.balance.program;
        asset.decimals = gain.balance.decimals;
        incoming.push_back({tx_hash,
                            std::to_string(gain.balance.account),
                            payer,
                            gain.balance.owner,
                            std::move(asset),
                            money::UInt256(gain.amount)});
    }
    return incoming;
}

base::Result<chain::BlockContent> IncomingReader::Read(std::uint64_t height,
                                                       const std::set<std::string>& watched) {
    const std::lock_guard lock(mutex_);
    chain::BlockContent nothing;
    BASE_ASSIGN_OR_RETURN(const std::uint64_t final_slot, node_.Slot(Commitment::kFinalized));
    if (height == 0 || final_slot < height) {
        return nothing;
    }
    if (height != next_ ||
        !std::includes(looked_for_.begin(), looked_for_.end(), watched.begin(), watched.end())) {
        // Another reader, one that went back or one that has more addresses by now: all from
        // `height` on is looked up again.
        due_.clear();
        looked_up_to_ = height - 1;
    }
    next_ = height;
    if (due_.empty()) {
        if (const auto looked = LookUpTo(final_slot, watched); !looked) {
            due_.clear();  // half a look would pass over what the other half has
            return looked.error();
        }
    }
    while (!due_.empty()) {
        const std::uint64_t slot = due_.begin()->first;
        BASE_ASSIGN_OR_RETURN(auto content, ReadSlot(slot, watched));
        if (content && slot >= height) {
            BASE_ASSIGN_OR_RETURN(const auto foot, node_.BlockAt(height - 1));
            content->block.parent_hash = foot ? foot->hash : "";
            next_ = slot + 1;
            due_.erase(due_.begin());
            return Deliver(std::move(*content));
        }
        due_.erase(due_.begin());
    }
    for (std::uint64_t slot = looked_up_to_; slot >= height && slot + kSlotsBack > looked_up_to_;
         --slot) {
        BASE_ASSIGN_OR_RETURN(const auto block, node_.BlockAt(slot));
        if (block) {
            BASE_ASSIGN_OR_RETURN(const auto foot, node_.BlockAt(height - 1));
            nothing.block = *block;
            nothing.block.parent_hash = foot ? foot->hash : "";
            next_ = slot + 1;
            return Deliver(std::move(nothing));
        }
    }
    return nothing;
}

chain::BlockContent IncomingReader::Deliver(chain::BlockContent content) {
    content.alarms = std::exchange(alarms_, {});
    return content;
}

base::Result<> IncomingReader::LookUpTo(std::uint64_t final_slot,
                                        const std::set<std::string>& watched) {
    BASE_ASSIGN_OR_RETURN(const bool hole,
                          watched.empty() ? base::Result<bool>(false) : HasHole(final_slot));
    const Ask ask = hole ? Ask::kEach : Ask::kOne;
    for (const std::string& address : watched) {
        BASE_ASSIGN_OR_RETURN(const Pubkey owner, Pubkey::Parse(address));
        BASE_ASSIGN_OR_RETURN(const bool moved, Collect(owner, final_slot, ask));
        // A token account is made by a transaction that names its owner.
        if (moved || !token_accounts_.contains(owner)) {
            BASE_RETURN_IF_ERROR(RefreshTokenAccounts(owner));
        }
        for (const Pubkey& account : token_accounts_[owner]) {
            BASE_RETURN_IF_ERROR(Collect(account, final_slot, ask));
        }
    }
    // What is looked up again, as with another address, is not told again.
    if (hole && looked_up_to_ >= told_up_to_) {
        told_up_to_ = final_slot;
        alarms_.push_back("the node has not all blocks from slot " + std::to_string(looked_up_to_) +
                          " to " + std::to_string(final_slot) +
                          ": payments in them are missing unless another node showed them; compare "
                          "the wallets' balances with what was booked");
    }
    looked_up_to_ = final_slot;
    looked_for_ = watched;
    return {};
}

base::Result<bool> IncomingReader::HasHole(std::uint64_t final_slot) const {
    std::uint64_t known = looked_up_to_;
    std::uint64_t first = looked_up_to_ + 1;
    for (int range = 0; range < kRangesMax && first <= final_slot; ++range) {
        const std::uint64_t last = std::min(final_slot, first + kBlocksRange - 1);
        const auto slots = node_.BlocksIn(first, last);
        if (!slots) {
            // One that does not list its blocks may have them all.
            return IsRejected(slots.error()) ? base::Result<bool>(false) : slots.error();
        }
        const bool whole = last - first + 1 == kBlocksRange;
        first = last + 1;
        if (slots->empty()) {
            if (whole) {
                return true;
            }
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const auto low, node_.PlaceOf(slots->front()));
        BASE_ASSIGN_OR_RETURN(const auto high, node_.PlaceOf(slots->back()));
        if (low && low->parent_slot && *low->parent_slot > known) {
            return true;
        }
        if (low && high && low->height && high->height &&
            *high->height - *low->height + 1 != slots->size()) {
            return true;
        }
        known = slots->back();
    }
    return false;
}

// True: the account has new signatures.
base::Result<bool> IncomingReader::Collect(const Pubkey& account,
                                           std::uint64_t final_slot,
                                           Ask ask) {
    SignaturesQuery query;
    query.address = account;
    query.context_slot_min = final_slot;
    bool any = false;
    if (ask == Ask::kEach) {
        for (const SignatureRow& row : node_.SignaturesOfEach(query)) {
            if (row.slot > looked_up_to_ && row.slot <= final_slot) {
                due_[row.slot].insert(row.signature);
                any = true;
            }
        }
    }
    for (int page = 0; page < kPagesMax; ++page) {
        BASE_ASSIGN_OR_RETURN(const auto rows, node_.Signatures(query));
        for (const SignatureRow& row : rows) {
            if (row.slot <= looked_up_to_) {
                return any;
            }
            // What became final since is for the next look, which asks every account for it.
            if (row.slot <= final_slot) {
                due_[row.slot].insert(row.signature);
                any = true;
            }
        }
        if (rows.size() < kSignaturesPage) {
            return any;
        }
        query.before = rows.back().signature;
    }
    return BadAnswer("more signatures than can be read");
}

base::Result<> IncomingReader::RefreshTokenAccounts(const Pubkey& owner) {
    std::set<Pubkey> found;
    bool all = true;
    for (const Pubkey& program : {TokenProgram(), Token2022Program()}) {
        BASE_ASSIGN_OR_RETURN(const auto seen, node_.TokenAccounts(owner, program));
        found.insert(seen.accounts.begin(), seen.accounts.end());
        all = all && seen.all;
    }
    std::set<Pubkey>& known = token_accounts_[owner];
    if (all) {
        known = std::move(found);
        crowded_.erase(owner);
        return {};
    }
    for (const Pubkey& account : found) {
        if (known.size() < kTokenAccountsMax) {
            known.insert(account);
        }
    }
    if (crowded_.insert(owner).second) {
        alarms_.push_back(owner.ToString() + " has more token accounts than are followed: " +
                          "payments into the others are not seen");
    }
    return {};
}

base::Result<std::optional<chain::BlockContent>> IncomingReader::ReadSlot(
    std::uint64_t slot, const std::set<std::string>& watched) {
    chain::BlockContent content;
    for (const std::string& signature : due_.at(slot)) {
        BASE_ASSIGN_OR_RETURN(const auto transaction, node_.TransactionOf(signature));
        if (!transaction || transaction->slot != slot) {
            return BadAnswer("a final signature without its transaction");
        }
        // The fee payer has signed it.
        if (watched.contains(transaction->keys.front())) {
            content.senders.push_back({signature, transaction->keys.front()});
        }
        for (chain::Incoming& entry : IncomingOf(signature, *transaction, parameters_, watched)) {
            content.incoming.push_back(std::move(entry));
        }
    }
    if (content.incoming.empty() && content.senders.empty()) {
        return std::optional<chain::BlockContent>();
    }
    BASE_ASSIGN_OR_RETURN(const auto block, node_.BlockAt(slot));
    if (!block) {
        return BadAnswer("a slot with transactions and without a block");
    }
    content.block = *block;
    return std::optional(std::move(content));
}

}  // namespace solana
