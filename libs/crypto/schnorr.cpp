#include "crypto/schnorr.h"

#include <cstdint>
#include <secp256k1_extrakeys.h>
#include <secp256k1_schnorrsig.h>
#include <sodium.h>

#include "base/check.h"
#include "crypto/secp256k1.h"
#include "crypto/secp256k1_context.h"

namespace crypto {

namespace {

// The library's key pair holds the private key: it is wiped when it goes.
class SchnorrKeyPair {
public:
    SchnorrKeyPair() = default;
    SchnorrKeyPair(const SchnorrKeyPair&) = delete;
    SchnorrKeyPair& operator=(const SchnorrKeyPair&) = delete;

    ~SchnorrKeyPair() { sodium_memzero(&pair_, sizeof(pair_)); }

    [[nodiscard]] bool Load(const secret::Bytes& key) {
        return key.size() == kPrivateKeySize &&
               secp256k1_keypair_create(Secp256k1Context(), &pair_, key.Expose().data()) == 1;
    }

    [[nodiscard]] secp256k1_keypair* get() { return &pair_; }

    [[nodiscard]] XOnlyKey PublicKey() const {
        secp256k1_xonly_pubkey point;
        XOnlyKey key;
        BASE_CHECK(secp256k1_keypair_xonly_pub(Secp256k1Context(), &point, nullptr, &pair_) == 1);
        secp256k1_xonly_pubkey_serialize(Secp256k1Context(), key.data(), &point);
        return key;
    }

private:
    secp256k1_keypair pair_{};
};

Hash256 TapTweak(const XOnlyKey& internal_key, const std::optional<Hash256>& root) {
    base::Bytes message = base::ToBytes(internal_key);
    if (root) {
        base::Append(message, *root);
    }
    return TaggedHash("TapTweak", message);
}

}  // namespace

base::Result<SchnorrSignature> SchnorrSign(const secret::Bytes& key,
                                           base::ByteView message,
                                           const base::ByteArray<32>& aux) {
    SchnorrKeyPair pair;
    if (!pair.Load(key)) {
        return BadPrivateKey();
    }
    base::ByteArray<32> entropy = aux;
    secp256k1_schnorrsig_extraparams parameters = SECP256K1_SCHNORRSIG_EXTRAPARAMS_INIT;
    parameters.ndata = entropy.data();
    SchnorrSignature signature;
    const int made = secp256k1_schnorrsig_sign_custom(Secp256k1Context(),
                                                      signature.data(),
                                                      message.data(),
                                                      message.size(),
                                                      pair.get(),
                                                      &parameters);
    sodium_memzero(entropy.data(), entropy.size());
    // BIP340, "Default Signing": a faulty signature can reveal the key, so it must not leave.
    BASE_CHECK(made == 1 && SchnorrVerify(pair.PublicKey(), message, signature));
    return signature;
}

bool SchnorrVerify(const XOnlyKey& key, base::ByteView message, const SchnorrSignature& signature) {
    secp256k1_xonly_pubkey point;
    return secp256k1_xonly_pubkey_parse(Secp256k1Context(), &point, key.data()) == 1 &&
           secp256k1_schnorrsig_verify(
               Secp256k1Context(), signature.data(), message.data(), message.size(), &point) == 1;
}

base::Result<TaprootOutput> TaprootOutputKey(const XOnlyKey& internal_key,
                                             const std::optional<Hash256>& root) {
    TaprootOutput output;
    output.tweak = TapTweak(internal_key, root);
    secp256k1_xonly_pubkey internal;
    secp256k1_pubkey tweaked;
    if (secp256k1_xonly_pubkey_parse(Secp256k1Context(), &internal, internal_key.data()) != 1 ||
        secp256k1_xonly_pubkey_tweak_add(
            Secp256k1Context(), &tweaked, &internal, output.tweak.data()) != 1) {
        return base::InvalidArgument("bad_public_key", "not an x coordinate of secp256k1");
    }
    secp256k1_xonly_pubkey point;
    int odd_y = 0;
    BASE_CHECK(secp256k1_xonly_pubkey_from_pubkey(Secp256k1Context(), &point, &odd_y, &tweaked) ==
               1);
    secp256k1_xonly_pubkey_serialize(Secp256k1Context(), output.key.data(), &point);
    output.odd_y = odd_y == 1;
    return output;
}

base::Result<secret::Bytes> TaprootPrivateKey(const secret::Bytes& key,
                                              const std::optional<Hash256>& root) {
    SchnorrKeyPair pair;
    if (!pair.Load(key)) {
        return BadPrivateKey();
    }
    const Hash256 tweak = TapTweak(pair.PublicKey(), root);
    secret::Bytes tweaked(kPrivateKeySize);
    if (secp256k1_keypair_xonly_tweak_add(Secp256k1Context(), pair.get(), tweak.data()) != 1 ||
        secp256k1_keypair_sec(Secp256k1Context(), tweaked.Fill().data(), pair.get()) != 1) {
        return BadPrivateKey();
    }
    return tweaked;
}

}  // namespace crypto
