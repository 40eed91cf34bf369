#include "crypto/bip32.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "crypto/base58.h"
#include "crypto/slip10.h"
#include "unit/crypto/samples.h"

namespace {

using crypto::ExtendedPrivateKey;
using crypto::KeyPrefix;
using crypto::kHardened;

constexpr std::string_view kSeed = "000102030405060708090a0b0c0d0e0f";

ExtendedPrivateKey Master() {
    return ExtendedPrivateKey::FromSeed(samples::Secret(kSeed)).value();
}

ExtendedPrivateKey At(std::string_view path) {
    return Master().Derive(crypto::ParsePath(path).value()).value();
}

TEST(Path, ReadsBothMarks) {
    const crypto::DerivationPath expected = {44 | kHardened, 60 | kHardened, kHardened, 0, 7};
    EXPECT_EQ(crypto::ParsePath("m/44'/60'/0'/0/7").value(), expected);
    EXPECT_EQ(crypto::ParsePath("m/44h/60'/0h/0/7").value(), expected);
    EXPECT_EQ(crypto::FormatPath(expected), "m/44'/60'/0'/0/7");
    EXPECT_TRUE(crypto::ParsePath("m").value().empty());
    EXPECT_EQ(crypto::ParsePath("m/2147483647'").value().at(0), 0xffffffffU);
}

TEST(Path, RefusesOtherTexts) {
    for (const std::string& text : {std::string(""),
                                    std::string("M/0"),
                                    std::string("/0"),
                                    std::string("0/1"),
                                    std::string("m/"),
                                    std::string("m//0"),
                                    std::string("m/0/"),
                                    std::string("m/-1"),
                                    std::string("m/+1"),
                                    std::string("m/ 1"),
                                    std::string("m/1 "),
                                    std::string("m/01"),
                                    std::string("m/'"),
                                    std::string("m/0''"),
                                    std::string("m/0H"),
                                    std::string("m/0x1"),
                                    std::string("m/2147483648"),
                                    std::string("m/99999999999")}) {
        EXPECT_EQ(crypto::ParsePath(text).error().reason, "bad_path") << text;
    }
}

TEST(Path, HasAtMost255Steps) {
    std::string text = "m";
    for (int i = 0; i < 255; ++i) {
        text += "/0";
    }
    EXPECT_EQ(crypto::ParsePath(text).value().size(), 255U);
    EXPECT_EQ(crypto::ParsePath(text + "/0").error().reason, "bad_path");
}

RC_GTEST_PROP(PathProperty, RoundTrips, (const crypto::DerivationPath& path)) {
    RC_ASSERT(crypto::ParsePath(crypto::FormatPath(path)).value() == path);
}

TEST(ExtendedKey, PublicDerivationAgreesWithPrivate) {
    const auto parent = At("m/44'/60'/0'");
    const auto parent_public = parent.Neuter().value();
    for (const std::uint32_t index : {0U, 1U, 1000U, kHardened - 1}) {
        const auto from_private = parent.Child(index).value().Neuter().value();
        const auto from_public = parent_public.Child(index).value();
        EXPECT_EQ(from_public.Serialize(KeyPrefix::kX), from_private.Serialize(KeyPrefix::kX));
    }
    EXPECT_EQ(parent_public.Derive({1, 2}).value().Serialize(KeyPrefix::kX),
              parent.Derive({1, 2}).value().Neuter().value().Serialize(KeyPrefix::kX));
}

TEST(ExtendedKey, PublicKeysHaveNoHardenedChildren) {
    const auto parent = Master().Neuter().value();
    EXPECT_EQ(parent.Child(kHardened).error().reason, "bad_path");
    EXPECT_EQ(parent.Derive({0, kHardened}).error().reason, "bad_path");
}

TEST(ExtendedKey, EndsAtDepth255) {
    auto deepest = Master();
    deepest.origin.depth = 255;
    EXPECT_EQ(deepest.Child(0).error().reason, "bad_path");
    EXPECT_EQ(deepest.Neuter().value().Child(0).error().reason, "bad_path");
}

TEST(ExtendedKey, TakesSeedsOf16To64Bytes) {
    for (const std::size_t size : {0U, 15U, 65U}) {
        const secret::Bytes seed(size);
        EXPECT_EQ(ExtendedPrivateKey::FromSeed(seed).error().reason, "bad_seed");
        EXPECT_EQ(crypto::Slip10Derive(seed, {}).error().reason, "bad_seed");
    }
    EXPECT_TRUE(ExtendedPrivateKey::FromSeed(secret::Bytes(16)).has_value());
    EXPECT_TRUE(ExtendedPrivateKey::FromSeed(secret::Bytes(64)).has_value());
}

TEST(ExtendedKey, RefusesToDeriveFromNoKey) {
    const ExtendedPrivateKey empty{secret::Bytes(32), {}, {}};
    EXPECT_EQ(empty.Child(0).error().reason, "bad_private_key");
    EXPECT_EQ(empty.Neuter().error().reason, "bad_private_key");
}

TEST(ExtendedKey, TextFormsRoundTripWithEveryPrefix) {
    const auto key = At("m/84'/0'/0'");
    const auto public_key = key.Neuter().value();
    for (const KeyPrefix prefix : {KeyPrefix::kX,
                                   KeyPrefix::kY,
                                   KeyPrefix::kZ,
                                   KeyPrefix::kT,
                                   KeyPrefix::kU,
                                   KeyPrefix::kV}) {
        const auto private_text = key.Serialize(prefix);
        const auto parsed = crypto::ParseExtendedPrivate(private_text).value();
        EXPECT_EQ(parsed.prefix, prefix);
        EXPECT_EQ(parsed.key.Serialize(prefix).Expose(), private_text.Expose());
        const auto public_text = public_key.Serialize(prefix);
        const auto parsed_public = crypto::ParseExtendedPublic(public_text).value();
        EXPECT_EQ(parsed_public.prefix, prefix);
        EXPECT_EQ(parsed_public.key.Serialize(prefix), public_text);
        const std::string letters = "xyztuv";
        EXPECT_EQ(public_text.substr(0, 4),
                  letters.substr(static_cast<std::size_t>(prefix), 1) + "pub");
    }
}

TEST(ExtendedKey, RefusesOneKindAsTheOther) {
    const auto private_text = Master().Serialize(KeyPrefix::kX);
    const auto public_text = Master().Neuter().value().Serialize(KeyPrefix::kX);
    EXPECT_EQ(crypto::ParseExtendedPublic(private_text.Expose()).error().reason,
              "bad_extended_key");
    EXPECT_EQ(crypto::ParseExtendedPrivate(secret::String(public_text)).error().reason,
              "bad_extended_key");
}

// BIP84's account key, with its own prefix.
TEST(ExtendedKey, MatchesBip84) {
    const auto seed = samples::Secret(
        "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc1"
        "9a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4");
    const auto account = ExtendedPrivateKey::FromSeed(seed)
                             .value()
                             .Derive(crypto::ParsePath("m/84'/0'/0'").value())
                             .value();
    EXPECT_EQ(
        account.Neuter().value().Serialize(KeyPrefix::kZ),
        "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUk"
        "gDKf31mGDtKsAYz2oz2AGutZYs");
}

struct Fault {
    std::size_t offset;
    std::uint8_t value;
    std::string_view reason;
};

// A private master key's 78 bytes with one of them replaced.
TEST(ExtendedKey, RefusesFaultyFields) {
    const auto good = crypto::Base58CheckDecodeSecret(Master().Serialize(KeyPrefix::kX)).value();
    for (const Fault& fault : {Fault{0, 0xff, "bad_extended_key"},   // version
                               Fault{5, 1, "bad_extended_key"},      // parent of a master
                               Fault{12, 1, "bad_extended_key"},     // index of a master
                               Fault{45, 1, "bad_extended_key"}}) {  // padding
        secret::Bytes changed = good.Clone();
        changed.Fill()[fault.offset] = fault.value;
        const auto text = crypto::Base58CheckEncodeSecret(changed);
        EXPECT_EQ(crypto::ParseExtendedPrivate(text).error().reason, fault.reason) << fault.offset;
    }
    secret::Bytes short_key = good.Clone();
    short_key.Shrink(77);
    EXPECT_EQ(
        crypto::ParseExtendedPrivate(crypto::Base58CheckEncodeSecret(short_key)).error().reason,
        "bad_extended_key");
    secret::Bytes zero_key = good.Clone();
    secret::Wipe(zero_key.Fill().last(32));
    EXPECT_EQ(
        crypto::ParseExtendedPrivate(crypto::Base58CheckEncodeSecret(zero_key)).error().reason,
        "bad_private_key");
    EXPECT_EQ(crypto::ParseExtendedPrivate(secret::String("xprv")).error().reason, "bad_checksum");
}

TEST(Slip10, HasHardenedChildrenAlone) {
    const auto seed = samples::Secret(kSeed);
    EXPECT_TRUE(crypto::Slip10Derive(seed, {kHardened}).has_value());
    EXPECT_EQ(crypto::Slip10Derive(seed, {kHardened, 0}).error().reason, "bad_path");
}

}  // namespace
