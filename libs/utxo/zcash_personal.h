// Zcash's personalised hashes. Only for this folder.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace utxo {

inline constexpr std::uint32_t kVersionGroupV4 = 0x892f2085;
inline constexpr std::uint32_t kVersionGroupV5 = 0x26a7270a;

// BLAKE2b-256; `personal` has 16 letters.
[[nodiscard]] inline crypto::Hash256 PersonalHash(std::string_view personal, base::ByteView data) {
    return crypto::Blake2b256(base::ToArray<16>(base::AsBytes(personal)), data);
}

// The same for a prefix of 12 letters and a branch id.
[[nodiscard]] inline crypto::Hash256 BranchHash(std::string_view prefix,
                                                std::uint32_t branch_id,
                                                base::ByteView data) {
    auto personal = base::ToArray<16>(base::AsBytes(prefix));
    for (std::size_t i = 0; i < 4; ++i) {
        personal[12 + i] = static_cast<std::uint8_t>(branch_id >> (8 * i));
    }
    return crypto::Blake2b256(personal, data);
}

}  // namespace utxo
