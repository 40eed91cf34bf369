// Call data of swap routers and of the wrapped native coin. Only for this folder; others go through
// EncodeAction.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "chain/types.h"
#include "evm/action.h"
#include "money/uint256.h"

namespace evm {

inline constexpr std::size_t kSwapHopsMax = 5;

// WETH9: deposit() and withdraw(uint256).
[[nodiscard]] base::Bytes EncodeWrapDeposit();
[[nodiscard]] base::Bytes EncodeWrapWithdraw(const money::UInt256& amount);

// Exact input, at least amount_out_min of the last token to the plan's own address, until the
// deadline. Errors: `bad_order`, `bad_address`, `router_not_allowed`, `unsupported_action`.
[[nodiscard]] base::Result<Call> EncodeSwap(const chain::Plan& plan,
                                            const chain::Swap& swap,
                                            const Contracts& contracts);

}  // namespace evm
