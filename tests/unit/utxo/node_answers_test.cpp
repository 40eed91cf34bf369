// Nodes that lie, are broken or speak another version: what they answer is refused as no answer.
#include <algorithm>
#include <cctype>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <rapidcheck/gtest.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/hex.h"
#include "money/amount.h"
#include "unit/utxo/samples.h"
#include "unit/utxo/wallet_chain.h"
#include "utxo/branch_id.h"
#include "utxo/node_client.h"

namespace {

using money::UInt256;
using nlohmann::json;
using samples::ReasonOf;
using utxo_test::FakeNode;
using utxo_test::kHash;
using utxo_test::kParent;

// Key 1's address is watched.
base::Bytes OwnScript() {
    return samples::ScriptOf(1, utxo::ScriptType::kP2wpkh);
}

utxo::Transaction OwnPayment() {
    return samples::Previous({{1, {0x6a}}, {50'000'000, OwnScript()}});
}

json TxJson(const utxo::Transaction& transaction) {
    json outputs = json::array();
    for (std::size_t i = 0; i < transaction.outputs.size(); ++i) {
        outputs.push_back(
            {{"n", std::to_string(i)},
             {"value", money::FormatDecimal(UInt256(transaction.outputs[i].amount), 8)},
             {"scriptPubKey", {{"hex", base::HexEncode(transaction.outputs[i].script)}}}});
    }
    return {{"txid", utxo::TxHashText(utxo::BitcoinTxHash(transaction))},
            {"hex", base::HexEncode(utxo::SerializeBitcoin(transaction))},
            {"vin", json::array({{{"txid", kParent}, {"vout", "3"}}})},
            {"vout", outputs}};
}

json HeaderJson() {
    return {
        {"hash", kHash}, {"height", "201"}, {"time", "1700000000"}, {"previousblockhash", kParent}};
}

json BlockJson(json transaction) {
    json block = HeaderJson();
    block["tx"] = json::array({std::move(transaction)});
    return block;
}

// A node with one block that pays us.
void Furnish(FakeNode& node) {
    json placed = TxJson(OwnPayment());
    placed["blockhash"] = kHash;
    placed["confirmations"] = "1";
    node.Answer("getbestblockhash", kHash);
    node.Answer("getblockhash", kHash);
    node.Answer("getblockheader", HeaderJson());
    node.Answer("getblock", BlockJson(TxJson(OwnPayment())));
    node.Answer("getrawmempool", json::array({kHash, kParent}));
    node.Answer("getrawtransaction", placed);
    node.Answer("sendrawtransaction", TxJson(OwnPayment())["txid"]);
    node.Answer("getnetworkinfo", {{"subversion", "/Satoshi:29.0.0/"}});
    node.Answer("getblockchaininfo",
                {{"consensus", {{"nextblock", utxo::BranchIdText(0x5437f330)}}}});
}

class NodeAnswers : public utxo_test::WalletChain {
protected:
    NodeAnswers() {
        own_ = params.format->AddressOf(OwnScript(), params.network).value();
        Furnish(node);
    }

    std::string ReadReason() { return ReasonOf(chain.ReadBlock(201, {own_})); }

    // With one value of an answer changed.
    template <class Ask>
    std::string With(const std::string& method,
                     const std::string& pointer,
                     const json& value,
                     const Ask& ask) {
        const auto kept = node.answers.at(method);
        json changed = *kept;
        changed.at(json::json_pointer(pointer)) = value;
        node.Answer(method, changed);
        const std::string reason = ask();
        node.answers.at(method) = kept;
        return reason;
    }

    std::string own_;
};

struct Case {
    std::string method;
    std::vector<std::string> pointers;
    std::function<std::string(utxo::UtxoChain& chain, const std::string& own)> ask;
};

const std::vector<Case>& Cases() {
    static const auto read_block = [](utxo::UtxoChain& chain, const std::string& own) {
        return ReasonOf(chain.ReadBlock(201, {own}));
    };
    static const std::vector<Case> cases = {
        {"getblockhash", {""}, read_block},
        {"getblock",
         {"/hash",
          "/height",
          "/time",
          "/previousblockhash",
          "/tx",
          "/tx/0",
          "/tx/0/txid",
          "/tx/0/hex",
          "/tx/0/vin",
          "/tx/0/vin/0",
          "/tx/0/vin/0/txid",
          "/tx/0/vin/0/vout",
          "/tx/0/vout",
          "/tx/0/vout/1",
          "/tx/0/vout/1/n",
          "/tx/0/vout/1/value",
          "/tx/0/vout/1/scriptPubKey",
          "/tx/0/vout/1/scriptPubKey/hex"},
         read_block},
        {"getblockheader",
         {"/hash", "/height", "/time", "/previousblockhash"},
         [](utxo::UtxoChain& chain, const std::string&) { return ReasonOf(chain.GetBlock(201)); }},
        {"getrawmempool",
         {"", "/0", "/1"},
         [](utxo::UtxoChain& chain, const std::string&) { return ReasonOf(chain.ListPool()); }},
        {"getbestblockhash",
         {""},
         [](utxo::UtxoChain& chain, const std::string&) { return ReasonOf(chain.GetHead()); }},
        {"getrawtransaction",
         {"/txid", "/vin", "/vin/0/txid", "/vout", "/vout/0/n", "/vout/0/value"},
         [](utxo::UtxoChain& chain, const std::string&) {
             return ReasonOf(chain.View(TxJson(OwnPayment())["txid"]));
         }},
        {"sendrawtransaction",
         {""},
         [](utxo::UtxoChain& chain, const std::string&) {
             return ReasonOf(chain.Broadcast(utxo::SerializeBitcoin(OwnPayment())));
         }},
        {"getnetworkinfo", {"/subversion"}, [](utxo::UtxoChain& chain, const std::string&) {
             return ReasonOf(chain.ClientVersion());
         }}};
    return cases;
}

TEST_F(NodeAnswers, AreTakenWhereAllIsThere) {
    for (const Case& entry : Cases()) {
        if (entry.method != "getbestblockhash") {  // one header for all heights is no chain
            EXPECT_EQ(entry.ask(chain, own_), "") << entry.method;
        }
    }
    const auto content = chain.ReadBlock(201, {own_}).value();
    ASSERT_EQ(content.coins.size(), 1U);
    EXPECT_EQ(content.coins[0].coin.amount, UInt256(50'000'000));
    ASSERT_EQ(content.sources.size(), 1U);
}

// Each field missing, and of every kind that it is not.
TEST_F(NodeAnswers, AFieldThatIsMissingOrOfAnotherKindIsNoAnswer) {
    const std::vector<json> strange = {json(), json::object(), json(true), json(-1), json(1.5)};
    for (const Case& entry : Cases()) {
        for (const std::string& pointer : entry.pointers) {
            for (const json& value : strange) {
                EXPECT_EQ(
                    With(entry.method, pointer, value, [&] { return entry.ask(chain, own_); }),
                    "node_unavailable")
                    << entry.method << pointer << " = " << value;
            }
        }
    }
}

TEST_F(NodeAnswers, FiguresOutOfRangeAreNone) {
    const auto ask = [this] { return ReadReason(); };
    for (const char* value :
         {"-0.5", "1e-8", "0.123456789", "21000000.00000001", "", "1,5", "0x1"}) {
        EXPECT_EQ(With("getblock", "/tx/0/vout/0/value", value, ask), "node_unavailable") << value;
    }
    EXPECT_EQ(With("getblock", "/tx/0/vout/0/n", "4294967296", ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/tx/0/vin/0/vout", "-1", ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/height", "9223372036854775808", ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/tx/0/txid", std::string(63, 'a'), ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/tx/0/vout/0/scriptPubKey/hex", "6", ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/tx/0/hex", "xy", ask), "node_unavailable");
    // A time that no clock shows is still a block's.
    EXPECT_EQ(With("getblock", "/time", "99999999999", ask), "");
}

// Zebra writes "value" as a binary fraction, with an exponent below 1,000 zatoshi.
TEST_F(NodeAnswers, UnitsAreReadWhereANodeTellsThem) {
    json small = TxJson(OwnPayment());
    small["vout"][0]["value"] = "1e-8";
    small["vout"][0]["valueZat"] = "1";
    small["vout"][1]["valueZat"] = "50000000";
    node.Answer("getblock", BlockJson(small));
    const auto ask = [this] { return ReadReason(); };
    ASSERT_EQ(ask(), "");
    EXPECT_EQ(chain.ReadBlock(201, {own_})->coins.at(0).coin.amount, UInt256(50'000'000));
    const std::vector<json> strange = {
        json(), json::object(), json(true), json(-1), "-1", "5e1", "", "2100000000000001"};
    for (const json& value : strange) {
        EXPECT_EQ(With("getblock", "/tx/0/vout/0/valueZat", value, ask), "node_unavailable")
            << value;
    }
}

// All that we ask for has a name: what has another one is not it.
TEST_F(NodeAnswers, AnotherThingThanTheOneAskedForIsNoAnswer) {
    const auto ask = [this] { return ReadReason(); };
    EXPECT_EQ(With("getblock", "/hash", kParent, ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/height", "200", ask), "node_unavailable");
    EXPECT_EQ(With("getblock", "/height", "9223372036854775807", ask), "node_unavailable");
    const auto get = [this] { return ReasonOf(chain.GetBlock(201)); };
    EXPECT_EQ(With("getblockheader", "/hash", kParent, get), "node_unavailable");
    EXPECT_EQ(With("getblockheader", "/height", "202", get), "node_unavailable");
    const auto view = [this] { return ReasonOf(chain.View(TxJson(OwnPayment())["txid"])); };
    EXPECT_EQ(With("getrawtransaction", "/txid", kParent, view), "node_unavailable");
}

// Bytes that are stored as the proof of a coin's amount: with others it could never be spent.
TEST_F(NodeAnswers, BytesThatAreNotTheTransactionAreNoProof) {
    const auto reason = [this](const json& transaction) {
        node.Answer("getblock", BlockJson(transaction));
        return ReadReason();
    };
    json other_bytes = TxJson(OwnPayment());
    utxo::Transaction poorer = OwnPayment();
    poorer.outputs[1].amount -= 1;
    other_bytes["hex"] = base::HexEncode(utxo::SerializeBitcoin(poorer));
    EXPECT_EQ(reason(other_bytes), "node_unavailable");
    json other_amount = TxJson(OwnPayment());
    other_amount["vout"][1]["value"] = "0.6";
    EXPECT_EQ(reason(other_amount), "node_unavailable");
    json other_place = TxJson(OwnPayment());
    other_place["vout"][1]["n"] = "2";
    EXPECT_EQ(reason(other_place), "node_unavailable");
    // With its witnesses it has the same name, and the proof goes without.
    utxo::Transaction witnessed = OwnPayment();
    witnessed.inputs[0].script_sig.clear();
    witnessed.inputs[0].witness = {{1, 2, 3}};
    EXPECT_EQ(reason(TxJson(witnessed)), "");
    const auto content = chain.ReadBlock(201, {own_}).value();
    EXPECT_EQ(content.sources.at(0).raw, utxo::SerializeBitcoinWithoutWitness(witnessed));
    // What does not pay us needs no bytes.
    EXPECT_EQ(ReasonOf(chain.ReadBlock(201, {})), "");
    json foreign = TxJson(OwnPayment());
    foreign["vout"].erase(1);
    foreign.erase("hex");
    EXPECT_EQ(reason(foreign), "");
}

TEST_F(NodeAnswers, ABlockThatTheNodeHasPrunedIsCalledSo) {
    node.Refuse("getblock", "-1", "Block not available (pruned data)");
    EXPECT_EQ(ReadReason(), "block_pruned");
    node.Refuse("getblock", "-1", "Block not found on disk");
    EXPECT_EQ(ReadReason(), "node_rejected");
    node.Refuse("getblock", "-5", "pruned");
    EXPECT_EQ(ReadReason(), "node_rejected");
}

TEST_F(NodeAnswers, RewardsAreKnownByTheirInput) {
    json reward = TxJson(OwnPayment());
    reward["vin"] = json::array({{{"coinbase", "03c90000"}, {"sequence", "4294967295"}}});
    node.Answer("getblock", BlockJson(reward));
    const auto content = chain.ReadBlock(201, {own_}).value();
    EXPECT_TRUE(content.coins.at(0).coinbase);
    EXPECT_TRUE(content.spent.empty());
    reward["vin"] = json::array();  // Zcash: a transaction of shielded inputs alone
    node.Answer("getblock", BlockJson(reward));
    EXPECT_FALSE(chain.ReadBlock(201, {own_})->coins.at(0).coinbase);
}

TEST_F(NodeAnswers, ATransactionThatLeftTheMainChainIsUnknown) {
    const std::string hash = TxJson(OwnPayment())["txid"];
    const auto view = [&] { return ReasonOf(chain.View(hash)); };
    EXPECT_EQ(view(), "");
    for (const json& deep : {json("0"), json("-1"), json()}) {
        EXPECT_EQ(With("getrawtransaction", "/confirmations", deep, view), "unknown_tx") << deep;
    }
    EXPECT_EQ(With("getrawtransaction", "/blockhash", "short", view), "node_unavailable");
    node.Refuse("getrawtransaction", "-5", "No such mempool or blockchain transaction");
    EXPECT_EQ(view(), "unknown_tx");
    node.Refuse("getrawtransaction", "-28", "Loading block index");
    EXPECT_EQ(view(), "node_rejected");
    EXPECT_EQ(ReasonOf(chain.View("0x12")), "unknown_tx");
}

// bitcoind without txindex.
class UnindexedNode : public FakeNode {
public:
    base::Result<json> Call(std::string_view method, json parameters) override {
        if (method == "getrawtransaction" && parameters.size() < 3) {
            return base::FailedPrecondition("node_rejected", "Use -txindex").With("code", "-5");
        }
        return FakeNode::Call(method, std::move(parameters));
    }
};

TEST_F(NodeAnswers, ATransactionOfOurBooksIsAskedForByItsBlockWhereThereIsNoIndex) {
    UnindexedNode unindexed;
    Furnish(unindexed);
    utxo::UtxoChain other(params, unindexed, ledger);
    const std::string hash = TxJson(OwnPayment())["txid"];
    EXPECT_EQ(ReasonOf(other.View(hash)), "unknown_tx");
    ledger.found = utxo_test::InBlock();
    ledger.found->block_hash = kHash;
    const auto view = other.View(hash);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->to, own_);
    EXPECT_EQ(view->value, UInt256(50'000'000));
    EXPECT_EQ(unindexed.last, json::array({hash, 1, kHash}));
}

TEST_F(NodeAnswers, AWaitingTransactionShowsWhomItPaysAndWhatItSpends) {
    EXPECT_EQ(chain.ListPool().value(), (std::vector<std::string>{kHash, kParent}));
    const json waiting = TxJson(OwnPayment());
    const std::string hash = waiting["txid"];
    EXPECT_FALSE(chain.ReadPooled(hash).value()) << "it is in a block";
    node.Answer("getrawtransaction", waiting);
    const auto pooled = chain.ReadPooled(hash).value();
    ASSERT_TRUE(pooled);
    EXPECT_EQ(pooled->tx_hash, hash);
    EXPECT_EQ(pooled->size, utxo::SerializeBitcoin(OwnPayment()).size());
    ASSERT_EQ(pooled->outputs.size(), 1U) << "data has no address";
    EXPECT_EQ(pooled->outputs[0].address, own_);
    EXPECT_EQ(pooled->outputs[0].coin.tx_hash, hash);
    EXPECT_EQ(pooled->outputs[0].coin.index, 1U);
    EXPECT_EQ(pooled->outputs[0].coin.amount, UInt256(50'000'000));
    ASSERT_EQ(pooled->spends.size(), 1U);
    EXPECT_EQ(pooled->spends[0].tx_hash, kParent);
    EXPECT_EQ(pooled->spends[0].index, 3U);
    EXPECT_EQ(pooled->spends[0].spender, hash);
    node.Refuse("getrawtransaction", "-5", "No such mempool or blockchain transaction");
    EXPECT_FALSE(chain.ReadPooled(hash).value()) << "it has left the pool";
    node.Refuse("getrawtransaction", "-28", "Loading block index");
    EXPECT_EQ(ReasonOf(chain.ReadPooled(hash)), "node_rejected");
}

TEST_F(NodeAnswers, AHashInCapitalsIsTheSameHash) {
    std::string hash = TxJson(OwnPayment())["txid"];
    std::transform(hash.begin(), hash.end(), hash.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    const auto view = chain.View(hash);
    ASSERT_TRUE(view) << view.error().detail;
    EXPECT_EQ(view->tx_hash, TxJson(OwnPayment())["txid"].get<std::string>());
    EXPECT_EQ(view->to, own_);
    EXPECT_EQ(view->decoded, std::vector<std::string>{"pay 0.5 BTC to " + own_});
}

TEST_F(NodeAnswers, AViewHasAnEnd) {
    utxo::Transaction wide = OwnPayment();
    wide.outputs = std::vector<utxo::Output>(100, {1'000, OwnScript()});
    node.Answer("getrawtransaction", TxJson(wide));
    const auto view = chain.View(utxo::TxHashText(utxo::BitcoinTxHash(wide))).value();
    EXPECT_EQ(view.decoded.size(), 20U);
    EXPECT_EQ(view.status.place, chain::TxPlace::kMempool);
}

TEST_F(NodeAnswers, HeightsEndWhereNodesCount) {
    node.calls.clear();
    EXPECT_EQ(ReasonOf(chain.GetBlock(2'147'483'648)), "unknown_block");
    EXPECT_TRUE(node.calls.empty());
    node.Refuse("getblockhash", "-8", "Block height out of range");
    EXPECT_EQ(ReasonOf(chain.GetBlock(2'147'483'647)), "unknown_block");
    EXPECT_EQ(ReasonOf(chain.ReadBlock(900, {})), "unknown_block");
    EXPECT_EQ(ReasonOf(chain.Identity()), "node_unavailable");
    node.Refuse("getblockhash", "-28", "Loading block index");
    EXPECT_EQ(ReasonOf(chain.GetBlock(7)), "node_rejected");
}

TEST_F(NodeAnswers, AYoungChainsFinalBlockIsItsFirst) {
    const std::string genesis(64, '0');
    node.Answer("getbestblockhash", genesis);
    node.Answer("getblockhash", genesis);
    node.Answer("getblockheader", {{"hash", genesis}, {"height", "0"}, {"time", "1296688602"}});
    const auto head = chain.GetHead();
    ASSERT_TRUE(head) << head.error().detail;
    EXPECT_EQ(head->final.height, 0U);
    EXPECT_EQ(head->newest.parent_hash, "");
}

// Every figure that is none counts as: the node cannot tell.
TEST_F(NodeAnswers, ARateThatIsNoneIsTheFallback) {
    const auto normal = [this] {
        const auto offers = chain.GetFees();
        return offers
                   ? std::get<chain::UtxoFeeWish>(offers->at(1).figures.figure).rate_milli_per_vbyte
                   : 0;
    };
    for (const json& rate : {json("-1"),
                             json("1e-5"),
                             json("abc"),
                             json("0.000000001"),
                             json("99999999999999999999999999"),
                             json(5),
                             json()}) {
        node.Answer("estimatesmartfee", {{"feerate", rate}});
        EXPECT_EQ(normal(), 5'000U) << rate;
    }
    node.Refuse("estimatesmartfee", "-32601", "Method not found");
    EXPECT_EQ(normal(), 5'000U);
    node.Answer("estimatesmartfee", {{"feerate", "0"}});
    EXPECT_EQ(normal(), 1'000U);
    node.answers.erase("estimatesmartfee");
    EXPECT_EQ(ReasonOf(chain.GetFees()), "node_unavailable");
}

TEST_F(NodeAnswers, ANodesWordsAreShownCutAndPrintable) {
    node.Refuse("sendrawtransaction", "-26", "bad\x1b[31m\xff" + std::string(1'000, 'x'));
    const auto answer = chain.Broadcast(utxo::SerializeBitcoin(OwnPayment())).value();
    EXPECT_EQ(answer.result, chain::BroadcastResult::kRejected);
    EXPECT_TRUE(answer.text.starts_with("bad?[31m?xxx"));
    EXPECT_EQ(answer.text.size(), 300U);
    EXPECT_EQ(utxo::UpstreamText(base::Unavailable("node_unavailable", "gone")), "gone");
    node.Answer("getnetworkinfo", {{"subversion", "/Sa\ntoshi/" + std::string(500, 'x')}});
    const std::string version = chain.ClientVersion().value();
    EXPECT_TRUE(version.starts_with("/Satoshi/xxx"));
    EXPECT_EQ(version.size(), 99U);
}

json AnyJson() {
    static const std::vector<json> values = {json(),
                                             json(true),
                                             json(7),
                                             json(-1),
                                             json(1.5),
                                             json("0"),
                                             json("18446744073709551616"),
                                             json("x"),
                                             json(std::string(64, 'f')),
                                             json(std::string(5'000, '1')),
                                             json::array(),
                                             json::array({json()}),
                                             json::object()};
    return values[*rc::gen::inRange<std::size_t>(0, values.size())];
}

// Replaces or erases one value anywhere inside.
void Mutate(json& value) {
    if (!value.is_structured() || value.empty() || *rc::gen::inRange(0, 4) == 0) {
        value = AnyJson();
        return;
    }
    auto place = value.begin();
    std::advance(place,
                 static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, value.size())));
    if (*rc::gen::inRange(0, 8) == 0) {
        value.erase(place);
    } else {
        Mutate(*place);
    }
}

// Whatever is changed: an answer, or a refusal that callers know.
RC_GTEST_PROP(NodeAnswersProperty, NoChangeOfAnAnswerIsWorseThanNoAnswer, ()) {
    const Case& entry = Cases()[*rc::gen::inRange<std::size_t>(0, Cases().size())];
    const auto params = utxo::ParamsOf("bitcoin", chain::Mode::kDevnet).value();
    FakeNode node;
    Furnish(node);
    json changed = *node.answers.at(entry.method);
    Mutate(changed);
    node.Answer(entry.method, changed);
    utxo_test::FakeLedger ledger;
    utxo::UtxoChain chain(params, node, ledger);
    const std::string own = params.format->AddressOf(OwnScript(), params.network).value();
    const std::string reason = entry.ask(chain, own);
    RC_ASSERT(reason.empty() || reason == "node_unavailable" || reason == "unknown_tx");
}

}  // namespace
