// Base64 with padding (RFC 4648 section 4), as Solana's nodes speak it.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace crypto {

[[nodiscard]] std::string Base64Encode(base::ByteView bytes);

// Strict: padding, no foreign letters, unused bits zero, so that one value has one text. Errors:
// `bad_base64`.
[[nodiscard]] base::Result<base::Bytes> Base64Decode(std::string_view text);

}  // namespace crypto
