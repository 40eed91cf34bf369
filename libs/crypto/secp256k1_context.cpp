#include "crypto/secp256k1_context.h"

#include "base/check.h"
#include "crypto/random.h"

namespace crypto {

namespace {

const secp256k1_context* MakeContext() {
    secp256k1_context* context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    BASE_CHECK(context != nullptr);
    const secret::Bytes seed = RandomSecret(32);
    BASE_CHECK(secp256k1_context_randomize(context, seed.Expose().data()) == 1);
    return context;
}

}  // namespace

const secp256k1_context* Secp256k1Context() {
    static const secp256k1_context* const context = MakeContext();
    return context;
}

base::Error BadPrivateKey() {
    return base::InvalidArgument("bad_private_key",
                                 "a secp256k1 private key is 32 bytes, from 1 to the group order");
}

}  // namespace crypto
