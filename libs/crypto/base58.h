// Base58 with Bitcoin's alphabet, with and without the four-byte double-SHA-256 checksum. The
// Secret forms keep private keys in secret memory throughout.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

// Decoding takes quadratic time, hence a limit. A Solana transaction (1232 bytes) has 1683 letters.
inline constexpr std::size_t kBase58TextMax = 2048;

[[nodiscard]] std::string Base58Encode(base::ByteView data);
[[nodiscard]] secret::String Base58EncodeSecret(const secret::Bytes& data);

// Errors: `bad_base58` naming the first wrong position, or a text over kBase58TextMax.
[[nodiscard]] base::Result<base::Bytes> Base58Decode(std::string_view text);
[[nodiscard]] base::Result<secret::Bytes> Base58DecodeSecret(const secret::String& text);

// data || first four bytes of its double SHA-256, as base58.
[[nodiscard]] std::string Base58CheckEncode(base::ByteView data);
[[nodiscard]] secret::String Base58CheckEncodeSecret(const secret::Bytes& data);

// The data without its checksum. Errors: `bad_base58`, `bad_checksum`.
[[nodiscard]] base::Result<base::Bytes> Base58CheckDecode(std::string_view text);
[[nodiscard]] base::Result<secret::Bytes> Base58CheckDecodeSecret(const secret::String& text);

}  // namespace crypto
