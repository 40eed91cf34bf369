#include "utxo/keys.h"

#include <gtest/gtest.h>

#include "crypto/bip39.h"
#include "unit/utxo/samples.h"

namespace {

using samples::ReasonOf;
using utxo::Network;
using utxo::ScriptType;

crypto::ExtendedPrivateKey Master() {
    const secret::String words(
        "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
        "about");
    const auto seed = crypto::MnemonicToSeed(words, secret::String()).value();
    return crypto::ExtendedPrivateKey::FromSeed(seed).value();
}

std::string AddressAt(const utxo::AccountId& id, const utxo::KeyPlace& place) {
    const auto account = Master().Derive(utxo::AccountPath(id).value()).value();
    const auto script = utxo::ScriptAt(account.Neuter().value(), id.type, place).value();
    // The private key leads to the same script.
    const auto key = utxo::KeyAt(account, place).value();
    EXPECT_EQ(utxo::ScriptOfKey(key.Neuter()->key, id.type).value(), script);
    return utxo::BitcoinAddressOf(script, Network::kMain).value();
}

// The examples of BIP-84 and BIP-86.
TEST(Keys, MatchTheStandards) {
    EXPECT_EQ(AddressAt({ScriptType::kP2wpkh, 0, 0}, {0, 0}),
              "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    EXPECT_EQ(AddressAt({ScriptType::kP2wpkh, 0, 0}, {1, 0}),
              "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
    EXPECT_EQ(AddressAt({ScriptType::kP2tr, 0, 0}, {0, 0}),
              "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr");
    EXPECT_EQ(AddressAt({ScriptType::kP2tr, 0, 0}, {1, 0}),
              "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7");
}

TEST(Keys, PathsNameCoinAndAccount) {
    EXPECT_EQ(crypto::FormatPath(utxo::AccountPath({ScriptType::kP2pkh, 133, 2}).value()),
              "m/44'/133'/2'");
    EXPECT_EQ(utxo::ZcashFormat().CoinType(Network::kMain), 133U);
    EXPECT_EQ(utxo::ZcashFormat().CoinType(Network::kRegtest), 1U);
    EXPECT_EQ(utxo::BitcoinFormat().CoinType(Network::kTest), 1U);
    EXPECT_EQ(ReasonOf(utxo::AccountPath({ScriptType::kP2wsh, 0, 0})), "unsupported_script_type");
}

TEST(Keys, PlacesAreReceiveOrChange) {
    const auto account = Master();
    EXPECT_EQ(utxo::KeyAt(account, {2, 0}).error().reason, "bad_path");
    EXPECT_EQ(utxo::KeyAt(account, {0, crypto::kHardened}).error().reason, "bad_path");
    EXPECT_EQ(
        ReasonOf(utxo::ScriptAt(account.Neuter().value(), ScriptType::kP2wpkh, {0, 0xffffffff})),
        "bad_path");
}

TEST(Keys, EveryKindOfAddressHasAPathOfItsOwn) {
    const auto path = [](ScriptType type) {
        return crypto::FormatPath(utxo::AccountPath({type, 0, 1}).value());
    };
    EXPECT_EQ(path(ScriptType::kP2pkh), "m/44'/0'/1'");
    EXPECT_EQ(path(ScriptType::kP2sh), "m/49'/0'/1'");
    EXPECT_EQ(path(ScriptType::kP2wpkh), "m/84'/0'/1'");
    EXPECT_EQ(path(ScriptType::kP2tr), "m/86'/0'/1'");
    for (const ScriptType type : {ScriptType::kP2pk, ScriptType::kData, ScriptType::kOther}) {
        EXPECT_EQ(ReasonOf(utxo::AccountPath({type, 0, 0})), "unsupported_script_type");
    }
}

}  // namespace
