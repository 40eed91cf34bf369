#include "signer/key_forms.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace {

constexpr const char* kNetwork = "eip155:31337";
// The first account of the mnemonic that anvil and hardhat use by default.
constexpr const char* kWords = "test test test test test test test test test test test junk";
constexpr const char* kAddress = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
constexpr const char* kKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

signer::ImportKey Import(signer::ImportForm form, const std::string& text) {
    signer::ImportKey request;
    request.network = kNetwork;
    request.form = static_cast<std::uint8_t>(form);
    request.key = secret::String(text);
    return request;
}

TEST(KeyForms, ReadsPrivateKeysWithAndWithoutPrefix) {
    for (const std::string& text : {std::string(kKey), "0x" + std::string(kKey)}) {
        const auto key = signer::ReadImportedKey(Import(signer::ImportForm::kPrivateKey, text));
        ASSERT_TRUE(key);
        EXPECT_EQ(key->address, kAddress);
    }
}

TEST(KeyForms, RefusesWhatIsNoPrivateKeyWithoutRepeatingIt) {
    for (const std::string& text :
         {std::string(),
          std::string(kKey).substr(1),
          std::string(kKey) + "00",
          std::string(64, 'x'),
          std::string(64, '0'),
          std::string("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")}) {
        const auto key = signer::ReadImportedKey(Import(signer::ImportForm::kPrivateKey, text));
        ASSERT_FALSE(key) << text.size();
        EXPECT_EQ(key.error().reason, "bad_key");
        EXPECT_TRUE(text.empty() || key.error().detail.find(text) == std::string::npos);
    }
}

TEST(KeyForms, ReadsMnemonicsAsPeoplePasteThem) {
    for (const std::string& text :
         {std::string(kWords),
          std::string("  Test TEST test\ttest test test test\n test test test test  junk \n")}) {
        const auto key = signer::ReadImportedKey(Import(signer::ImportForm::kMnemonic, text));
        ASSERT_TRUE(key) << key.error().detail;
        EXPECT_EQ(key->address, kAddress);
        EXPECT_EQ(key->path, "m/44'/60'/0'/0/0");
    }
}

TEST(KeyForms, MnemonicPathAndPassphraseCount) {
    signer::ImportKey request = Import(signer::ImportForm::kMnemonic, kWords);
    request.path = "m/44'/60'/0'/0/1";
    EXPECT_EQ(signer::ReadImportedKey(request)->address,
              "0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    request.path = "m/44'/60'/x";
    EXPECT_EQ(signer::ReadImportedKey(request).error().reason, "bad_path");
    request.path = "";
    request.passphrase = secret::String("other");
    EXPECT_NE(signer::ReadImportedKey(request)->address, kAddress);
}

TEST(KeyForms, RefusesAMnemonicWithAWrongChecksum) {
    const auto key = signer::ReadImportedKey(
        Import(signer::ImportForm::kMnemonic,
               "test test test test test test test test test test test test"));
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().reason, "bad_key");
}

TEST(KeyForms, RefusesWifAndUnknownForms) {
    signer::ImportKey request = Import(signer::ImportForm::kWif, "5HueCGU8rMjxEXxiPuD5BDku");
    EXPECT_EQ(signer::ReadImportedKey(request).error().reason, "bad_key");
    request.form = 9;
    EXPECT_EQ(signer::ReadImportedKey(request).error().reason, "bad_key");
}

TEST(KeyForms, KnowsOnlyTheNetworksItsCoresServe) {
    signer::ImportKey request = Import(signer::ImportForm::kPrivateKey, kKey);
    request.network = "eip155:999";
    EXPECT_EQ(signer::ReadImportedKey(request).error().reason, "unsupported_network");
}

TEST(KeyForms, NewMnemonicsHaveTwentyFourWordsAndDiffer) {
    const auto one = signer::NewMnemonic();
    const auto two = signer::NewMnemonic();
    ASSERT_TRUE(one && two);
    const std::string_view words = one->Expose();
    EXPECT_EQ(std::count(words.begin(), words.end(), ' '), 23);
    EXPECT_NE(words, two->Expose());
}

// The account that Phantom and solana-keygen (m/44'/501'/0'/0') show for these words.
TEST(KeyForms, DerivesAndReadsSolanaKeys) {
    constexpr const char* kSolana = "solana:localnet";
    const auto derived = signer::DeriveFromMnemonic(secret::String(kWords), kSolana, 0);
    ASSERT_TRUE(derived) << derived.error().detail;
    EXPECT_EQ(derived->path, "m/44'/501'/0'/0'");
    const auto exported = signer::WriteExportedKey(derived->key, kSolana);
    ASSERT_TRUE(exported);
    signer::ImportKey request =
        Import(signer::ImportForm::kPrivateKey, std::string(exported->Expose()));
    request.network = kSolana;
    const auto read = signer::ReadImportedKey(request);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->address, derived->address);
    EXPECT_EQ(*signer::AddressOfKey(read->key, kSolana), derived->address);
    // A seed in hex (RFC 8032, test 1).
    request = Import(signer::ImportForm::kPrivateKey,
                     "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    request.network = kSolana;
    EXPECT_EQ(signer::ReadImportedKey(request)->address,
              "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z");
    request = Import(signer::ImportForm::kPrivateKey, "abc");
    request.network = kSolana;
    EXPECT_EQ(signer::ReadImportedKey(request).error().reason, "bad_key");
}

}  // namespace
