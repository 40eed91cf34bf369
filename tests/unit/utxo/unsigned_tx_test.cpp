#include "utxo/unsigned_tx.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/utxo/samples.h"

namespace {

using samples::ReasonOf;
using utxo::ScriptType;
using utxo::UnsignedTx;

const std::vector<std::vector<ScriptType>> kSpends = {
    {ScriptType::kP2wpkh},
    {ScriptType::kP2pkh, ScriptType::kP2wpkh, ScriptType::kP2tr},
    {ScriptType::kP2tr, ScriptType::kP2tr}};

TEST(Psbt, RoundTripsWithHints) {
    for (const auto& types : kSpends) {
        UnsignedTx unsigned_tx = samples::Unsigned(types);
        unsigned_tx.inputs[0].key.place = utxo::KeyPlace{0, 7};
        unsigned_tx.outputs[1].place = utxo::KeyPlace{1, 3};
        const auto encoded = utxo::EncodePsbt(unsigned_tx).value();
        EXPECT_TRUE(base::AsText(encoded).starts_with("psbt\xff"));
        EXPECT_EQ(utxo::DecodePsbt(encoded).value(), unsigned_tx);
    }
}

TEST(Psbt, CarriesKeyOriginsForOtherWallets) {
    UnsignedTx unsigned_tx = samples::Unsigned({ScriptType::kP2wpkh, ScriptType::kP2tr});
    utxo::KeyOrigin origin;
    origin.public_key = crypto::Secp256k1PublicKey::FromPrivate(samples::Key(1))->Compressed();
    origin.master_fingerprint = {1, 2, 3, 4};
    origin.path = crypto::ParsePath("m/84'/0'/0'/0/7").value();
    unsigned_tx.inputs[0].key.origin = origin;
    origin.public_key[0] = 0x02;  // what an x-only key stands for
    unsigned_tx.inputs[1].key.origin = origin;
    unsigned_tx.outputs[1].origin = origin;
    const auto encoded = utxo::EncodePsbt(unsigned_tx).value();
    EXPECT_EQ(utxo::DecodePsbt(encoded).value(), unsigned_tx);
}

TEST(Psbt, WantsEveryAmountProven) {
    const auto reason = [](UnsignedTx unsigned_tx) {
        return ReasonOf(utxo::EncodePsbt(unsigned_tx));
    };
    UnsignedTx missing = samples::Unsigned({ScriptType::kP2wpkh, ScriptType::kP2tr});
    missing.inputs[1].previous_tx.clear();
    EXPECT_EQ(reason(missing), "amount_unproven");
    UnsignedTx other = samples::Unsigned({ScriptType::kP2wpkh});
    other.transaction.inputs[0].prevout.tx_hash[0] ^= 1;
    EXPECT_EQ(reason(other), "amount_unproven");
    UnsignedTx place = samples::Unsigned({ScriptType::kP2wpkh});
    place.transaction.inputs[0].prevout.index = 2;
    EXPECT_EQ(reason(place), "amount_unproven");
    // CVE-2020-14199: a smaller amount hides that the rest becomes fee.
    UnsignedTx lie = samples::Unsigned({ScriptType::kP2wpkh});
    lie.inputs[0].spent.amount -= 1;
    EXPECT_EQ(reason(lie), "amount_unproven");
    UnsignedTx witness = samples::Unsigned({ScriptType::kP2wpkh});
    utxo::Transaction previous = utxo::ParseBitcoin(witness.inputs[0].previous_tx).value();
    previous.inputs[0].witness = {{1}};
    witness.inputs[0].previous_tx = utxo::SerializeBitcoin(previous);
    EXPECT_EQ(reason(witness), "bad_psbt");
    UnsignedTx needless = samples::Unsigned({ScriptType::kP2tr});
    needless.inputs[0].previous_tx = {1};
    EXPECT_EQ(reason(needless), "amount_unproven");
}

TEST(Psbt, RefusesWhatIsNotToBeSigned) {
    const auto reason = [](UnsignedTx unsigned_tx) {
        return ReasonOf(utxo::EncodePsbt(unsigned_tx));
    };
    UnsignedTx has_signature = samples::Unsigned({ScriptType::kP2pkh});
    has_signature.transaction.inputs[0].script_sig = {1};
    EXPECT_EQ(reason(has_signature), "bad_tx");
    UnsignedTx overdrawn = samples::Unsigned({ScriptType::kP2pkh});
    overdrawn.transaction.outputs[0].amount = 100'000;
    EXPECT_EQ(reason(overdrawn), "bad_tx");
    UnsignedTx undescribed = samples::Unsigned({ScriptType::kP2pkh});
    undescribed.outputs.pop_back();
    EXPECT_EQ(reason(undescribed), "bad_tx");
    EXPECT_EQ(reason(samples::Unsigned({ScriptType::kP2sh})), "bad_psbt");
}

TEST(Psbt, RefusesForeignFields) {
    const base::Bytes encoded = utxo::EncodePsbt(samples::Unsigned({ScriptType::kP2wpkh})).value();
    EXPECT_EQ(ReasonOf(utxo::DecodePsbt({})), "bad_psbt");
    base::Bytes longer = encoded;
    longer.push_back(0);
    EXPECT_EQ(ReasonOf(utxo::DecodePsbt(longer)), "bad_psbt");
    // An unknown field at the end of the last output's map.
    base::Bytes foreign = encoded;
    foreign.pop_back();
    base::Append(foreign, base::Bytes{0x01, 0x42, 0x01, 0x00, 0x00});
    EXPECT_EQ(ReasonOf(utxo::DecodePsbt(foreign)), "bad_psbt");
}

TEST(ZcashUnsigned, RoundTripsBothVersions) {
    for (const std::uint32_t version : {utxo::kZcashVersion4, utxo::kZcashVersion5}) {
        UnsignedTx unsigned_tx = samples::UnsignedZcash(version);
        unsigned_tx.inputs[0].key.place = utxo::KeyPlace{0, 7};
        unsigned_tx.outputs[1].place = utxo::KeyPlace{1, 3};
        const auto encoded = utxo::EncodeZcashUnsigned(unsigned_tx).value();
        EXPECT_EQ(utxo::DecodeZcashUnsigned(encoded).value(), unsigned_tx);
    }
}

TEST(ZcashUnsigned, RefusesWhatIsNotToBeSigned) {
    const auto reason = [](UnsignedTx unsigned_tx) {
        return ReasonOf(utxo::EncodeZcashUnsigned(unsigned_tx));
    };
    UnsignedTx unproven = samples::UnsignedZcash(utxo::kZcashVersion4);
    unproven.inputs[0].previous_tx.clear();
    EXPECT_EQ(reason(unproven), "amount_unproven");
    UnsignedTx lie = samples::UnsignedZcash(utxo::kZcashVersion4);
    lie.inputs[0].spent.amount -= 1;
    EXPECT_EQ(reason(lie), "amount_unproven");
    UnsignedTx needless = samples::UnsignedZcash(utxo::kZcashVersion5);
    needless.inputs[0].previous_tx = {1};
    EXPECT_EQ(reason(needless), "amount_unproven");
    // Version 4 is refused by nodes only from version 6 on, but it does not commit to all amounts.
    UnsignedTx old = samples::UnsignedZcash(utxo::kZcashVersion4);
    old.transaction.branch_id = 0xc2d6d0b4;
    EXPECT_EQ(reason(old), "bad_unsigned_tx");
    UnsignedTx early = samples::UnsignedZcash(utxo::kZcashVersion5);
    early.transaction.branch_id = 0xe9ff75a6;
    EXPECT_EQ(reason(early), "bad_unsigned_tx");
    UnsignedTx script = samples::UnsignedZcash(utxo::kZcashVersion5);
    script.inputs[0].spent.script = samples::ScriptOf(1, ScriptType::kP2sh);
    EXPECT_EQ(reason(script), "bad_unsigned_tx");
}

// Whatever a byte is changed to: refused, or another transaction that reads back the same.
RC_GTEST_PROP(UnsignedProperty, EncodingIsCanonical, (bool bitcoin)) {
    const utxo::TxFormat& format = bitcoin ? utxo::BitcoinFormat() : utxo::ZcashFormat();
    base::Bytes encoded =
        format
            .EncodeUnsigned(bitcoin ? samples::Unsigned({ScriptType::kP2wpkh, ScriptType::kP2tr})
                                    : samples::UnsignedZcash(utxo::kZcashVersion5))
            .value();
    const auto place = *rc::gen::inRange<std::size_t>(0, encoded.size());
    encoded[place] = *rc::gen::arbitrary<std::uint8_t>();
    const auto decoded = format.DecodeUnsigned(encoded);
    if (decoded) {
        RC_ASSERT(format.EncodeUnsigned(*decoded).value() == encoded);
    }
    encoded.resize(place);
    RC_ASSERT(!format.DecodeUnsigned(encoded).has_value());
}

}  // namespace
