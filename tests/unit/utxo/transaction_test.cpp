#include "utxo/transaction.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "unit/utxo/samples.h"
#include "utxo/sighash.h"
#include "utxo/zcash_transaction.h"

namespace {

using samples::ReasonOf;
using utxo::Transaction;

base::Bytes AnyBytes(std::size_t size_max) {
    const auto size = *rc::gen::inRange<std::size_t>(0, size_max);
    return *rc::gen::container<base::Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
}

Transaction AnyTransaction(bool with_witness) {
    Transaction transaction;
    transaction.version = *rc::gen::arbitrary<std::uint32_t>();
    transaction.locktime = *rc::gen::arbitrary<std::uint32_t>();
    transaction.inputs.resize(*rc::gen::inRange<std::size_t>(1, 4));
    for (utxo::Input& input : transaction.inputs) {
        input.prevout.tx_hash = base::ToArray<32>(AnyBytes(33));
        input.prevout.index = *rc::gen::arbitrary<std::uint32_t>();
        input.script_sig = AnyBytes(300);
        input.sequence = *rc::gen::arbitrary<std::uint32_t>();
        if (with_witness) {
            input.witness = {AnyBytes(80), {}};
        }
    }
    transaction.outputs.resize(*rc::gen::inRange<std::size_t>(0, 4));
    for (utxo::Output& output : transaction.outputs) {
        output.amount = *rc::gen::arbitrary<std::uint64_t>();
        output.script = AnyBytes(60);
    }
    return transaction;
}

RC_GTEST_PROP(TransactionProperty, RoundTrips, (bool with_witness)) {
    const Transaction transaction = AnyTransaction(with_witness);
    const base::Bytes raw = utxo::SerializeBitcoin(transaction);
    RC_ASSERT(utxo::ParseBitcoin(raw).value() == transaction);
    RC_ASSERT(utxo::WeightOf(transaction) >= 3 * raw.size() / 4);
    RC_ASSERT((utxo::BitcoinTxHash(transaction) == utxo::BitcoinWitnessHash(transaction)) ==
              !with_witness);
}

RC_GTEST_PROP(TransactionProperty, EveryCutIsRefused, (bool with_witness)) {
    base::Bytes raw = utxo::SerializeBitcoin(AnyTransaction(with_witness));
    raw.resize(*rc::gen::inRange<std::size_t>(0, raw.size()));
    RC_ASSERT(ReasonOf(utxo::ParseBitcoin(raw)) == "bad_tx");
}

RC_GTEST_PROP(TransactionProperty, AnyBytesAreAnswered, (const base::Bytes& raw)) {
    const auto parsed = utxo::ParseBitcoin(raw);
    if (parsed) {
        RC_ASSERT(utxo::SerializeBitcoin(*parsed) == raw);
    }
    const auto zcash = utxo::ParseZcash(raw);
    if (zcash && !zcash->has_shielded) {
        RC_ASSERT(utxo::SerializeZcash(zcash->transparent) == raw);
    }
}

RC_GTEST_PROP(ZcashTransactionProperty, RoundTrips, (bool is_v5)) {
    Transaction transaction = AnyTransaction(false);
    transaction.version = is_v5 ? utxo::kZcashVersion5 : utxo::kZcashVersion4;
    transaction.branch_id = is_v5 ? 0xc2d6d0b4 : 0;
    transaction.expiry_height = *rc::gen::arbitrary<std::uint32_t>();
    const base::Bytes raw = utxo::SerializeZcash(transaction);
    const auto parsed = utxo::ParseZcash(raw).value();
    RC_ASSERT(parsed.transparent == transaction);
    RC_ASSERT(!parsed.has_shielded);
    RC_ASSERT(parsed.hash == utxo::ZcashTxHash(transaction));
    RC_ASSERT(ReasonOf(utxo::ParseZcash(base::ByteView(raw).first(raw.size() - 1))) == "bad_tx");
}

// The genesis block's transaction.
TEST(Transaction, HasItsDisplayOrder) {
    crypto::Hash256 hash{};
    hash[31] = 0x4a;
    const std::string text = utxo::TxHashText(hash);
    EXPECT_TRUE(text.starts_with("4a00"));
    EXPECT_EQ(utxo::ParseTxHash(text).value(), hash);
    EXPECT_EQ(ReasonOf(utxo::ParseTxHash("4a")), "bad_tx_hash");
    EXPECT_EQ(ReasonOf(utxo::ParseTxHash(std::string(64, 'g'))), "bad_tx_hash");
}

TEST(Transaction, ParserRefusesOtherForms) {
    const Transaction transaction = samples::Previous({{1, {0x51}}});
    base::Bytes raw = utxo::SerializeBitcoin(transaction);
    raw.push_back(0);
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(raw)), "bad_tx");
    // The number of inputs in a longer form than needed.
    base::Bytes longer = utxo::SerializeBitcoin(transaction);
    longer[4] = 0xfd;
    longer.insert(longer.begin() + 5, {0x01, 0x00});
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(longer)), "bad_tx");
    // The mark of a witness, and no witness.
    base::Bytes marked = utxo::SerializeBitcoin(transaction);
    marked.insert(marked.begin() + 4, {0x00, 0x01});
    marked.insert(marked.end() - 4, 0x00);
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(marked)), "bad_tx");
    // A count that would need gigabytes.
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(base::HexDecode("02000000feffffff7f").value())),
              "bad_tx");
}

TEST(Transaction, CheckRefusesWhatCannotBePaid) {
    Transaction good = samples::Previous({{1, {0x51}}});
    EXPECT_TRUE(utxo::CheckTransaction(good).has_value());
    Transaction twice = good;
    twice.inputs.push_back(twice.inputs[0]);
    EXPECT_EQ(ReasonOf(utxo::CheckTransaction(twice)), "bad_tx");
    Transaction empty = good;
    empty.outputs.clear();
    EXPECT_EQ(ReasonOf(utxo::CheckTransaction(empty)), "bad_tx");
    Transaction rich = good;
    rich.outputs = {{utxo::kMoneyMax, {}}, {1, {}}};
    EXPECT_EQ(ReasonOf(utxo::CheckTransaction(rich)), "bad_tx");
    rich.outputs = {{~std::uint64_t{0}, {}}};
    EXPECT_EQ(ReasonOf(utxo::CheckTransaction(rich)), "bad_tx");
}

TEST(ZcashTransaction, OtherVersionsAreNamed) {
    const auto reason = [](std::string_view hex) {
        return ReasonOf(utxo::ParseZcash(base::HexDecode(hex).value()));
    };
    EXPECT_EQ(reason("060000800a27a726"), "unsupported_tx_version");
    EXPECT_EQ(reason("01000000"), "unsupported_tx_version");
    EXPECT_EQ(reason("0500008085202f89"), "bad_tx");  // version 5 with the group of version 4
}

TEST(ZcashTransaction, OldOnesProveTheirOutputs) {
    Transaction old = samples::Previous({{7, {0x51}}});
    old.version = 1;
    const base::Bytes raw = utxo::SerializeBitcoin(old);
    const auto proven = utxo::ReadProvenOutputs(raw).value();
    EXPECT_EQ(proven.hash, utxo::BitcoinTxHash(old));
    EXPECT_EQ(proven.outputs, old.outputs);
    old.version = utxo::kZcashVersion5;
    EXPECT_EQ(ReasonOf(utxo::ReadProvenOutputs(utxo::SerializeZcash(old))),
              "unsupported_tx_version");
}

TEST(Sighash, NeedsAnInputThatIsThere) {
    const Transaction transaction = samples::Previous({{1, {0x51}}});
    const std::vector<utxo::Output> spent = {{5, {0x51}}};
    EXPECT_EQ(ReasonOf(utxo::SighashLegacy(transaction, {1, 1}, {})), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashV0(transaction, {1, 1}, spent[0])), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashTaproot(transaction, {1, 0}, spent)), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashTaproot(transaction, {0, 0}, {})), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashTaproot(transaction, {0, 0x80}, spent)), "bad_hash_type");
}

TEST(Sighash, ZcashSingleNeedsItsOutput) {
    utxo::UnsignedTx unsigned_tx = samples::UnsignedZcash(utxo::kZcashVersion5);
    unsigned_tx.transaction.outputs.clear();
    const auto spent = utxo::SpentOutputs(unsigned_tx);
    const auto reason = [&](std::uint32_t hash_type) {
        return ReasonOf(utxo::SighashZcashV5(unsigned_tx.transaction, {}, {0, hash_type}, spent));
    };
    EXPECT_EQ(reason(utxo::kSighashSingle), "bad_hash_type");
    EXPECT_EQ(reason(0), "bad_hash_type");
    EXPECT_EQ(reason(4), "bad_hash_type");
    EXPECT_EQ(reason(utxo::kSighashNone), "");
}

TEST(Transaction, HasALargestSize) {
    const base::Bytes large(utxo::kTransactionSizeMax + 1);
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(large)), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::ParseZcash(large)), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::ReadProvenOutputs(large)), "bad_tx");
    Transaction wide = samples::Previous({{1, {}}});
    const std::size_t rest = utxo::SerializeBitcoin(wide).size() + 4;  // a longer length
    wide.outputs[0].script.resize(utxo::kTransactionSizeMax - rest);
    const base::Bytes raw = utxo::SerializeBitcoin(wide);
    ASSERT_EQ(raw.size(), utxo::kTransactionSizeMax);
    EXPECT_EQ(ReasonOf(utxo::ParseBitcoin(raw)), "");
}

TEST(ZcashTransaction, OldOnesThatAreCutProveNothing) {
    Transaction old = samples::Previous({{7, {0x51}}});
    old.version = utxo::kZcashVersion4;
    const base::Bytes raw = utxo::SerializeZcash(old);
    EXPECT_EQ(utxo::ReadProvenOutputs(raw)->hash, utxo::ZcashTxHash(old));
    // All up to the end of the outputs is read; what follows is hashed.
    const std::size_t needed = 4 + 4 + 1 + 42 + 1 + 10;
    for (std::size_t size = 0; size < needed; ++size) {
        const std::string reason =
            ReasonOf(utxo::ReadProvenOutputs(base::ByteView(raw).first(size)));
        EXPECT_EQ(reason, "bad_tx") << size;
    }
    EXPECT_EQ(ReasonOf(utxo::ReadProvenOutputs(base::ByteView(raw).first(needed))), "");
}

TEST(Sighash, ZcashNeedsAnInputThatIsThere) {
    const auto unsigned_tx = samples::UnsignedZcash(utxo::kZcashVersion5);
    const auto spent = utxo::SpentOutputs(unsigned_tx);
    const Transaction& transaction = unsigned_tx.transaction;
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV4(transaction, {}, {1}, spent[0])), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV5(transaction, {}, {1}, spent)), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV5(transaction, {}, {0}, {})), "bad_tx");
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV5(transaction, {}, {0}, spent)), "");
    // The shielded parts' own signatures cover all.
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV5(transaction, {}, {{}, utxo::kSighashNone}, spent)),
              "bad_hash_type");
    EXPECT_EQ(ReasonOf(utxo::SighashZcashV5(transaction, {}, {}, spent)), "");
}

// ZIP-243 and ZIP-244: what a hash type leaves open may change, and nothing else.
TEST(Sighash, ZcashCommitsToWhatItsTypeSays) {
    for (const std::uint32_t version : {utxo::kZcashVersion4, utxo::kZcashVersion5}) {
        const auto unsigned_tx = samples::UnsignedZcash(version);
        const auto spent = utxo::SpentOutputs(unsigned_tx);
        const auto digest = [&](const Transaction& transaction, std::uint32_t hash_type) {
            return version == utxo::kZcashVersion4
                       ? utxo::SighashZcashV4(transaction, {}, {0, hash_type}, spent[0]).value()
                       : utxo::SighashZcashV5(transaction, {}, {0, hash_type}, spent).value();
        };
        Transaction beside = unsigned_tx.transaction;
        beside.outputs[1].amount -= 1;
        Transaction own = unsigned_tx.transaction;
        own.outputs[0].amount -= 1;
        Transaction expiry = unsigned_tx.transaction;
        expiry.expiry_height += 1;
        const auto same = [&](const Transaction& other, std::uint32_t hash_type) {
            return digest(unsigned_tx.transaction, hash_type) == digest(other, hash_type);
        };
        EXPECT_FALSE(same(beside, utxo::kSighashAll));
        EXPECT_TRUE(same(beside, utxo::kSighashSingle));
        EXPECT_FALSE(same(own, utxo::kSighashSingle));
        EXPECT_TRUE(same(own, utxo::kSighashNone));
        EXPECT_FALSE(same(expiry, utxo::kSighashNone));
    }
}

}  // namespace
