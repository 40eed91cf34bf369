// What a user's payments must satisfy, as pure functions over values. The window's sum is the
// caller's; it must come from the same transaction that places the reservation.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "money/uint256.h"
#include "platform/common/v1/order.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace wallet_manager {

using Policy = platform::wallet::v1::Policy;

// What an order takes out of a wallet.
struct Spend {
    std::string network;   // CAIP-2
    std::string contract;  // canonical; empty = native
    money::UInt256 amount;
    std::vector<std::string> recipients;  // canonical addresses; none where all goes to self
};

// `stated` is what the chain daemon says leaves the wallet; an order that names its own amount is
// believed instead where it is higher. A step of a saga counts nothing: the saga's swap does.
// Errors: `bad_order`.
[[nodiscard]] base::Result<Spend> SpendOf(const platform::common::v1::Order& order,
                                          const money::UInt256& stated);

enum class Ruling { kAllow, kDeny, kNeedsApproval };

struct PolicyVerdict {
    Ruling ruling = Ruling::kAllow;
    std::string rule;    // approval_above, per_day, ...; empty where allowed
    std::string detail;  // for people
};

// `spent` = what the user's window of this asset holds already, not counting this spend.
[[nodiscard]] PolicyVerdict Evaluate(const Policy& policy,
                                     const Spend& spend,
                                     const money::UInt256& spent);

// Whether the sum over the window matters for this spend.
[[nodiscard]] bool HasDailyLimit(const Policy& policy, const Spend& spend);

// The policy in canonical form: addresses with their checksum, entries in order. Errors:
// `bad_policy` naming the entry.
[[nodiscard]] base::Result<Policy> NormalisePolicy(const Policy& policy);

// Whether anything that `from` forbids or asks about would pass under `to`. Both normalised.
[[nodiscard]] bool IsLoosened(const Policy& from, const Policy& to);

}  // namespace wallet_manager
