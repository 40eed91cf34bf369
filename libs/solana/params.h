// What is particular to one Solana network.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "chain/types.h"

namespace solana {

inline constexpr std::uint64_t kSignatureFee = 5'000;         // lamports a signature
inline constexpr std::uint64_t kComputeUnitsMax = 1'400'000;  // of one transaction
// A blockhash is good for this many blocks after it was the newest.
inline constexpr std::uint64_t kBlockhashLife = 150;

// Lamports that a token account of each program has to hold: (128 + size) x 6,960, of 165 bytes
// (Token) and 170 (Token-2022, whose owner is immutable). The signer counts with these; prices
// count with what the node says.
inline constexpr std::uint64_t kTokenAccountSize = 165;
inline constexpr std::uint64_t kToken2022AccountSize = 170;
inline constexpr std::uint64_t kTokenAccountRent = 2'039'280;
inline constexpr std::uint64_t kToken2022AccountRent = 2'074'080;

// Lamports to pay at least for a compute unit's millionth, and at most.
inline constexpr std::uint64_t kComputePriceMax = 10'000'000;

[[nodiscard]] chain::Parameters ParametersOf(chain::Mode mode);

// Errors: `unsupported_network` for what is not Solana's network of that mode.
[[nodiscard]] base::Result<chain::Parameters> ParametersOfNetwork(const std::string& network,
                                                                  chain::Mode mode);

}  // namespace solana
