#include <gtest/gtest.h>
#include <string>

#include "keyvault/envelope.h"
#include "unit/signer/signer_fixture.h"

namespace signer_test {

namespace {

class SignerKeys : public SignerTest {};

TEST_F(SignerKeys, ExportsTheKeyThatImportsToTheSameAddress) {
    const auto exported = Get<signer::ExportedSecret>(signer::ExportKey{key_});
    ASSERT_TRUE(exported);
    EXPECT_EQ(exported->text.Expose().substr(0, 2), "0x");
    signer::ImportKey import;
    import.user_id = key_.user_id;
    import.wallet_id = "another";
    import.network = kNetwork;
    import.form = static_cast<std::uint8_t>(signer::ImportForm::kPrivateKey);
    import.key = exported->text.Clone();
    import.kek_version = 2;
    const auto imported = Get<signer::SealedKey>(std::move(import));
    ASSERT_TRUE(imported);
    EXPECT_EQ(imported->address, key_.address);
    EXPECT_EQ(imported->path, "");
    EXPECT_EQ(*keyvault::KekVersionOf(imported->envelope), 2);
}

TEST_F(SignerKeys, ExportedMnemonicGivesTheSameWallet) {
    const auto words =
        Get<signer::ExportedSecret>(signer::ExportSeed{key_.user_id, seed_envelope_});
    ASSERT_TRUE(words);
    signer::ImportKey import;
    import.user_id = key_.user_id;
    import.wallet_id = "another";
    import.network = kNetwork;
    import.form = static_cast<std::uint8_t>(signer::ImportForm::kMnemonic);
    import.key = words->text.Clone();
    import.kek_version = 1;
    const auto imported = Get<signer::SealedKey>(std::move(import));
    ASSERT_TRUE(imported);
    EXPECT_EQ(imported->address, key_.address);
    EXPECT_EQ(imported->path, "m/44'/60'/0'/0/0");
}

TEST_F(SignerKeys, AnotherUsersMnemonicDoesNotOpen) {
    EXPECT_EQ(
        Get<signer::ExportedSecret>(signer::ExportSeed{"other", seed_envelope_}).error().reason,
        "decryption_failed");
    EXPECT_EQ(
        Get<signer::SealedKey>(signer::DeriveKey{"other", seed_envelope_, "w", kNetwork, 0, 1})
            .error()
            .reason,
        "decryption_failed");
}

TEST_F(SignerKeys, AMnemonicEnvelopeIsNoKeyEnvelope) {
    signer::KeyRef ref = key_;
    ref.envelope = seed_envelope_;
    EXPECT_EQ(Get<signer::ExportedSecret>(signer::ExportKey{ref}).error().reason,
              "decryption_failed");
}

TEST_F(SignerKeys, IndexesGiveDifferentAddresses) {
    const auto second = Get<signer::SealedKey>(
        signer::DeriveKey{key_.user_id, seed_envelope_, "w2", kNetwork, 1, 1});
    ASSERT_TRUE(second);
    EXPECT_NE(second->address, key_.address);
    EXPECT_EQ(second->path, "m/44'/60'/0'/0/1");
}

TEST_F(SignerKeys, RewrapMovesKeyAndMnemonicToTheOtherKek) {
    const auto key = Get<signer::RewrappedKey>(signer::RewrapKey{key_, 2});
    ASSERT_TRUE(key);
    EXPECT_EQ(*keyvault::KekVersionOf(key->envelope), 2);
    const auto seed =
        Get<signer::RewrappedKey>(signer::RewrapKey{{"", key_.user_id, "", "", seed_envelope_}, 2});
    ASSERT_TRUE(seed);
    EXPECT_EQ(*keyvault::KekVersionOf(seed->envelope), 2);
    key_.envelope = key->envelope;
    EXPECT_EQ(Verdict(Payment(), PaymentTx()), "signed");
    EXPECT_EQ(Get<signer::RewrappedKey>(signer::RewrapKey{key_, 3}).error().reason, "unknown_kek");
}

TEST_F(SignerKeys, ListsKeksWithTheirCheckValues) {
    const auto list = Get<signer::KekList>(signer::ListKeks{});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->keks.size(), 2U);
    EXPECT_EQ(list->keks[0].version, 1U);
    EXPECT_EQ(list->keks[0].check_value.size(), 32U);
    EXPECT_NE(list->keks[0].check_value, list->keks[1].check_value);
}

}  // namespace

}  // namespace signer_test
