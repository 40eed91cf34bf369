// AES-256-GCM (NIST SP 800-38D) with 12-byte nonces and 16-byte tags. Thread-safe.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr std::size_t kAesKeySize = 32;
inline constexpr std::size_t kGcmNonceSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

using GcmNonce = base::ByteArray<kGcmNonceSize>;

// Returns ciphertext || tag. One key must never see the same nonce twice: use RandomArray, and far
// fewer than 2^32 messages a key. `associated` is authenticated, not encrypted; it may be empty.
// Errors: `bad_key` unless the key has 32 bytes.
[[nodiscard]] base::Result<base::Bytes> AesGcmSeal(const secret::Bytes& key,
                                                   const GcmNonce& nonce,
                                                   base::ByteView associated,
                                                   const secret::Bytes& plaintext);

// The plaintext, released only after the tag has matched. Errors: `bad_key`; `decryption_failed`
// where key, nonce, associated data, ciphertext or tag is not the sealed one, without saying which.
[[nodiscard]] base::Result<secret::Bytes> AesGcmOpen(const secret::Bytes& key,
                                                     const GcmNonce& nonce,
                                                     base::ByteView associated,
                                                     base::ByteView sealed);

}  // namespace crypto
