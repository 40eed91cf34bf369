// What a compute unit costs by the prices of recent blocks. Pure; only for this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "chain/types.h"

namespace solana {

// Micro-lamports: the quarter, the middle or the upper tenth of the recent prices, at most
// kComputePriceMax; 0 where nothing asked for any.
[[nodiscard]] std::uint64_t MarketPrice(std::vector<std::uint64_t> recent, chain::Speed speed);

}  // namespace solana
