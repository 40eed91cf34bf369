// Bitcoin's wallet import format: base58check of version || key [|| 01].
#pragma once

#include <cstdint>

#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

enum class WifNetwork : std::uint8_t {
    kMain = 0x80,
    kTest = 0xef,  // testnet, signet and regtest
};

struct WifKey {
    secret::Bytes private_key;
    bool compressed = true;  // the address is of the compressed public key
};

// Errors: `bad_private_key`.
[[nodiscard]] base::Result<secret::String> WifEncode(const WifKey& key, WifNetwork network);

// Errors: `bad_base58`, `bad_checksum`; `wrong_network` where the version is another network's;
// `bad_private_key`.
[[nodiscard]] base::Result<WifKey> WifDecode(const secret::String& text, WifNetwork network);

}  // namespace crypto
