#include "crypto/ed25519.h"

#include <gtest/gtest.h>

#include "crypto/random.h"
#include "unit/crypto/samples.h"

namespace {

using samples::Array;
using samples::Hex;
using samples::Secret;

struct Rfc8032Case {
    const char* seed;
    const char* public_key;
    const char* message;
    const char* signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
constexpr Rfc8032Case kCases[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
     "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
     "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
     "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Ed25519, MatchesRfc8032) {
    for (const Rfc8032Case& test : kCases) {
        const auto seed = Secret(test.seed);
        const auto message = samples::Bytes(test.message);
        const auto key = crypto::Ed25519PublicKeyOf(seed).value();
        const auto signature = crypto::Ed25519Sign(seed, message).value();
        EXPECT_EQ(Hex(key), test.public_key);
        EXPECT_EQ(Hex(signature), test.signature);
        EXPECT_TRUE(crypto::Ed25519Verify(key, message, signature));
    }
}

TEST(Ed25519, VerifyRefusesAnyChangedBit) {
    const auto seed = crypto::RandomSecret(crypto::kEd25519SeedSize);
    const auto key = crypto::Ed25519PublicKeyOf(seed).value();
    const auto message = crypto::RandomBytes(20);
    const auto signature = crypto::Ed25519Sign(seed, message).value();
    for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
        auto changed = signature;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(crypto::Ed25519Verify(key, message, changed)) << bit;
    }
    EXPECT_FALSE(crypto::Ed25519Verify(key, {}, signature));
    EXPECT_FALSE(crypto::Ed25519Verify({}, message, signature));
}

TEST(Ed25519, RefusesSeedsOfAnotherSize) {
    for (const std::size_t size : {0U, 31U, 33U, 64U}) {
        const secret::Bytes seed(size);
        EXPECT_EQ(crypto::Ed25519PublicKeyOf(seed).error().reason, "bad_private_key");
        EXPECT_EQ(crypto::Ed25519Sign(seed, {}).error().reason, "bad_private_key");
    }
}

// From Solana's program-derived address tests: the second is no y coordinate of the curve.
TEST(OnCurve, TellsPointsFromOthers) {
    EXPECT_TRUE(crypto::IsOnEd25519Curve(
        Array<32>("c14dce1ea4863cf1bcfc12f4f2e259f48de456b7f9d45c217b04896a1ffe41dc")));
    EXPECT_FALSE(crypto::IsOnEd25519Curve(
        Array<32>("0079f082a61cc74ea5e2abed64bbf75f32fbdd537afff75257ed6716c9e37299")));
}

TEST(OnCurve, CountsPointsOutsideThePrimeOrderSubgroup) {
    base::ByteArray<32> identity{};
    identity[0] = 1;
    EXPECT_TRUE(crypto::IsOnEd25519Curve(identity));
    EXPECT_TRUE(crypto::IsOnEd25519Curve({}));  // y = 0: order 4
    // y = -1: order 2
    EXPECT_TRUE(crypto::IsOnEd25519Curve(
        Array<32>("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")));
    // order 8
    EXPECT_TRUE(crypto::IsOnEd25519Curve(
        Array<32>("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")));
}

}  // namespace
