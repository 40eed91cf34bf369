// Signatures of single inputs: the kinds of outputs one key opens, and those it does not.
#include "utxo/spend.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "crypto/secp256k1.h"
#include "unit/utxo/samples.h"
#include "utxo/sighash.h"
#include "utxo/zcash_transaction.h"

namespace {

using samples::Key;
using samples::ReasonOf;
using samples::ScriptOf;
using utxo::ScriptType;

// One input, with the output that it spends.
struct Task {
    explicit Task(base::Bytes script) {
        transaction.inputs.resize(1);
        transaction.inputs[0].prevout.tx_hash.fill(0xcc);
        transaction.outputs = {{90'000, ScriptOf(2, ScriptType::kP2wpkh)}};
        spent = {{100'000, std::move(script)}};
    }

    [[nodiscard]] base::Result<utxo::Spend> Spend(std::uint8_t key,
                                                  const utxo::SpendOptions& options = {}) const {
        return utxo::SpendBitcoin({transaction, spent, 0}, Key(key), options);
    }

    utxo::Transaction transaction;
    std::vector<utxo::Output> spent;
};

base::Bytes Signature(const crypto::Hash256& digest, std::uint8_t hash_type = 1) {
    base::Bytes encoded = crypto::EcdsaToDer(crypto::EcdsaSign(Key(1), digest).value());
    encoded.push_back(hash_type);
    return encoded;
}

utxo::SpendOptions With(std::uint32_t hash_type) {
    utxo::SpendOptions options;
    options.hash_type = hash_type;
    return options;
}

TEST(Spend, ABareKeyTakesItsSignatureAlone) {
    const Task task(ScriptOf(1, ScriptType::kP2pk));
    const auto spend = task.Spend(1).value();
    base::Bytes expected;
    utxo::AppendPush(
        expected,
        Signature(utxo::SighashLegacy(task.transaction, {0, 1}, task.spent[0].script).value()));
    EXPECT_EQ(spend.script_sig, expected);
    EXPECT_TRUE(spend.witness.empty());
    EXPECT_EQ(ReasonOf(task.Spend(2)), "key_mismatch");
    // The long form of the key, as the first blocks paid it.
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(Key(1)).value();
    base::Bytes script;
    utxo::AppendPush(script, key.Uncompressed());
    script.push_back(0xac);
    EXPECT_EQ(utxo::TypeOfScript(script), ScriptType::kP2pk);
    EXPECT_EQ(ReasonOf(Task(script).Spend(1)), "");
}

// BIP-49: the witness of P2WPKH, and its script in the input.
TEST(Spend, ANestedWitnessShowsItsScript) {
    const Task task(ScriptOf(1, ScriptType::kP2sh));
    const auto spend = task.Spend(1).value();
    base::Bytes expected;
    utxo::AppendPush(expected, ScriptOf(1, ScriptType::kP2wpkh));
    EXPECT_EQ(spend.script_sig, expected);
    ASSERT_EQ(spend.witness.size(), 2U);
    const utxo::Output signed_for{100'000, ScriptOf(1, ScriptType::kP2pkh)};
    EXPECT_EQ(spend.witness[0],
              Signature(utxo::SighashV0(task.transaction, {0, 1}, signed_for).value()));
    EXPECT_EQ(ReasonOf(task.Spend(2)), "key_mismatch");
    // Any other script of that hash is not ours to know.
    EXPECT_EQ(ReasonOf(Task(utxo::PayToScriptHash({})).Spend(1)), "key_mismatch");
}

TEST(Spend, OneKeyOpensNoOtherKind) {
    for (const base::Bytes& script : {utxo::PayToWitness({0, base::Bytes(32)}),
                                      utxo::PayToWitness({2, base::Bytes(32)}),
                                      base::Bytes{0x6a},
                                      base::Bytes{0x51},
                                      base::Bytes{}}) {
        EXPECT_EQ(ReasonOf(Task(script).Spend(1)), "unsupported_script_type");
    }
    for (const ScriptType type : {ScriptType::kP2wpkh, ScriptType::kP2sh, ScriptType::kP2tr}) {
        const utxo::UnsignedTx zcash = samples::UnsignedZcash(utxo::kZcashVersion5);
        const std::vector<utxo::Output> spent = {{100'000, ScriptOf(1, type)}};
        EXPECT_EQ(ReasonOf(utxo::SpendZcash({zcash.transaction, spent, 0}, Key(1))),
                  "unsupported_script_type");
    }
}

TEST(Spend, EveryInputsOutputIsNeeded) {
    Task task(ScriptOf(1, ScriptType::kP2wpkh));
    EXPECT_EQ(ReasonOf(utxo::SpendBitcoin({task.transaction, task.spent, 1}, Key(1))), "bad_tx");
    task.spent.push_back(task.spent[0]);
    EXPECT_EQ(ReasonOf(task.Spend(1)), "bad_tx");
    task.spent.clear();
    EXPECT_EQ(ReasonOf(task.Spend(1)), "bad_tx");
    const Task other(ScriptOf(1, ScriptType::kP2wpkh));
    EXPECT_EQ(ReasonOf(utxo::SpendBitcoin({other.transaction, other.spent, 0},
                                          secret::Bytes::Copy(base::Bytes(32)))),
              "bad_private_key");
}

TEST(Spend, HashTypesAreTheKnownOnes) {
    for (const ScriptType type : {ScriptType::kP2pkh, ScriptType::kP2wpkh, ScriptType::kP2pk}) {
        const Task task(ScriptOf(1, type));
        for (const std::uint32_t good : {1U, 2U, 3U, 0x81U, 0x82U, 0x83U}) {
            EXPECT_EQ(ReasonOf(task.Spend(1, With(good))), "") << good;
        }
        for (const std::uint32_t bad : {0U, 4U, 0x80U, 0x84U, 0x101U}) {
            EXPECT_EQ(ReasonOf(task.Spend(1, With(bad))), "bad_hash_type") << bad;
        }
    }
    const Task taproot(ScriptOf(1, ScriptType::kP2tr));
    EXPECT_EQ(taproot.Spend(1)->witness[0].size(), 64U);
    EXPECT_EQ(taproot.Spend(1, With(1))->witness[0].size(), 65U);
    EXPECT_EQ(ReasonOf(taproot.Spend(1, With(4))), "bad_hash_type");
    const utxo::UnsignedTx zcash = samples::UnsignedZcash(utxo::kZcashVersion4);
    EXPECT_EQ(ReasonOf(utxo::SpendZcash(
                  {zcash.transaction, utxo::SpentOutputs(zcash), 0}, Key(1), With(4))),
              "bad_hash_type");
}

// SIGHASH_SINGLE signs the output beside the input; legacy without one signs the number 1.
TEST(Spend, SingleWithoutItsOutputIsAQuirkOfOldInputsAlone) {
    Task task(ScriptOf(1, ScriptType::kP2pkh));
    task.transaction.outputs.clear();
    crypto::Hash256 one{};
    one[0] = 1;
    EXPECT_EQ(utxo::SighashLegacy(task.transaction, {0, 3}, task.spent[0].script).value(), one);
    EXPECT_EQ(ReasonOf(task.Spend(1, With(3))), "");
    Task taproot(ScriptOf(1, ScriptType::kP2tr));
    taproot.transaction.outputs.clear();
    EXPECT_EQ(ReasonOf(taproot.Spend(1, With(3))), "bad_hash_type");
}

// What a hash type leaves open may change, and nothing else.
TEST(Sighash, CommitsToWhatItsTypeSays) {
    Task task(ScriptOf(1, ScriptType::kP2pkh));
    task.transaction.inputs.resize(2);
    task.transaction.outputs.resize(2);
    task.spent.resize(2);
    utxo::Transaction outputs = task.transaction;
    outputs.outputs[1].amount = 5;
    utxo::Transaction inputs = task.transaction;
    inputs.inputs[1].prevout.index = 5;
    utxo::Transaction sequence = task.transaction;
    sequence.inputs[1].sequence = 5;
    const auto same = [&](const utxo::Transaction& other, std::uint32_t hash_type) {
        const utxo::SighashTarget target{0, hash_type};
        const auto& script = task.spent[0].script;
        const bool legacy = utxo::SighashLegacy(task.transaction, target, script).value() ==
                            utxo::SighashLegacy(other, target, script).value();
        const bool segwit = utxo::SighashV0(task.transaction, target, task.spent[0]).value() ==
                            utxo::SighashV0(other, target, task.spent[0]).value();
        const bool taproot = utxo::SighashTaproot(task.transaction, target, task.spent).value() ==
                             utxo::SighashTaproot(other, target, task.spent).value();
        return std::vector<bool>{legacy, segwit, taproot};
    };
    const std::vector<bool> none{false, false, false};
    const std::vector<bool> all{true, true, true};
    EXPECT_EQ(same(outputs, utxo::kSighashAll), none);
    EXPECT_EQ(same(outputs, utxo::kSighashNone), all);
    EXPECT_EQ(same(outputs, utxo::kSighashSingle), all);
    EXPECT_EQ(same(inputs, utxo::kSighashAll), none);
    EXPECT_EQ(same(inputs, utxo::kSighashAll | utxo::kSighashAnyoneCanPay), all);
    EXPECT_EQ(same(inputs, utxo::kSighashSingle), none);
    // BIP-341 commits to all sequences but with ANYONECANPAY.
    EXPECT_EQ(same(sequence, utxo::kSighashNone), (std::vector<bool>{true, true, false}));
    EXPECT_EQ(same(sequence, utxo::kSighashAll | utxo::kSighashAnyoneCanPay), all);
}

TEST(Sighash, CodeSeparatorsAreLeftOutButNotTheirByteInData) {
    const Task task(ScriptOf(1, ScriptType::kP2pkh));
    const auto digest = [&](const base::Bytes& script) {
        return utxo::SighashLegacy(task.transaction, {0, 1}, script).value();
    };
    EXPECT_EQ(digest({0x51, 0xab, 0x52}), digest({0x51, 0x52}));
    EXPECT_NE(digest({0x01, 0xab, 0x52}), digest({0x01, 0x52}));
    EXPECT_NE(digest({0x4c, 0x01, 0xab}), digest({0x4c, 0x01}));
    EXPECT_NE(digest({0x4d, 0x01, 0x00, 0xab}), digest({0x4d, 0x01, 0x00}));
    EXPECT_NE(digest({0x4e, 0x01, 0x00, 0x00, 0x00, 0xab}), digest({0x4e, 0x01, 0x00, 0x00, 0x00}));
    // A push that is cut short ends the script, with what stands in it.
    EXPECT_NE(digest({0x05, 0xab}), digest({0x05}));
    EXPECT_NE(digest({0x4e, 0xff, 0xff, 0xff, 0xff, 0xab}), digest({0x4e, 0xff, 0xff, 0xff, 0xff}));
}

}  // namespace
