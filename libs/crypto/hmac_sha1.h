// RFC 2104 with SHA-1, for the one-time codes of RFC 6238 alone: authenticator apps know no other.
#pragma once

#include "base/bytes.h"
#include "secret/secret.h"

namespace crypto {

[[nodiscard]] base::ByteArray<20> HmacSha1(const secret::Bytes& key, base::ByteView message);

}  // namespace crypto
