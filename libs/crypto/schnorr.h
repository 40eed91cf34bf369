// Schnorr signatures (BIP340) and taproot key tweaks (BIP341). Thread-safe.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace crypto {

using XOnlyKey = base::ByteArray<32>;
using SchnorrSignature = base::ByteArray<64>;

// Verified before it is returned. `aux` is 32 bytes of fresh randomness, or zeros for a
// reproducible signature. `message` may have any size. Errors: `bad_private_key`.
[[nodiscard]] base::Result<SchnorrSignature> SchnorrSign(const secret::Bytes& key,
                                                         base::ByteView message,
                                                         const base::ByteArray<32>& aux);

// False also where the key is no x coordinate of the curve.
[[nodiscard]] bool SchnorrVerify(const XOnlyKey& key,
                                 base::ByteView message,
                                 const SchnorrSignature& signature);

struct TaprootOutput {
    Hash256 tweak{};
    XOnlyKey key{};
    bool odd_y = false;  // the parity bit of a script path's control block
};

// BIP341, "Constructing and spending Taproot outputs": Q = P + hash_TapTweak(P || root) G. Without
// scripts there is no root. Errors: `bad_public_key`.
[[nodiscard]] base::Result<TaprootOutput> TaprootOutputKey(const XOnlyKey& internal_key,
                                                           const std::optional<Hash256>& root);

// The private key that signs for TaprootOutputKey of `key`. Errors: `bad_private_key`.
[[nodiscard]] base::Result<secret::Bytes> TaprootPrivateKey(const secret::Bytes& key,
                                                            const std::optional<Hash256>& root);

}  // namespace crypto
