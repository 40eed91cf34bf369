#include "crypto/ed25519.h"

#include <sodium.h>
#include <string>

#include "base/check.h"

namespace crypto {

namespace {

struct KeyPair {
    Ed25519PublicKey public_key{};
    secret::Bytes secret_key;  // seed || public key, libsodium's form
};

base::Result<KeyPair> Expand(const secret::Bytes& seed) {
    if (seed.size() != kEd25519SeedSize) {
        return base::InvalidArgument(
            "bad_private_key",
            "an Ed25519 private key has 32 bytes, this has " + std::to_string(seed.size()));
    }
    KeyPair pair;
    pair.secret_key = secret::Bytes(crypto_sign_SECRETKEYBYTES);
    BASE_CHECK(crypto_sign_seed_keypair(pair.public_key.data(),
                                        pair.secret_key.Fill().data(),
                                        seed.Expose().data()) == 0);
    return pair;
}

}  // namespace

base::Result<Ed25519PublicKey> Ed25519PublicKeyOf(const secret::Bytes& seed) {
    BASE_ASSIGN_OR_RETURN(const KeyPair pair, Expand(seed));
    return pair.public_key;
}

base::Result<Ed25519Signature> Ed25519Sign(const secret::Bytes& seed, base::ByteView message) {
    BASE_ASSIGN_OR_RETURN(const KeyPair pair, Expand(seed));
    Ed25519Signature signature;
    const int code = crypto_sign_detached(
        signature.data(), nullptr, message.data(), message.size(), pair.secret_key.Expose().data());
    // A signature made by faulty hardware can reveal the key: it must not leave.
    BASE_CHECK(code == 0 && Ed25519Verify(pair.public_key, message, signature));
    return signature;
}

bool Ed25519Verify(const Ed25519PublicKey& key,
                   base::ByteView message,
                   const Ed25519Signature& signature) {
    return crypto_sign_verify_detached(
               signature.data(), message.data(), message.size(), key.data()) == 0;
}

bool IsOnEd25519Curve(const base::ByteArray<32>& encoded) {
    // libsodium's own validity test also demands the prime-order subgroup; its addition
    // decompresses both operands and demands only that they lie on the curve. The identity is y
    // = 1.
    base::ByteArray<32> identity{};
    identity[0] = 1;
    base::ByteArray<32> sum;
    return crypto_core_ed25519_add(sum.data(), encoded.data(), identity.data()) == 0;
}

}  // namespace crypto
