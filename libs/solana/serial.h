// Two payments of one amount to one recipient under one blockhash would be one transaction, and
// only one of them would pay. A serial spread over compute limit and price keeps them apart for
// less than a lamport or two. Only for this folder.
#pragma once

#include <cstdint>

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

}  // namespace solana
