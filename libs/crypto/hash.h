// Hash functions, HMAC and HKDF. All are pure, thread-safe and allocate nothing but what they
// return. The work is done by nettle and libsodium; only the Keccak sponge is ours.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/bytes.h"
#include "secret/secret.h"

namespace crypto {

using Hash160Bytes = base::ByteArray<20>;
using Hash256 = base::ByteArray<32>;
using Hash512 = base::ByteArray<64>;

// FIPS 180-4.
[[nodiscard]] Hash256 Sha256(base::ByteView data);
[[nodiscard]] Hash512 Sha512(base::ByteView data);

// SHA-256 twice: Bitcoin's transaction ids and checksums.
[[nodiscard]] Hash256 DoubleSha256(base::ByteView data);

[[nodiscard]] Hash160Bytes Ripemd160(base::ByteView data);

// RIPEMD-160 of SHA-256: Bitcoin's key and script hashes.
[[nodiscard]] Hash160Bytes Hash160(base::ByteView data);

// Ethereum's hash: Keccak[512] with the original padding 0x01, which is not SHA3-256.
[[nodiscard]] Hash256 Keccak256(base::ByteView data);

// BLAKE2b (RFC 7693) with 32 bytes of output and a personalisation, as Zcash uses it.
[[nodiscard]] Hash256 Blake2b256(const base::ByteArray<16>& personal, base::ByteView data);

// The same with 1 to 64 bytes of output, which is not a prefix of a longer one (ZIP-316's
// F4Jumble).
[[nodiscard]] base::Bytes Blake2b(const base::ByteArray<16>& personal,
                                  base::ByteView data,
                                  std::size_t size);

// SHA-256 of (SHA-256(tag) || SHA-256(tag) || data): BIP340, "Design".
[[nodiscard]] Hash256 TaggedHash(std::string_view tag, base::ByteView data);

// RFC 2104 with SHA-256. Compare codes with secret::ConstantTimeEqual.
[[nodiscard]] Hash256 HmacSha256(const secret::Bytes& key, base::ByteView message);

// RFC 2104 with SHA-512. Its output is key material in BIP32 and SLIP-0010, hence secret. The key
// may be public there ("Bitcoin seed", a chain code).
[[nodiscard]] secret::Bytes HmacSha512(base::ByteView key, base::ByteView message);

// RFC 5869: extract and expand with SHA-256. `info` names the purpose of the derived key; `size` is
// at most 255 * 32 bytes.
[[nodiscard]] secret::Bytes HkdfSha256(const secret::Bytes& key,
                                       base::ByteView salt,
                                       base::ByteView info,
                                       std::size_t size);

// RFC 8018 section 5.2 with HMAC-SHA-512, 64 bytes of output (BIP39).
[[nodiscard]] secret::Bytes Pbkdf2Sha512(const secret::String& password,
                                         const secret::Bytes& salt,
                                         unsigned iterations);

}  // namespace crypto
