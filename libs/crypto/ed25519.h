// Ed25519 (RFC 8032) over libsodium. A private key is the 32-byte seed of that standard.
// Thread-safe.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr std::size_t kEd25519SeedSize = 32;

using Ed25519PublicKey = base::ByteArray<32>;
using Ed25519Signature = base::ByteArray<64>;

// Errors: `bad_private_key` unless the seed has 32 bytes.
[[nodiscard]] base::Result<Ed25519PublicKey> Ed25519PublicKeyOf(const secret::Bytes& seed);

// Verified before it is returned. Errors: `bad_private_key`.
[[nodiscard]] base::Result<Ed25519Signature> Ed25519Sign(const secret::Bytes& seed,
                                                         base::ByteView message);

// False also for keys of small order and for non-canonical signatures.
[[nodiscard]] bool Ed25519Verify(const Ed25519PublicKey& key,
                                 base::ByteView message,
                                 const Ed25519Signature& signature);

// Whether the 32 bytes decompress to a point of the curve, in the prime-order subgroup or not:
// Solana's test for program-derived addresses, which must answer false there.
[[nodiscard]] bool IsOnEd25519Curve(const base::ByteArray<32>& encoded);

}  // namespace crypto
