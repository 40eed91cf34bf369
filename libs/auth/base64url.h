// Base64url without padding (RFC 4648 section 5, RFC 7515 section 2).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace auth {

[[nodiscard]] std::string Base64UrlEncode(base::ByteView bytes);

// Strict: no padding, no foreign letters, unused bits zero, so that one value has one text.
// Errors: `bad_base64`.
[[nodiscard]] base::Result<base::Bytes> Base64UrlDecode(std::string_view text);

}  // namespace auth
