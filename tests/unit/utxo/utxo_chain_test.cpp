// UtxoChain over a scripted node and books in memory.
#include "utxo/utxo_chain.h"

#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "unit/utxo/wallet_chain.h"
#include "utxo/payment.h"

namespace {

using money::UInt256;
using nlohmann::json;
using utxo_test::kHash;
using utxo_test::kParent;

class UtxoChainTest : public utxo_test::WalletChain {};

std::map<std::string, UInt256> OutputsOf(const chain::Signed& payment) {
    std::map<std::string, UInt256> outputs;
    for (const chain::NewCoin& output : payment.outputs) {
        EXPECT_EQ(output.coin.tx_hash, payment.tx_hash);
        outputs[output.address] = output.coin.amount;
    }
    return outputs;
}

TEST_F(UtxoChainTest, PricesAWholeTransactionAndBuildsItFromTheTerms) {
    const std::string coin = Receive(1'000'000);
    const auto plan = Pay(400'000);
    const auto quote = chain.Price(plan).value();
    ASSERT_EQ(quote.coins.size(), 1U);
    EXPECT_EQ(quote.coins[0].tx_hash, coin);
    EXPECT_EQ(quote.amount, UInt256(400'000));
    // 5 sat/vB where the node cannot tell, 141 vbytes.
    EXPECT_EQ(quote.fee_expected, UInt256(705));
    const auto built = chain.Build(plan, quote, {std::nullopt, quote.coins}).value();
    EXPECT_EQ(built.fee_max, quote.fee_max);
    const auto read = params.format->DecodeUnsigned(built.payload).value();
    EXPECT_EQ(read.transaction.locktime, 200U);
    EXPECT_EQ(read.transaction.inputs[0].sequence, utxo::kSequenceReplaceable);
    EXPECT_FALSE(read.inputs[0].previous_tx.empty());
}

TEST_F(UtxoChainTest, ASignedPaymentIsRecognisedWithItsChange) {
    Receive(1'000'000);
    const auto plan = Pay(400'000);
    const auto quote = chain.Price(plan).value();
    const auto built = chain.Build(plan, quote, {}).value();
    const auto unsigned_tx = params.format->DecodeUnsigned(built.payload).value();
    const auto made_tx =
        utxo::SignTransaction(*params.format, unsigned_tx, [this](const utxo::UnsignedInput&) {
            return base::Result<secret::Bytes>(key.Clone());
        }).value();
    const auto seen = chain.Inspect(made_tx.raw, built.payload).value();
    EXPECT_EQ(seen.tx_hash, utxo::TxHashText(made_tx.hash));
    EXPECT_EQ(OutputsOf(seen),
              (std::map<std::string, UInt256>{{to, UInt256(400'000)},
                                              {own, UInt256(1'000'000 - 400'000 - 705)}}));
    auto other = made_tx.raw;
    other[other.size() - 1] ^= 1U;
    EXPECT_FALSE(chain.Inspect(other, built.payload));
}

// All that it spends was paid to fresh addresses: the change goes to the wallet's own one.
TEST_F(UtxoChainTest, APaymentOfFreshAddressesAloneShowsItsChange) {
    const auto fresh_key = secret::Bytes::Copy(base::Bytes(32, 0x12));
    const auto point = crypto::Secp256k1PublicKey::FromPrivate(fresh_key).value();
    const base::Bytes home_script = script;
    const std::string home = own;
    script = utxo::ScriptOfKey(point, utxo::ScriptType::kP2wpkh).value();
    own = params.format->AddressOf(script, params.network).value();
    Receive(1'000'000);
    own = home;
    const auto plan = Pay(400'000);
    const auto built = chain.Build(plan, chain.Price(plan).value(), {}).value();
    const auto made_tx =
        utxo::SignTransaction(*params.format,
                              params.format->DecodeUnsigned(built.payload).value(),
                              [&](const utxo::UnsignedInput&) {
                                  return base::Result<secret::Bytes>(fresh_key.Clone());
                              })
            .value();
    EXPECT_EQ(OutputsOf(chain.Inspect(made_tx.raw, built.payload).value()),
              (std::map<std::string, UInt256>{{to, UInt256(400'000)},
                                              {home, UInt256(1'000'000 - 400'000 - 705)}}));
    // Neither of its places tells which output the change is.
    std::set<base::Bytes> last;
    for (int round = 0; round < 64; ++round) {
        const auto again = chain.Build(plan, chain.Price(plan).value(), {}).value();
        last.insert(params.format->DecodeUnsigned(again.payload)->transaction.outputs[1].script);
    }
    EXPECT_EQ(last.size(), 2U);
    EXPECT_TRUE(last.contains(home_script));
}

TEST_F(UtxoChainTest, SaysWhatIsMissing) {
    EXPECT_EQ(PriceReason(Pay(1'000)), "insufficient_funds");
    Receive(10'000);
    const auto refused = chain.Price(Pay(20'000));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().metadata.at("need"), "0.0002");
    EXPECT_EQ(refused.error().metadata.at("have"), "0.0001");
    EXPECT_EQ(PriceReason(Pay(100)), "dust_output");
}

TEST_F(UtxoChainTest, WaitsForChangeOfPaymentsUnderWay) {
    Receive(50'000);
    ledger.holdings.left = UInt256(900'000);
    const auto waits = chain.Price(Pay(500'000));
    ASSERT_FALSE(waits);
    EXPECT_EQ(waits.error().reason, "coins_locked");
    EXPECT_EQ(waits.error().kind, base::ErrorKind::kUnavailable);
    EXPECT_EQ(PriceReason(Pay(950'000)), "insufficient_funds");
}

TEST_F(UtxoChainTest, LeavesCoinsThatMayNotBeSpent) {
    Receive(1'000'000);
    ledger.holdings.free[0].coinbase = true;
    ledger.holdings.free[0].block_height = 150;
    EXPECT_EQ(PriceReason(Pay(1'000)), "insufficient_funds");
    ledger.holdings.free[0] = {};
    ledger.holdings.free.clear();
    ledger.holdings.left = UInt256();
    Receive(1'000'000, 0);
    ledger.holdings.free[0].parent_attempts = 2;
    ledger.holdings.free[0].own_chain = 1;
    ledger.holdings.left = UInt256();
    EXPECT_EQ(PriceReason(Pay(1'000)), "insufficient_funds");
    ledger.holdings.free[0].parent_attempts = 1;
    EXPECT_EQ(PriceReason(Pay(1'000)), "priced");
    ledger.holdings.free[0].own_chain = 11;
    EXPECT_EQ(PriceReason(Pay(1'000)), "insufficient_funds");
}

TEST_F(UtxoChainTest, ABumpSpendsTheAnchorAndPaysMore) {
    Receive(1'000'000);
    const auto plan = Pay(400'000);
    const auto quote = chain.Price(plan).value();
    const auto first = chain.Build(plan, quote, {}).value();
    ledger.holdings.free.clear();
    const auto bumped = chain.Bump(plan, chain::AttemptKind::kSpeedUp, first).value();
    EXPECT_EQ(bumped.coins[0].tx_hash, first.coins[0].tx_hash);
    // BIP-125: the old fee and the relay rate for the new size.
    EXPECT_EQ(bumped.fee_max, UInt256(705 + 141));
    const auto back = chain.Bump(plan, chain::AttemptKind::kCancel, bumped).value();
    const auto read = params.format->DecodeUnsigned(back.payload).value();
    ASSERT_EQ(read.transaction.outputs.size(), 1U);
    EXPECT_EQ(read.transaction.outputs[0].script, script);

    auto wish = plan;
    wish.fee.figure = chain::UtxoFeeWish{5'500};
    const auto small = chain.Bump(wish, chain::AttemptKind::kSpeedUp, first);
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error().reason, "fee_bump_too_small");
    EXPECT_EQ(small.error().metadata.at("minimum"), "7");
}

TEST_F(UtxoChainTest, AChildPaysForItsParentToo) {
    Receive(1'000'000);
    const auto quote = chain.Price(Pay(400'000)).value();
    const auto first = chain.Build(Pay(400'000), quote, {}).value();
    const auto unsigned_tx = params.format->DecodeUnsigned(first.payload).value();
    const auto parent =
        utxo::SignTransaction(*params.format, unsigned_tx, [this](const utxo::UnsignedInput&) {
            return base::Result<secret::Bytes>(key.Clone());
        }).value();
    const std::string hash = utxo::TxHashText(parent.hash);
    const auto outputs = chain.Inspect(parent.raw, first.payload).value().outputs;
    chain::FreeCoin coin;
    coin.coin = outputs.at(outputs[0].address == own ? 0 : 1).coin;
    coin.address = own;
    coin.own_chain = 1;
    coin.parent_attempts = 1;
    ledger.holdings.free = {coin};
    ledger.sources[hash] = parent.raw;
    ledger.fees[hash] = first.fee_max;

    auto plan = Pay(0);
    plan.action = chain::Cpfp{hash};
    plan.fee.figure = chain::UtxoFeeWish{20'000};
    const auto child = chain.Price(plan).value();
    EXPECT_TRUE(child.amount.IsZero());
    EXPECT_TRUE(child.native_value.IsZero());
    const auto built = chain.Build(plan, child, {}).value();
    const auto read = params.format->DecodeUnsigned(built.payload).value();
    ASSERT_EQ(read.transaction.outputs.size(), 1U);
    EXPECT_EQ(read.transaction.outputs[0].script, script);
    // 20 sat/vB for the 141 vbytes of the parent and the 110 of the child, less the parent's 705;
    // the child's own rate is rounded up.
    EXPECT_EQ(child.fee_max, UInt256(20 * (141 + 110) - 705 + 1));

    // A parent that pays more than the rate leaves the child its own.
    ledger.fees[hash] = UInt256(9'000);
    EXPECT_EQ(chain.Price(plan)->fee_max, UInt256(20 * 110));
    ledger.found = utxo_test::InBlock();
    ledger.fees.clear();
    EXPECT_EQ(PriceReason(plan), "already_confirmed");
    ledger.found.reset();
    plan.action = chain::Cpfp{std::string(64, '7')};
    EXPECT_EQ(PriceReason(plan), "no_change_output");
}

TEST_F(UtxoChainTest, EverythingLessTheFee) {
    Receive(1'000'000);
    Receive(500'000);
    const auto quote = chain.Price(Pay(0, chain::TransferMode::kAll)).value();
    EXPECT_EQ(quote.coins.size(), 2U);
    EXPECT_EQ(money::CheckedAdd(quote.amount, quote.fee_max).value(), UInt256(1'500'000));
}

TEST_F(UtxoChainTest, TakesTheNodesRateInsideItsBounds) {
    Receive(1'000'000);
    node.Answer("estimatesmartfee", json{{"feerate", "0.00020000"}});
    EXPECT_EQ(chain.Price(Pay(400'000))->fee_expected, UInt256(20 * 141));
    node.Answer("estimatesmartfee", json{{"feerate", "1.00000000"}});
    EXPECT_EQ(chain.Price(Pay(400'000))->fee_expected, UInt256(1'000 * 141));
    auto plan = Pay(400'000);
    plan.fee.figure = chain::UtxoFeeWish{500};
    EXPECT_EQ(PriceReason(plan), "fee_too_low");
    plan.fee.figure = chain::UtxoFeeWish{1'000'001};
    EXPECT_EQ(PriceReason(plan), "fee_cap_exceeded");
}

TEST_F(UtxoChainTest, ReadsOnlyWhatABlockBringsAndSpends) {
    const json output = {
        {"n", "1"}, {"value", "0.50000000"}, {"scriptPubKey", {{"hex", base::HexEncode(script)}}}};
    const json stranger = {{"n", "0"}, {"value", "0.00000001"}, {"scriptPubKey", {{"hex", "6a"}}}};
    utxo::Transaction raw;
    raw.inputs.resize(1);
    raw.outputs = {{1, {0x6a}}, {50'000'000, script}};
    const std::string hash = utxo::TxHashText(params.format->TxHash(raw));
    const json tx = {{"txid", hash},
                     {"hex", base::HexEncode(params.format->Serialize(raw))},
                     {"vin", {{{"txid", kParent}, {"vout", "3"}}}},
                     {"vout", {stranger, output}}};
    node.Answer("getblockhash", kHash);
    node.Answer("getblock",
                json{{"hash", kHash},
                     {"height", "201"},
                     {"time", "1700000000"},
                     {"previousblockhash", kParent},
                     {"tx", {tx}}});
    const auto content = chain.ReadBlock(201, {own}).value();
    ASSERT_EQ(content.coins.size(), 1U);
    EXPECT_EQ(content.coins[0].coin.index, 1U);
    EXPECT_EQ(content.coins[0].coin.amount, UInt256(50'000'000));
    ASSERT_EQ(content.spent.size(), 1U);
    EXPECT_EQ(content.spent[0].tx_hash, kParent);
    EXPECT_EQ(content.spent[0].spender, hash);
    ASSERT_EQ(content.sources.size(), 1U);
    EXPECT_TRUE(chain.ReadBlock(201, {})->sources.empty());
}

TEST_F(UtxoChainTest, KnowsWhatARefusalMeans) {
    Receive(1'000'000);
    utxo::Transaction raw;
    raw.inputs.resize(1);
    raw.outputs = {{1'000, script}};
    const auto bytes = params.format->Serialize(raw);
    const std::vector<std::pair<std::string, chain::BroadcastResult>> cases = {
        {"bad-txns-inputs-missingorspent", chain::BroadcastResult::kSlotTaken},
        {"txn-mempool-conflict", chain::BroadcastResult::kSlotTaken},
        {"another transaction in the mempool has already spent some of its inputs",
         chain::BroadcastResult::kSlotTaken},
        {"Transaction outputs already in utxo set", chain::BroadcastResult::kAlreadyKnown},
        {"transaction already exists in mempool", chain::BroadcastResult::kAlreadyKnown},
        {"insufficient fee, rejecting replacement", chain::BroadcastResult::kUnderpriced},
        {"Unpaid actions is higher than the limit", chain::BroadcastResult::kUnderpriced},
        {"mempool-script-verify-flag-failed (Signature must be zero)",
         chain::BroadcastResult::kRejected},
        {"incorrect consensus branch id", chain::BroadcastResult::kRejected}};
    for (const auto& [text, meaning] : cases) {
        node.Refuse("sendrawtransaction", "-25", text);
        EXPECT_EQ(chain.Broadcast(bytes)->result, meaning) << text;
    }
    node.Answer("sendrawtransaction", kHash);
    EXPECT_EQ(chain.Broadcast(bytes).error().reason, "node_unavailable");
}

TEST_F(UtxoChainTest, OurBooksDecideWhenAPaymentIsInABlock) {
    const json tx = {{"txid", kHash},
                     {"vin", json::array()},
                     {"vout", json::array()},
                     {"blockhash", kParent},
                     {"confirmations", "1"}};
    node.Answer("getrawtransaction", tx);
    node.Answer(
        "getblockheader",
        json{{"hash", kParent}, {"height", "201"}, {"time", "1"}, {"previousblockhash", kHash}});
    EXPECT_EQ(chain.Status(kHash)->place, chain::TxPlace::kMempool);
    ledger.holdings.tip_height = 201;
    EXPECT_EQ(chain.Status(kHash)->place, chain::TxPlace::kBlock);
    node.Refuse("getrawtransaction", "-5", "No such mempool or blockchain transaction");
    EXPECT_EQ(chain.Status(kHash)->place, chain::TxPlace::kUnknown);
}

TEST_F(UtxoChainTest, OnlyItsOwnNetwork) {
    node.Answer("getblockhash", kHash);
    EXPECT_EQ(chain.Identity().error().reason, "wrong_network");
    EXPECT_EQ(chain.CheckAddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4").reason,
              "wrong_network");
    EXPECT_TRUE(chain.CheckAddress(own).valid);
    EXPECT_EQ(chain.CheckAddress(own).type, "p2wpkh");
}

}  // namespace
