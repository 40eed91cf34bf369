#include "crypto/schnorr.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "crypto/secp256k1.h"
#include "unit/crypto/samples.h"

namespace {

crypto::XOnlyKey KeyOf(const secret::Bytes& key) {
    return crypto::Secp256k1PublicKey::FromPrivate(key).value().XOnly();
}

TEST(Schnorr, SignsMessagesOfAnySize) {
    const auto key = crypto::GeneratePrivateKey();
    for (const std::size_t size : {0U, 1U, 32U, 33U, 1000U}) {
        base::Bytes message = crypto::RandomBytes(size);
        const auto signature = crypto::SchnorrSign(key, message, crypto::RandomArray<32>()).value();
        EXPECT_TRUE(crypto::SchnorrVerify(KeyOf(key), message, signature));
        message.push_back(0);
        EXPECT_FALSE(crypto::SchnorrVerify(KeyOf(key), message, signature));
    }
}

TEST(Schnorr, DependsOnTheAuxiliaryRandomnessAlone) {
    const auto key = crypto::GeneratePrivateKey();
    const auto message = crypto::RandomArray<32>();
    const auto aux = crypto::RandomArray<32>();
    EXPECT_EQ(crypto::SchnorrSign(key, message, aux).value(),
              crypto::SchnorrSign(key, message, aux).value());
    EXPECT_NE(crypto::SchnorrSign(key, message, aux).value(),
              crypto::SchnorrSign(key, message, {}).value());
}

TEST(Schnorr, RefusesBadKeys) {
    EXPECT_EQ(crypto::SchnorrSign(secret::Bytes(32), {}, {}).error().reason, "bad_private_key");
    EXPECT_EQ(crypto::SchnorrSign(secret::Bytes(31), {}, {}).error().reason, "bad_private_key");
    crypto::XOnlyKey no_point{};
    no_point[31] = 5;
    EXPECT_FALSE(crypto::SchnorrVerify(no_point, {}, {}));
}

TEST(Taproot, PrivateAndPublicTweaksAgree) {
    for (int i = 0; i < 16; ++i) {
        const auto key = crypto::GeneratePrivateKey();
        const auto root = i % 2 == 0 ? std::optional<crypto::Hash256>()
                                     : std::optional(crypto::RandomArray<32>());
        const auto output = crypto::TaprootOutputKey(KeyOf(key), root).value();
        const auto tweaked = crypto::TaprootPrivateKey(key, root).value();
        EXPECT_EQ(KeyOf(tweaked), output.key);
        const auto full = crypto::Secp256k1PublicKey::FromPrivate(tweaked).value();
        EXPECT_EQ(full.Compressed()[0] == 3, output.odd_y);
    }
}

TEST(Taproot, RefusesBadKeys) {
    crypto::XOnlyKey no_point{};
    no_point[31] = 5;
    EXPECT_EQ(crypto::TaprootOutputKey(no_point, {}).error().reason, "bad_public_key");
    EXPECT_EQ(crypto::TaprootPrivateKey(secret::Bytes(32), {}).error().reason, "bad_private_key");
}

}  // namespace
