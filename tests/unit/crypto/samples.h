// Short forms for bytes in tests.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/hex.h"
#include "secret/secret.h"

namespace samples {

inline std::string Hex(base::ByteView bytes) {
    return base::HexEncode(bytes);
}

inline base::Bytes Bytes(std::string_view hex) {
    return base::HexDecode(hex).value();
}

template <std::size_t N>
base::ByteArray<N> Array(std::string_view hex) {
    return base::ToArray<N>(Bytes(hex));
}

inline secret::Bytes Secret(std::string_view hex) {
    return secret::Bytes::Copy(Bytes(hex));
}

// The order of secp256k1's group.
inline constexpr std::string_view kOrder =
    "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

// Private key 1.
inline secret::Bytes KeyOne() {
    return Secret("0000000000000000000000000000000000000000000000000000000000000001");
}

inline constexpr std::string_view kGenerator =
    "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

}  // namespace samples
