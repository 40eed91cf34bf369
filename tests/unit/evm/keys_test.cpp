#include "evm/keys.h"

#include <gtest/gtest.h>

#include "crypto/bip39.h"

namespace {

constexpr std::string_view kMnemonic =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

TEST(Keys, DeriveTheWidelyPublishedAddresses) {
    const auto seed = crypto::MnemonicToSeed(secret::String(kMnemonic), {});
    const std::array expected = {"0x9858EfFD232B4033E47d90003D41EC34EcaEda94",
                                 "0x6Fac4D18c912343BF86fa7049364Dd4E424Ab9C0"};
    for (std::uint32_t index = 0; index < expected.size(); ++index) {
        const auto key = evm::DeriveKey(*seed, evm::DefaultPath(index));
        EXPECT_EQ(evm::AddressOfKey(*key)->ToString(), expected[index]);
        const auto imported =
            evm::ImportMnemonic(secret::String(kMnemonic), {}, evm::DefaultPath(index));
        EXPECT_EQ(evm::AddressOfKey(*imported)->ToString(), expected[index]);
    }
    EXPECT_EQ(crypto::FormatPath(evm::DefaultPath(3)), "m/44'/60'/0'/0/3");
}

TEST(Keys, RefuseBadSeeds) {
    EXPECT_EQ(evm::DeriveKey(secret::Bytes(3), evm::DefaultPath(0)).error().reason, "bad_seed");
    EXPECT_EQ(evm::AddressOfKey(secret::Bytes(32)).error().reason, "bad_private_key");
}

TEST(ImportPrivateKey, TakesEitherFormAndCase) {
    const std::string digits = "4C0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
    const auto bare = evm::ImportPrivateKey(secret::String(digits));
    const auto prefixed = evm::ImportPrivateKey(secret::String("0x" + digits));
    ASSERT_TRUE(bare.has_value());
    ASSERT_TRUE(prefixed.has_value());
    EXPECT_EQ(evm::AddressOfKey(*bare)->ToString(), "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23");
    EXPECT_TRUE(base::Equal(bare->Expose(), prefixed->Expose()));
}

TEST(ImportPrivateKey, NeverRepeatsTheText) {
    for (const std::string& text : {std::string(),
                                    std::string(63, 'a'),
                                    std::string(66, 'a'),
                                    std::string(64, 'g'),
                                    std::string(63, 'a') + "z",
                                    std::string(64, '0'),
                                    std::string(64, 'f')}) {
        const auto key = evm::ImportPrivateKey(secret::String(text));
        ASSERT_TRUE(key.has_error()) << text;
        EXPECT_EQ(key.error().reason, "bad_key");
        EXPECT_EQ(key.error().detail.find("aaa"), std::string::npos);
    }
}

TEST(ImportMnemonic, ChecksTheWords) {
    const std::string wrong = std::string(kMnemonic.substr(0, kMnemonic.size() - 5)) + "zebra";
    const auto key = evm::ImportMnemonic(secret::String(wrong), {}, evm::DefaultPath(0));
    EXPECT_EQ(key.error().reason, "bad_key");
    EXPECT_EQ(key.error().detail.find("zebra"), std::string::npos);
    const secret::String bad_passphrase("\xff");
    EXPECT_EQ(evm::ImportMnemonic(secret::String(kMnemonic), bad_passphrase, {}).error().reason,
              "bad_utf8");
}

}  // namespace
