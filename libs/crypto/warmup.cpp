#include "crypto/warmup.h"

#include "base/check.h"
#include "crypto/aes_gcm.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/schnorr.h"
#include "crypto/secp256k1.h"

namespace crypto {

void Warmup() {
    const secret::Bytes key = GeneratePrivateKey();
    const Hash256 digest = Keccak256(Sha512({}));
    const auto nonce = RandomArray<kGcmNonceSize>();
    // One run of each primitive leaves nothing to load; the answers double as a self test.
    const auto sealed = AesGcmSeal(key, nonce, digest, key);
    BASE_CHECK(sealed.has_value());
    const auto opened = AesGcmOpen(key, nonce, digest, *sealed);
    BASE_CHECK(opened.has_value() && secret::ConstantTimeEqual(opened->Expose(), key.Expose()));
    // The refusal path fills OpenSSL's error queue, which it allocates on first use.
    BASE_CHECK(!AesGcmOpen(key, nonce, {}, *sealed).has_value());
    BASE_CHECK(EcdsaSign(key, digest, LowR::kYes).has_value());
    BASE_CHECK(SchnorrSign(key, digest, RandomArray<32>()).has_value());
    BASE_CHECK(Ed25519Sign(key, digest).has_value());
}

}  // namespace crypto
