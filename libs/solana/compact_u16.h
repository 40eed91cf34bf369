// Solana's short lengths: 7 bits a byte, least significant first, at most 3 bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace solana {

struct CompactU16 {
    std::uint16_t value = 0;
    std::size_t size = 0;  // bytes it took
};

void AppendCompactU16(base::Bytes& target, std::uint16_t value);

// From the front of `bytes`; only the shortest form. Errors: `bad_message`.
[[nodiscard]] base::Result<CompactU16> DecodeCompactU16(base::ByteView bytes);

}  // namespace solana
