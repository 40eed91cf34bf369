// Two payments of one amount to one recipient under one blockhash would be one transaction, and
// only one of them would pay. A serial spread over compute limit and price keeps them apart for
// less than a lamport or two. Only for this folder.
#pragma once

#include <cstdint>
#include <variant>

#include "money/uint256.h"
#include "solana/payment.h"

namespace solana {

inline constexpr std::uint64_t kSerialLimits = 64;
inline constexpr std::uint64_t kSerialPrices = 1'024;
// After so many the figures repeat; a blockhash is long dead then.
inline constexpr std::uint64_t kSerials = kSerialLimits * kSerialPrices;
inline constexpr std::uint64_t kSerialHighest = kSerials - 1;

[[nodiscard]] inline PaymentFigures WithSerial(PaymentFigures figures, std::uint64_t serial) {
    figures.compute_limit += static_cast<std::uint32_t>(serial % kSerialLimits);
    figures.compute_price += serial / kSerialLimits % kSerialPrices;
    return figures;
}

// A payment that empties its wallet has no serial: less than the rent minimum may not be left over,
// so its fee must be known to the lamport. It needs none: all that there is is held until it has
// landed, and then there is nothing left for an equal one under the same blockhash.
[[nodiscard]] inline bool Empties(const chain::Plan& plan,
                                  const chain::Quote& quote,
                                  const money::UInt256& lamports) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    const auto spent = money::CheckedAdd(quote.amount, quote.fee_max);
    return transfer != nullptr && transfer->mode != chain::TransferMode::kExact &&
           plan.asset.IsNative() && spent && *spent == lamports;
}

}  // namespace solana
