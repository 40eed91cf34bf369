// Policies and the 24 h windows of what was spent under them.
#pragma once

#include <optional>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "money/uint256.h"
#include "pg/tx.h"
#include "wallet-manager/policy.h"

namespace wallet_manager {

struct StoredPolicy {
    Policy policy;  // in force
    std::optional<Policy> pending;
    std::optional<base::Time> pending_at;
};

// `standard` is what a user without a policy of his own has. A loosening whose time has come is in
// force already.
[[nodiscard]] base::Result<StoredPolicy> LoadPolicy(pg::Tx& tx,
                                                    const base::UserId& user,
                                                    const Policy& standard);

// The same under the user's policy lock, held until the commit: what makes windows count right when
// many payments are authorised at once.
[[nodiscard]] base::Result<StoredPolicy> LockPolicy(pg::Tx& tx,
                                                    const base::UserId& user,
                                                    const Policy& standard);

// Replaces what is in force and drops what waits. Call under LockPolicy.
[[nodiscard]] base::Result<> StorePolicy(pg::Tx& tx,
                                         const base::UserId& user,
                                         const Policy& policy);

// Keeps what is in force; `pending` follows in 24 h. Answers when. Call under LockPolicy.
[[nodiscard]] base::Result<base::Time> StorePending(pg::Tx& tx,
                                                    const base::UserId& user,
                                                    const Policy& in_force,
                                                    const Policy& pending);

// Reserved and not given back, of the last 24 h or not settled yet.
[[nodiscard]] base::Result<money::UInt256> SpentInWindow(pg::Tx& tx,
                                                         const base::UserId& user,
                                                         const Spend& spend);

// Idempotent per intent.
[[nodiscard]] base::Result<> Reserve(pg::Tx& tx,
                                     const base::IntentId& intent,
                                     const base::UserId& user,
                                     const Spend& spend);

// `counts` = money left the wallet. Idempotent per intent.
[[nodiscard]] base::Result<> Settle(pg::Tx& tx, const base::IntentId& intent, bool counts);

// The policy as JSON with the proto's field names. Errors: `bad_policy`.
[[nodiscard]] base::Result<Policy> ParsePolicy(const std::string& json);

}  // namespace wallet_manager
