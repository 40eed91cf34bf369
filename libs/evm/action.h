// The one allowed call of each action: the chain's core builds it, the signer encodes it again from
// the order and refuses any transaction that differs.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/types.h"
#include "evm/address.h"
#include "evm/params.h"
#include "evm/transaction.h"
#include "money/uint256.h"

namespace evm {

// Contracts that an action may call, from the network's parameters and its router allow list.
struct Contracts {
    std::optional<Address> wrapped_native;
    std::map<std::string, Address> routers;  // by chain::Swap::protocol
};

// What a transaction calls.
struct Call {
    Address to;
    money::UInt256 value;  // native coin
    base::Bytes data;

    friend bool operator==(const Call&, const Call&) = default;
};

// `amount` is what leaves the wallet in the plan's asset (Quote::amount): the recipient's amount in
// mode exact, and what is left of it or of the balance after the fee in the others. Actions with an
// amount of their own must agree with it. Never creates a contract; a transfer's memo is not sent.
// Errors: `bad_address`, `bad_order` (what the action cannot mean here), `unsupported_action`,
// `router_not_allowed`.
[[nodiscard]] base::Result<Call> EncodeAction(const chain::Plan& plan,
                                              const money::UInt256& amount,
                                              const Contracts& contracts);

// A cancel and a fill: 0 to self without data.
[[nodiscard]] Call SelfCall(const Address& self);

// Whether `transaction` is exactly what `plan` allows, fee included: same call, same chain, no
// access list, cost inside the fee cap and the network's ceiling; in mode subtract_fee value plus
// highest fee equal the ordered amount. The signer's check. Errors: `tx_mismatch`,
// `fee_cap_exceeded` and those of EncodeAction.
[[nodiscard]] base::Result<void> CheckAgainstPlan(const Transaction& transaction,
                                                  const chain::Plan& plan,
                                                  const Contracts& contracts,
                                                  const Params& params);

// The same for a transaction that may only be 0 to self: a cancel or a fill. Errors: `tx_mismatch`,
// `fee_cap_exceeded`.
[[nodiscard]] base::Result<void> CheckSelfCall(const Transaction& transaction,
                                               const Address& self,
                                               const money::UInt256& fee_cap,
                                               const Params& params);

}  // namespace evm
