// What the signer demands of an EVM transaction before it signs: exactly the call of the order,
// on the order's chain, inside its fee cap, and for a later attempt the nonce of the first. Pure.
#pragma once

#include <span>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "evm/transaction.h"
#include "platform/common/v1/order.pb.h"
#include "signer/allow_list.h"

namespace signer {

// Verified orders and unverified bytes.
struct EvmCase {
    const platform::common::v1::Order& order;    // asked under
    const platform::common::v1::Order& payment;  // the same, or what a speed-up or cancel is about
    base::ByteView unsigned_tx;
    base::ByteView first_signed_tx;  // empty = this is the first attempt
    std::string amount_max;          // mode ALL: base units that were authorised
};

struct EvmRules {
    chain::Mode mode = chain::Mode::kDevnet;
    std::span<const AllowedContract> allow_list;
    base::Time now;
};

// The transaction to sign. Errors: `tx_mismatch`, `fee_cap_exceeded`, `nonce_mismatch`,
// `first_attempt_mismatch`, `spender_not_allowed`, `router_not_allowed`, `swap_expired`, and those
// of decoding.
[[nodiscard]] base::Result<evm::Transaction> CheckEvmAttempt(const EvmCase& attempt,
                                                             const EvmRules& rules);

// 0 to self, fee at most the network's ceiling.
[[nodiscard]] base::Result<evm::Transaction> CheckEvmFill(base::ByteView unsigned_tx,
                                                          const std::string& from,
                                                          const std::string& network,
                                                          chain::Mode mode);

}  // namespace signer
