#include "utxo/sign.h"

#include <gtest/gtest.h>

#include "crypto/schnorr.h"
#include "unit/utxo/samples.h"
#include "utxo/sighash.h"

namespace {

using samples::ReasonOf;
using utxo::ScriptType;
using utxo::UnsignedTx;

TEST(Sign, TaprootSignatureIsOfTheTweakedKey) {
    const UnsignedTx unsigned_tx = samples::Unsigned({ScriptType::kP2tr});
    const auto done =
        utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1)).value();
    const auto spent = utxo::SpentOutputs(unsigned_tx);
    const auto digest = utxo::SighashTaproot(unsigned_tx.transaction, {0, 0}, spent).value();
    const auto output_key = base::ToArray<32>(base::ByteView(spent[0].script).subspan(2));
    ASSERT_EQ(done.transaction.inputs[0].witness.size(), 1U);
    EXPECT_TRUE(crypto::SchnorrVerify(
        output_key, digest, base::ToArray<64>(done.transaction.inputs[0].witness[0])));
}

TEST(Sign, MixedInputsAreSignedInTheirOwnWays) {
    const UnsignedTx unsigned_tx =
        samples::Unsigned({ScriptType::kP2pkh, ScriptType::kP2wpkh, ScriptType::kP2tr});
    const auto done =
        utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1)).value();
    const auto& inputs = done.transaction.inputs;
    EXPECT_FALSE(inputs[0].script_sig.empty());
    EXPECT_TRUE(inputs[0].witness.empty());
    EXPECT_EQ(inputs[1].witness.size(), 2U);
    EXPECT_EQ(inputs[2].witness.size(), 1U);
    EXPECT_EQ(done.hash, utxo::BitcoinTxHash(done.transaction));
    // Deterministic.
    EXPECT_EQ(utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1))->raw,
              done.raw);
}

TEST(Sign, SignedSizeIsAtMostTheEstimate) {
    for (const ScriptType type : {ScriptType::kP2pkh, ScriptType::kP2wpkh, ScriptType::kP2tr}) {
        for (std::size_t count = 1; count < 4; ++count) {
            const UnsignedTx unsigned_tx = samples::Unsigned(std::vector<ScriptType>(count, type));
            const auto done =
                utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1))
                    .value();
            const utxo::TxShape shape{std::vector<ScriptType>(count, type),
                                      unsigned_tx.transaction.outputs};
            const std::size_t estimate = utxo::WeightOfShape(shape).value();
            const std::size_t weight = utxo::WeightOf(done.transaction);
            EXPECT_LE(weight, estimate);
            // A signature is at most 2 bytes shorter, but for very few.
            EXPECT_GE(weight + count * (type == ScriptType::kP2pkh ? 8 : 2), estimate);
        }
    }
}

TEST(Sign, RefusesAForeignKey) {
    for (const ScriptType type : {ScriptType::kP2pkh, ScriptType::kP2wpkh, ScriptType::kP2tr}) {
        EXPECT_EQ(ReasonOf(utxo::SignTransaction(
                      utxo::BitcoinFormat(), samples::Unsigned({type}), samples::KeyNumber(2))),
                  "key_mismatch");
    }
    EXPECT_EQ(ReasonOf(utxo::SignTransaction(utxo::ZcashFormat(),
                                             samples::UnsignedZcash(utxo::kZcashVersion5),
                                             samples::KeyNumber(2))),
              "key_mismatch");
}

TEST(Sign, ErrorsOfTheKeySourceComeThrough) {
    const utxo::KeySource none = [](const utxo::UnsignedInput&) -> base::Result<secret::Bytes> {
        return base::NotFound("unknown_wallet", "no such key");
    };
    EXPECT_EQ(ReasonOf(utxo::SignTransaction(
                  utxo::BitcoinFormat(), samples::Unsigned({ScriptType::kP2tr}), none)),
              "unknown_wallet");
}

TEST(Sign, OldWalletsHashTheUncompressedKey) {
    UnsignedTx unsigned_tx = samples::Unsigned({ScriptType::kP2pkh});
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(samples::Key(1)).value();
    unsigned_tx.inputs[0].spent.script = utxo::PayToKeyHash(crypto::Hash160(key.Uncompressed()));
    const auto done =
        utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1)).value();
    EXPECT_GT(done.transaction.inputs[0].script_sig.size(), 130U);
}

TEST(MatchSigned, FindsEveryDifference) {
    for (const std::uint32_t version : {utxo::kZcashVersion4, utxo::kZcashVersion5}) {
        const UnsignedTx unsigned_tx = samples::UnsignedZcash(version);
        const utxo::TxFormat& format = utxo::ZcashFormat();
        const auto done = utxo::SignTransaction(format, unsigned_tx, samples::KeyNumber(1)).value();
        const auto matched = utxo::MatchSigned(format, done.raw, unsigned_tx.transaction).value();
        EXPECT_EQ(matched.hash, done.hash);
        utxo::Transaction other = unsigned_tx.transaction;
        other.outputs[0].amount -= 1;
        EXPECT_EQ(ReasonOf(utxo::MatchSigned(format, done.raw, other)), "tx_mismatch");
        EXPECT_EQ(ReasonOf(utxo::MatchSigned(
                      format, utxo::SerializeZcash(unsigned_tx.transaction), other)),
                  "tx_mismatch");
    }
}

}  // namespace
