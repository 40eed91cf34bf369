#include "utxo/unsigned_tx.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "unit/utxo/samples.h"
#include "utxo/wire.h"

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

// --- PSBTs as others might write them, field by field

using Field = std::pair<base::Bytes, base::Bytes>;

base::Bytes KeyWith(std::uint8_t type, std::size_t size) {
    base::Bytes key{type};
    key.resize(1 + size, 0x02);
    return key;
}

void WriteMap(utxo::Writer& writer, const std::vector<Field>& fields) {
    for (const auto& [key, value] : fields) {
        writer.Block(key);
        writer.Block(value);
    }
    writer.U8(0);
}

// The fields of the one input and of the first output.
base::Bytes Written(const UnsignedTx& unsigned_tx,
                    const std::vector<Field>& input,
                    const std::vector<Field>& output = {}) {
    utxo::Writer writer;
    writer.Raw(base::AsBytes("psbt\xff"));
    WriteMap(writer, {{{0x00}, utxo::SerializeBitcoinWithoutWitness(unsigned_tx.transaction)}});
    WriteMap(writer, input);
    WriteMap(writer, output);
    WriteMap(writer, {});
    return writer.bytes();
}

base::Bytes OutputBytes(const utxo::Output& output) {
    utxo::Writer writer;
    writer.U64(output.amount);
    writer.Block(output.script);
    return writer.bytes();
}

class PsbtFields : public ::testing::Test {
protected:
    std::string With(std::vector<Field> more, const std::vector<Field>& output = {}) const {
        std::vector<Field> fields = {{{0x00}, previous_}, {{0x01}, OutputBytes(spent_)}};
        fields.insert(fields.end(), more.begin(), more.end());
        return ReasonOf(utxo::DecodePsbt(Written(unsigned_tx_, fields, output)));
    }

    const UnsignedTx unsigned_tx_ = samples::Unsigned({ScriptType::kP2wpkh});
    const base::Bytes previous_ = unsigned_tx_.inputs[0].previous_tx;
    const utxo::Output spent_ = unsigned_tx_.inputs[0].spent;
    const base::Bytes place_key_ = [] {
        base::Bytes key{0xfc, 8};
        base::Append(key, base::AsBytes("platform"));
        key.push_back(0);
        return key;
    }();
};

TEST_F(PsbtFields, AreTakenInTheirOwnForm) {
    EXPECT_EQ(With({}), "");
    EXPECT_EQ(With({{KeyWith(0x06, 33), base::Bytes(12)}}), "");
    EXPECT_EQ(With({{place_key_, base::Bytes(8)}}), "");
    EXPECT_EQ(With({}, {{KeyWith(0x02, 33), base::Bytes(4)}}), "");
}

TEST_F(PsbtFields, OfOtherSizesAreRefused) {
    EXPECT_EQ(With({{KeyWith(0x06, 33), base::Bytes(3)}}), "bad_psbt");
    EXPECT_EQ(With({{KeyWith(0x06, 33), base::Bytes(7)}}), "bad_psbt");
    EXPECT_EQ(With({{KeyWith(0x06, 32), base::Bytes(12)}}), "bad_psbt");
    EXPECT_EQ(With({{KeyWith(0x06, 65), base::Bytes(12)}}), "bad_psbt");
    EXPECT_EQ(With({{place_key_, base::Bytes(7)}}), "bad_psbt");
    EXPECT_EQ(With({{place_key_, base::Bytes(9)}}), "bad_psbt");
    EXPECT_EQ(With({}, {{KeyWith(0x02, 32), base::Bytes(4)}}), "bad_psbt");
    EXPECT_EQ(With({{{0x03}, base::Bytes(4)}}), "bad_psbt");  // a hash type of its own
    // Of taproot on an input that is none.
    EXPECT_EQ(With({{KeyWith(0x16, 32), base::Bytes(5)}}), "bad_psbt");
}

TEST_F(PsbtFields, OutOfOrderOrTwiceAreRefused) {
    const Field first{{0x00}, previous_};
    const Field second{{0x01}, OutputBytes(spent_)};
    const auto reason = [&](const std::vector<Field>& fields) {
        return ReasonOf(utxo::DecodePsbt(Written(unsigned_tx_, fields)));
    };
    EXPECT_EQ(reason({first, second}), "");
    EXPECT_EQ(reason({second, first}), "bad_psbt");
    EXPECT_EQ(reason({first, first, second}), "bad_psbt");
}

TEST_F(PsbtFields, OfTheOutputSpentMustBeWhole) {
    const auto reason = [&](const std::vector<Field>& fields) {
        return ReasonOf(utxo::DecodePsbt(Written(unsigned_tx_, fields)));
    };
    EXPECT_EQ(reason({{{0x00}, previous_}, {{0x01}, base::Bytes(8)}}), "bad_psbt");
    EXPECT_EQ(reason({{{0x00}, previous_}, {{0x01}, base::Bytes(10)}}), "bad_psbt");
    EXPECT_EQ(reason({{{0x01}, OutputBytes(spent_)}}), "amount_unproven");
    EXPECT_EQ(reason({}), "bad_tx");
    EXPECT_EQ(reason({{{0x00}, previous_}}), "bad_psbt");  // read, but not in our own form
}

TEST(Psbt, OldInputsTakeTheirOutputFromTheTransactionThatMadeIt) {
    UnsignedTx unsigned_tx = samples::Unsigned({ScriptType::kP2pkh});
    const base::Bytes previous = unsigned_tx.inputs[0].previous_tx;
    const auto reason = [&](const std::vector<Field>& fields) {
        return ReasonOf(utxo::DecodePsbt(Written(unsigned_tx, fields)));
    };
    EXPECT_EQ(reason({{{0x00}, previous}}), "");
    EXPECT_EQ(reason({{{0x00}, previous}, {{0x01}, OutputBytes(unsigned_tx.inputs[0].spent)}}),
              "bad_psbt");
    unsigned_tx.transaction.inputs[0].prevout.index = 2;
    EXPECT_EQ(reason({{{0x00}, previous}}), "amount_unproven");
}

TEST(Psbt, HasAnEnd) {
    UnsignedTx unsigned_tx = samples::Unsigned({ScriptType::kP2wpkh, ScriptType::kP2wpkh});
    for (std::size_t i = 0; i < 2; ++i) {
        const utxo::Transaction previous = samples::Previous(
            {{i, {0x51}}, unsigned_tx.inputs[i].spent, {1, base::Bytes(2'200'000, 0x51)}});
        unsigned_tx.inputs[i].previous_tx = utxo::SerializeBitcoin(previous);
        unsigned_tx.transaction.inputs[i].prevout.tx_hash = utxo::BitcoinTxHash(previous);
    }
    EXPECT_EQ(ReasonOf(utxo::EncodePsbt(unsigned_tx)), "bad_psbt");
    base::Bytes large = utxo::EncodePsbt(samples::Unsigned({ScriptType::kP2wpkh})).value();
    large.resize(utxo::kUnsignedTxSizeMax + 1);
    EXPECT_EQ(ReasonOf(utxo::DecodePsbt(large)), "bad_psbt");
}

TEST(ZcashUnsigned, HasAnEnd) {
    UnsignedTx unsigned_tx = samples::UnsignedZcash(utxo::kZcashVersion4);
    const utxo::UnsignedInput input = unsigned_tx.inputs[0];
    unsigned_tx.inputs = {input, input};
    unsigned_tx.transaction.inputs.resize(2);
    for (std::uint32_t i = 0; i < 2; ++i) {
        utxo::Transaction previous =
            samples::Previous({input.spent, {i, base::Bytes(2'200'000, 0x51)}});
        previous.version = utxo::kZcashVersion4;
        unsigned_tx.inputs[i].previous_tx = utxo::SerializeZcash(previous);
        unsigned_tx.transaction.inputs[i].prevout = {utxo::ZcashTxHash(previous), 0};
    }
    EXPECT_EQ(ReasonOf(utxo::EncodeZcashUnsigned(unsigned_tx)), "bad_unsigned_tx");
    EXPECT_EQ(ReasonOf(utxo::DecodeZcashUnsigned(base::Bytes(utxo::kUnsignedTxSizeMax + 1))),
              "bad_unsigned_tx");
}

TEST(ZcashUnsigned, HintsAreOneOrNone) {
    base::Bytes encoded =
        utxo::EncodeZcashUnsigned(samples::UnsignedZcash(utxo::kZcashVersion5)).value();
    ASSERT_EQ(encoded.back(), 0);
    encoded.back() = 2;
    EXPECT_EQ(ReasonOf(utxo::DecodeZcashUnsigned(encoded)), "bad_unsigned_tx");
    encoded.back() = 1;  // and no place after it
    EXPECT_EQ(ReasonOf(utxo::DecodeZcashUnsigned(encoded)), "bad_unsigned_tx");
}

TEST(ZcashUnsigned, IsOfAKnownVersionAndOneBranch) {
    UnsignedTx old = samples::UnsignedZcash(utxo::kZcashVersion4);
    old.transaction.version = 0x80000003;
    EXPECT_EQ(ReasonOf(utxo::EncodeZcashUnsigned(old)), "bad_unsigned_tx");
    base::Bytes encoded =
        utxo::EncodeZcashUnsigned(samples::UnsignedZcash(utxo::kZcashVersion5)).value();
    encoded[5] ^= 1;  // the branch that the container names
    EXPECT_EQ(ReasonOf(utxo::DecodeZcashUnsigned(encoded)), "bad_unsigned_tx");
}

// ZIP-225 with one Sapling output: nothing in it is ours to sign.
TEST(ZcashUnsigned, ShieldedPartsAreNotSigned) {
    const UnsignedTx unsigned_tx = samples::UnsignedZcash(utxo::kZcashVersion5);
    base::Bytes raw = utxo::SerializeZcash(unsigned_tx.transaction);
    raw.resize(raw.size() - 3);
    utxo::Writer shielded;
    shielded.Raw(raw);
    shielded.CompactSize(0);
    shielded.CompactSize(1);
    shielded.Raw(base::Bytes(756 + 8 + 192 + 64));
    shielded.CompactSize(0);
    ASSERT_TRUE(utxo::ParseZcash(shielded.bytes())->has_shielded);
    EXPECT_EQ(ReasonOf(utxo::ZcashFormat().Parse(shielded.bytes())), "bad_tx");
    utxo::Writer writer;
    writer.Raw(base::AsBytes("ztx\xff\x01"));
    writer.U32(unsigned_tx.transaction.branch_id);
    writer.Block(shielded.bytes());
    EXPECT_EQ(ReasonOf(utxo::DecodeZcashUnsigned(writer.bytes())), "bad_unsigned_tx");
}

}  // namespace
