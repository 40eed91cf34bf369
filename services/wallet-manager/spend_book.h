// Policies and windows of the payments that are judged in one transaction: each one counts those
// that were allowed before it.
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "wallet-manager/policy.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

struct Payer {
    base::UserId user;
    Spend spend;
};

class SpendBook {
public:
    // Holds the policy lock of those users for whom a window counts. `standard` = the policy of
    // users who set none.
    [[nodiscard]] static base::Result<SpendBook> Open(pg::Tx& tx,
                                                      const std::vector<Payer>& payers,
                                                      const Policy& standard);

    // Of one that it was opened for.
    [[nodiscard]] PolicyVerdict Judge(const Payer& payer) const;

    // It is allowed: those judged later count it.
    void Add(const Payer& payer, const base::IntentId& intent);

    // Writes what was added.
    [[nodiscard]] base::Result<> Store(pg::Tx& tx) const { return Reserve(tx, added_); }

private:
    Policies policies_;
    Sums spent_;
    std::vector<Reservation> added_;
};

}  // namespace wallet_manager
