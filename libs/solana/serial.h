// Two payments of one amount to one recipient under one blockhash would be one transaction, and
// only one of them would pay. A serial spread over compute limit and price keeps them apart for
// less than a lamport or two. Only for this folder.
#pragma once

#include <cstdint>
#include <variant>

#include "solana/payment.h"

namespace solana {

inline constexpr std::uint64_t kSerialLimits = 64;
inline constexpr std::uint64_t kSerialPrices = 1'024;
// After so many the figures repeat; a blockhash is long dead then.
inline constexpr std::uint64_t kSerials = kSerialLimits * kSerialPrices;
inline constexpr std::uint64_t kSerialHighest = kSerials - 1;

// Whether a payment has one. One that takes all that its wallet has, `lamports` or the token, has
// none: its fee must be known to the lamport, since less than the rent minimum may not be left
// over. It needs none: what it takes is held until it has landed, and then there is nothing left
// for an equal one under the same blockhash.
[[nodiscard]] inline bool HasSerial(const chain::Plan& plan, const money::UInt256& lamports) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    if (transfer == nullptr) {
        return false;
    }
    switch (transfer->mode) {
        case chain::TransferMode::kExact:
            return true;
        case chain::TransferMode::kSubtractFee:
            return transfer->recipients.size() != 1 ||
                   transfer->recipients.front().amount != lamports;
        case chain::TransferMode::kAll:
            return false;
    }
    return true;
}

[[nodiscard]] inline PaymentFigures WithSerial(PaymentFigures figures, std::uint64_t serial) {
    figures.compute_limit += static_cast<std::uint32_t>(serial % kSerialLimits);
    figures.compute_price += serial / kSerialLimits % kSerialPrices;
    return figures;
}

}  // namespace solana
