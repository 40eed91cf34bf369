// What a transaction should pay for its gas: pure functions from what the node reports to capped
// figures. Fees are wei a unit of gas.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "chain/types.h"
#include "evm/node_client.h"
#include "evm/params.h"
#include "evm/transaction.h"
#include "money/uint256.h"

namespace evm {

struct FeeMarket {
    money::UInt256 base_fee;             // of the next block
    std::array<money::UInt256, 3> tips;  // by chain::Speed
    bool capped = false;                 // the node's base fee was held down
};

// The base fee is capped at four times the recent median and at the network's price ceiling. Tips
// are the median over the blocks that paid one, else `suggested`, between floor and ceiling.
// `learned_floor` is what a node has asked for in refusals.
[[nodiscard]] FeeMarket JudgeFees(const FeeHistory& history,
                                  const std::optional<money::UInt256>& suggested,
                                  const money::UInt256& learned_floor,
                                  const Params& params);

// Whether some block of the history paid a tip, so that no suggestion is needed.
[[nodiscard]] bool HasTips(const FeeHistory& history);

// One transaction's figures; legacy ones use gas_price alone.
struct GasFigures {
    TxType type = TxType::kDynamicFee;
    money::UInt256 gas_price;
    money::UInt256 max_fee;
    money::UInt256 tip;

    friend bool operator==(const GasFigures&, const GasFigures&) = default;
};

[[nodiscard]] GasFigures FiguresOf(const Transaction& transaction);
void Apply(const GasFigures& figures, Transaction& transaction);

// The most that a unit of gas can cost.
[[nodiscard]] money::UInt256 HighestPrice(const GasFigures& figures);

// What a unit of gas costs in a block of the market's base fee.
[[nodiscard]] money::UInt256 ExpectedPrice(const GasFigures& figures, const FeeMarket& market);

// A limit on the whole fee of a transaction.
struct FeeLimit {
    std::uint64_t gas = 0;
    money::UInt256 fee_max;
};

// Twice the base fee plus the tip, or the wish. Without a wish the maximum is lowered into the
// limit as long as the next block still takes it. Errors: `fee_too_low` (metadata `minimum`, gwei),
// `fee_cap_exceeded` (metadata `needed`, base units).
[[nodiscard]] base::Result<GasFigures> ChooseFigures(const chain::FeeWish& wish,
                                                     const FeeMarket& market,
                                                     const FeeLimit& limit,
                                                     const Params& params);

// Figures that replace `previous`: each at least 12.5 % higher, rounded up, and at least the
// current ones; or the wish. Errors: `fee_bump_too_small` (metadata `minimum`, gwei),
// `fee_cap_exceeded`.
[[nodiscard]] base::Result<GasFigures> BumpFigures(const GasFigures& previous,
                                                   const chain::FeeWish& wish,
                                                   const FeeMarket& market,
                                                   const FeeLimit& limit,
                                                   const Params& params);

}  // namespace evm
