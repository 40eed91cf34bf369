// Policies and the 24 h windows of what was spent under them.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

using Policies = std::map<base::UserId, StoredPolicy>;

// The same for several.
[[nodiscard]] base::Result<Policies> LoadPolicies(pg::Tx& tx,
                                                  const std::set<base::UserId>& users,
                                                  const Policy& standard);
[[nodiscard]] base::Result<Policies> LockPolicies(pg::Tx& tx,
                                                  const std::set<base::UserId>& users,
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

// Whose payments of which asset count together.
struct Window {
    base::UserId user;
    std::string network;
    std::string contract;

    std::strong_ordering operator<=>(const Window&) const = default;
};

using Sums = std::map<Window, money::UInt256>;

// Reserved and not given back, of the last 24 h or not settled yet.
[[nodiscard]] base::Result<Sums> SpentInWindows(pg::Tx& tx, const std::set<Window>& windows);

struct Reservation {
    base::IntentId intent;
    Window window;
    money::UInt256 amount;
};

// Idempotent per intent.
[[nodiscard]] base::Result<> Reserve(pg::Tx& tx, const std::vector<Reservation>& reservations);

// `counts` = money left the wallets. Idempotent per intent.
[[nodiscard]] base::Result<> Settle(pg::Tx& tx,
                                    const std::vector<base::IntentId>& intents,
                                    bool counts);

// The policy as JSON with the proto's field names. Errors: `bad_policy`.
[[nodiscard]] base::Result<Policy> ParsePolicy(const std::string& json);

}  // namespace wallet_manager
