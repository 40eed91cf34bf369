#include "wallet-manager/spend_book.h"

#include <set>

namespace wallet_manager {

namespace {

Window WindowOf(const Payer& payer) {
    return {payer.user, payer.spend.network, payer.spend.contract};
}

}  // namespace

base::Result<SpendBook> SpendBook::Open(pg::Tx& tx,
                                        const std::vector<Payer>& payers,
                                        const Policy& standard) {
    SpendBook book;
    std::set<base::UserId> users;
    for (const Payer& payer : payers) {
        users.insert(payer.user);
    }
    if (users.empty()) {
        return book;
    }
    BASE_ASSIGN_OR_RETURN(book.policies_, LoadPolicies(tx, users, standard));
    // The lock caps a user's payments at one batch a commit: only a window needs it.
    std::set<base::UserId> limited;
    for (const Payer& payer : payers) {
        if (HasDailyLimit(book.policies_.at(payer.user).policy, payer.spend)) {
            limited.insert(payer.user);
        }
    }
    if (limited.empty()) {
        return book;
    }
    BASE_ASSIGN_OR_RETURN(Policies locked, LockPolicies(tx, limited, standard));
    std::set<Window> windows;
    for (const Payer& payer : payers) {
        if (const auto policy = locked.find(payer.user);
            policy != locked.end() && HasDailyLimit(policy->second.policy, payer.spend)) {
            windows.insert(WindowOf(payer));
        }
    }
    for (auto& [user, policy] : locked) {
        book.policies_[user] = std::move(policy);
    }
    if (!windows.empty()) {
        BASE_ASSIGN_OR_RETURN(book.spent_, SpentInWindows(tx, windows));
    }
    return book;
}

PolicyVerdict SpendBook::Judge(const Payer& payer) const {
    const auto spent = spent_.find(WindowOf(payer));
    return Evaluate(policies_.at(payer.user).policy,
                    payer.spend,
                    spent == spent_.end() ? money::UInt256() : spent->second);
}

void SpendBook::Add(const Payer& payer, const base::IntentId& intent) {
    added_.push_back({intent, WindowOf(payer), payer.spend.amount});
    if (const auto spent = spent_.find(WindowOf(payer)); spent != spent_.end()) {
        const auto sum = money::CheckedAdd(spent->second, payer.spend.amount);
        spent->second = sum ? *sum : money::UInt256::Max();
    }
}

}  // namespace wallet_manager
