// Bech32 (BIP173) and bech32m (BIP350). Data are 5-bit values, one a byte.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace crypto {

// Both BIPs: a longer text weakens the checksum. ZIP-316 addresses have a limit of their own.
inline constexpr std::size_t kBech32TextMax = 90;

enum class Bech32Variant { kBech32, kBech32m };

struct Bech32Text {
    std::string hrp;   // human-readable part, lower case
    base::Bytes data;  // values from 0 to 31, without the checksum
    Bech32Variant variant = Bech32Variant::kBech32;
};

// Lower case. Errors: `bad_bech32` for an hrp that is empty, upper case or not printable ASCII, a
// value above 31, or a text over `size_max`.
[[nodiscard]] base::Result<std::string> Bech32Encode(const Bech32Text& parts,
                                                     std::size_t size_max = kBech32TextMax);

// Says which variant the checksum is of; the caller refuses the wrong one. Errors: `bad_bech32`
// (mixed case, size, letters, separator), `bad_checksum`.
[[nodiscard]] base::Result<Bech32Text> Bech32Decode(std::string_view text,
                                                    std::size_t size_max = kBech32TextMax);

// Regroups bytes into 5-bit values, the last one padded with zero bits.
[[nodiscard]] base::Bytes ToFiveBits(base::ByteView bytes);

// The reverse. Errors: `bad_bech32` where the padding is longer than 4 bits or not zero.
[[nodiscard]] base::Result<base::Bytes> FromFiveBits(base::ByteView values);

}  // namespace crypto
