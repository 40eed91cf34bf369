// Nodes that lie, are broken or speak another version: what they answer is refused as no answer.
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <iterator>
#include <rapidcheck/gtest.h>
#include <string>
#include <vector>

#include "crypto/base58.h"
#include "solana/node_client.h"
#include "solana/params.h"
#include "solana/pda.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "unit/solana/samples.h"
#include "unit/solana/scripted_node.h"

namespace {

using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::Json;
using solana_test::ScriptedNode;

const std::string kFrom = KeyOf(1).ToString();
const std::string kTo = KeyOf(2).ToString();
const std::string kMint = samples::Plain(61).ToString();
const std::string kSignature = crypto::Base58Encode(base::Bytes(64, 1));

// Changes the answers to one method on their way.
class Tampered final : public ScriptedNode {
public:
    base::Result<Json> Call(std::string_view asked, Json parameters) override {
        auto answer = ScriptedNode::Call(asked, std::move(parameters));
        if (answer && asked == method) {
            tamper(*answer);
        }
        return answer;
    }

    std::string method;
    std::function<void(Json& answer)> tamper = [](Json&) {};
};

Json Balance(const std::string& units) {
    return Json::array({{{"accountIndex", 1},
                         {"mint", kMint},
                         {"owner", kTo},
                         {"programId", solana::TokenProgram().ToString()},
                         {"uiTokenAmount", {{"amount", units}, {"decimals", 6}}}}});
}

// Key 1 has paid key 2 lamports and tokens in slot 950.
void Furnish(ScriptedNode& node) {
    node.accounts[kFrom] = {10'000'000'000};
    node.accounts[kTo] = {1'000'000'000};
    node.prices = {1'000};
    node.history[kTo] = {{kSignature, 950}};
    node.history[kFrom] = {{crypto::Base58Encode(base::Bytes(64, 2)), 700}};
    node.token_accounts[kTo] = {samples::Plain(60).ToString()};
    node.statuses[kSignature] = {
        {"slot", 950}, {"err", nullptr}, {"confirmationStatus", "finalized"}};
    node.transactions[kSignature] = {
        {"slot", 950},
        {"transaction",
         {{"signatures", {kSignature}}, {"message", {{"accountKeys", {kFrom, kTo}}}}}},
        {"meta",
         {{"err", nullptr},
          {"fee", 5'000},
          {"loadedAddresses",
           {{"writable", {samples::Plain(62).ToString()}},
            {"readonly", {samples::Plain(63).ToString()}}}},
          {"preBalances", {90'000, 0, 1, 1}},
          {"postBalances", {84'000, 1'000, 1, 1}},
          {"preTokenBalances", Balance("5")},
          {"postTokenBalances", Balance("9")}}}};
}

chain::Plan Payment() {
    chain::Plan plan;
    plan.from = kFrom;
    plan.asset = solana::ParametersOf(chain::Mode::kDevnet).native;
    plan.action = chain::Transfer{{{kTo, UInt256(1'000)}}};
    plan.fee_cap = solana::ParametersOf(chain::Mode::kDevnet).fee_ceiling;
    return plan;
}

chain::SentTx Sent() {
    solana::Terms terms;
    terms.last_valid_height = 800;
    terms.payer = {UInt256(7'000), 700};
    return {kFrom, crypto::Base58Encode(base::Bytes(64, 9)), solana::WriteTerms(terms)};
}

using Question = std::function<std::string(solana::SolanaChain& chain)>;

struct Field {
    std::string method;
    std::string pointer;  // RFC 6901
};

struct Case {
    Question ask;  // the reason of its error; empty = an answer
    std::vector<Field> fields;
};

const std::vector<Case>& Cases() {
    static const std::vector<Case> cases = {
        {[](solana::SolanaChain& chain) { return ReasonOf(chain.Price(Payment())); },
         {{"getMultipleAccounts", "/context/slot"},
          {"getMultipleAccounts", "/value"},
          {"getMultipleAccounts", "/value/0/lamports"},
          {"getMultipleAccounts", "/value/0/owner"},
          {"getMultipleAccounts", "/value/0/data"},
          {"getMultipleAccounts", "/value/0/data/0"},
          {"getMultipleAccounts", "/value/0/data/1"},
          {"getLatestBlockhash", "/context/slot"},
          {"getLatestBlockhash", "/value/blockhash"},
          {"getLatestBlockhash", "/value/lastValidBlockHeight"},
          {"getBlockHeight", ""},
          {"getMinimumBalanceForRentExemption", ""},
          {"getRecentPrioritizationFees", ""},
          {"getRecentPrioritizationFees", "/0/prioritizationFee"},
          {"simulateTransaction", "/value/unitsConsumed"}}},
        {[](solana::SolanaChain& chain) { return ReasonOf(chain.Status(kSignature)); },
         {{"getSignatureStatuses", "/context/slot"},
          {"getSignatureStatuses", "/value"},
          {"getSignatureStatuses", "/value/0/slot"},
          {"getSignatureStatuses", "/value/0/confirmationStatus"},
          {"getTransaction", "/slot"},
          {"getTransaction", "/transaction/signatures"},
          {"getTransaction", "/transaction/signatures/0"},
          {"getTransaction", "/transaction/message/accountKeys"},
          {"getTransaction", "/transaction/message/accountKeys/1"},
          {"getTransaction", "/meta/fee"},
          {"getTransaction", "/meta/loadedAddresses/writable"},
          {"getTransaction", "/meta/loadedAddresses/readonly/0"},
          {"getTransaction", "/meta/preBalances"},
          {"getTransaction", "/meta/preBalances/0"},
          {"getTransaction", "/meta/postBalances"},
          {"getTransaction", "/meta/postBalances/1"},
          {"getTransaction", "/meta/postTokenBalances/0/accountIndex"},
          {"getTransaction", "/meta/postTokenBalances/0/mint"},
          {"getTransaction", "/meta/postTokenBalances/0/uiTokenAmount/amount"},
          {"getTransaction", "/meta/postTokenBalances/0/uiTokenAmount/decimals"},
          {"getBlock", "/blockhash"},
          {"getBlock", "/previousBlockhash"}}},
        {[](solana::SolanaChain& chain) { return ReasonOf(chain.ReadBlock(940, {kTo})); },
         {{"getSlot", ""},
          {"getSignaturesForAddress", ""},
          {"getSignaturesForAddress", "/0/signature"},
          {"getSignaturesForAddress", "/0/slot"},
          {"getTokenAccountsByOwner", "/value"},
          {"getTransaction", "/slot"}}},
        {[](solana::SolanaChain& chain) { return ReasonOf(chain.FateOf(Sent())); },
         {{"getEpochInfo", "/absoluteSlot"},
          {"getEpochInfo", "/blockHeight"},
          {"getSignatureStatuses", "/context/slot"},
          {"getMultipleAccounts", "/context/slot"}}},
        {[](solana::SolanaChain& chain) { return ReasonOf(chain.Identity()); },
         {{"getGenesisHash", ""}}}};
    return cases;
}

TEST(Answers, AreTakenWhereAllIsThere) {
    for (const Case& entry : Cases()) {
        ScriptedNode node;
        Furnish(node);
        solana::SolanaChain chain(solana::ParametersOf(chain::Mode::kDevnet), node);
        EXPECT_EQ(entry.ask(chain), "") << entry.fields.front().method;
    }
}

// Each field missing, and of every kind that it is not.
TEST(Answers, AFieldThatIsMissingOrOfAnotherKindIsNoAnswer) {
    const std::vector<Json> strange = {Json(), Json::object(), Json(true), Json(-1), Json(1.5)};
    for (const Case& entry : Cases()) {
        for (const Field& field : entry.fields) {
            for (const Json& value : strange) {
                Tampered node;
                Furnish(node);
                bool reached = false;
                node.method = field.method;
                node.tamper = [&](Json& answer) {
                    const Json::json_pointer place(field.pointer);
                    if (answer.contains(place)) {
                        answer[place] = value;
                        reached = true;
                    }
                };
                solana::SolanaChain chain(solana::ParametersOf(chain::Mode::kDevnet), node);
                EXPECT_EQ(entry.ask(chain), "node_unavailable")
                    << field.method << field.pointer << " = " << value;
                EXPECT_TRUE(reached) << field.method << field.pointer;
            }
        }
    }
}

Json AnyJson() {
    static const std::vector<Json> values = {Json(),
                                             Json(true),
                                             Json(0),
                                             Json(-1),
                                             Json(1.5),
                                             Json(18446744073709551615ULL),
                                             Json("18446744073709551616"),
                                             Json("x"),
                                             Json(std::string(5'000, '1')),
                                             Json::array(),
                                             Json::array({Json()}),
                                             Json::object()};
    return values[*rc::gen::inRange<std::size_t>(0, values.size())];
}

// Replaces or erases one value anywhere inside.
void Mutate(Json& value) {
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
RC_GTEST_PROP(AnswersProperty, NoChangeOfAnAnswerIsWorseThanNoAnswer, ()) {
    const Case& entry = Cases()[*rc::gen::inRange<std::size_t>(0, Cases().size())];
    Tampered node;
    Furnish(node);
    node.method = entry.fields[*rc::gen::inRange<std::size_t>(0, entry.fields.size())].method;
    node.tamper = [](Json& answer) { Mutate(answer); };
    solana::SolanaChain chain(solana::ParametersOf(chain::Mode::kDevnet), node);
    const std::string reason = entry.ask(chain);
    const std::vector<std::string> known = {"",
                                            "node_unavailable",
                                            "insufficient_funds",
                                            "rent_minimum",
                                            "fee_cap_exceeded",
                                            "would_revert",
                                            "token_account_recipient",
                                            "unknown_tx"};
    RC_ASSERT(std::find(known.begin(), known.end(), reason) != known.end());
}

// --- figures that no honest chain has

class Figures : public ::testing::Test {
protected:
    Figures() : chain_(solana::ParametersOf(chain::Mode::kDevnet), node_) { Furnish(node_); }

    Json& Meta() { return node_.transactions[kSignature]["meta"]; }

    std::string ReadReason() { return ReasonOf(chain_.ReadBlock(940, {kTo})); }

    ScriptedNode node_;
    solana::SolanaChain chain_;
};

TEST_F(Figures, NumbersGoToTheLastOfTheirRange) {
    const auto number = [](const Json& value) {
        const auto read = solana::ReadNumber(value, "number");
        return read ? std::to_string(*read) : read.error().reason;
    };
    EXPECT_EQ(number(18446744073709551615ULL), "18446744073709551615");
    EXPECT_EQ(number("18446744073709551615"), "18446744073709551615");
    EXPECT_EQ(number("18446744073709551616"), "node_unavailable");
    EXPECT_EQ(number(Json::parse("18446744073709551616")), "node_unavailable");  // a double
    EXPECT_EQ(number(Json::parse("1e3")), "node_unavailable");
    EXPECT_EQ(number(""), "node_unavailable");
    EXPECT_EQ(number("+1"), "node_unavailable");
    EXPECT_EQ(number("0x10"), "node_unavailable");
    EXPECT_EQ(number(Json(std::int64_t{7})), "7");
}

TEST_F(Figures, ListsHaveAnEnd) {
    EXPECT_TRUE(solana::ReadList(Json(std::vector<int>(10'000, 1)), "list"));
    EXPECT_EQ(ReasonOf(solana::ReadList(Json(std::vector<int>(10'001, 1)), "list")),
              "node_unavailable");
    node_.Answers("getRecentPrioritizationFees", Json(std::vector<int>(10'001, 1)));
    EXPECT_EQ(ReasonOf(chain_.GetFees()), "node_unavailable");
}

TEST_F(Figures, AnAccountsDataIsBase64AndNothingElse) {
    const Json account = {{"lamports", 1}, {"owner", kTo}, {"data", {"AQI=", "base64"}}};
    ASSERT_TRUE(solana::ReadAccount(account));
    EXPECT_EQ((*solana::ReadAccount(account))->data, (base::Bytes{1, 2}));
    for (const Json& data : {Json::array({"AQI=", "base58"}),
                             Json::array({"AQI", "base64"}),
                             Json::array({"AQI=", "base64", "more"}),
                             Json("AQI=")}) {
        Json other = account;
        other["data"] = data;
        EXPECT_EQ(ReasonOf(solana::ReadAccount(other)), "node_unavailable") << data;
    }
    EXPECT_FALSE(*solana::ReadAccount(nullptr));
}

TEST_F(Figures, ATransactionHasABalanceForEachOfItsKeys) {
    Meta()["postBalances"].push_back(1);
    EXPECT_EQ(ReadReason(), "node_unavailable");
    Meta()["postBalances"] = {84'000, 1'000, 1};
    EXPECT_EQ(ReadReason(), "node_unavailable");
    Meta()["postBalances"] = {84'000, 1'000, 1, 1};
    Meta()["postTokenBalances"][0]["accountIndex"] = 4;
    EXPECT_EQ(ReadReason(), "node_unavailable");
    Meta()["postTokenBalances"][0]["accountIndex"] = 3;
    EXPECT_EQ(ReadReason(), "");
}

TEST_F(Figures, ATransactionHasAPayerAndAtMost256Accounts) {
    auto& keys = node_.transactions[kSignature]["transaction"]["message"]["accountKeys"];
    Meta()["loadedAddresses"] = nullptr;
    const auto with = [&](std::size_t count) {
        keys = std::vector<std::string>(count, kFrom);
        if (count > 1) {
            keys[1] = kTo;
        }
        Meta()["preBalances"] = std::vector<int>(count, 5);
        Meta()["postBalances"] = std::vector<int>(count, 5);
        Meta()["preTokenBalances"] = nullptr;
        Meta()["postTokenBalances"] = nullptr;
        return ReadReason();
    };
    EXPECT_EQ(with(0), "node_unavailable");
    EXPECT_EQ(with(256), "");
    EXPECT_EQ(with(257), "node_unavailable");
}

// Beyond 255 a mint has none; cut to 32 bits the figure would be another token's.
TEST_F(Figures, ATokenHasAtMost255Decimals) {
    const auto with = [&](std::uint64_t decimals) {
        Meta()["postTokenBalances"][0]["uiTokenAmount"]["decimals"] = decimals;
        return ReadReason();
    };
    EXPECT_EQ(with(255), "");
    EXPECT_EQ(with(256), "node_unavailable");
    EXPECT_EQ(with((1ULL << 32U) + 6), "node_unavailable");
}

TEST_F(Figures, AnAccountHasOneBalanceOfTokens) {
    Meta()["postTokenBalances"].push_back(Meta()["postTokenBalances"][0]);
    EXPECT_EQ(ReadReason(), "node_unavailable");
}

// All lamports there are fit 64 bits together, so no sum of a transaction's may wrap.
TEST_F(Figures, BalancesBeyondAllLamportsAreNoAnswer) {
    const std::uint64_t most = ~std::uint64_t{0};
    Meta()["postBalances"][0] = most;
    EXPECT_EQ(ReadReason(), "node_unavailable");
    EXPECT_EQ(ReasonOf(chain_.Status(kSignature)), "node_unavailable");
    Meta()["postBalances"][0] = 84'000;
    Meta()["fee"] = most;
    EXPECT_EQ(ReadReason(), "node_unavailable");
}

// 2^64 less a little, with the fee: a sum that wrapped would look like next to nothing.
TEST_F(Figures, ARentThatWrapsIsNoCheapRent) {
    chain::Plan plan = Payment();
    plan.asset.contract = kMint;
    plan.asset.program = solana::TokenProgram().ToString();
    plan.asset.decimals = 6;
    base::Bytes mint(82);
    mint[44] = 6;
    mint[45] = 1;
    node_.accounts[kMint] = {1, solana::TokenProgram(), mint};
    const auto source =
        solana::AssociatedTokenAddress({KeyOf(1), samples::Plain(61), solana::TokenProgram()});
    base::Bytes holding = base::ToBytes(samples::Plain(61).bytes);
    base::Append(holding, KeyOf(1).bytes);
    holding.resize(165);
    holding[65] = 255;
    holding[108] = 1;
    node_.accounts[source->address.ToString()] = {1, solana::TokenProgram(), holding};
    node_.overrides["getMinimumBalanceForRentExemption"] = [](const Json& parameters) {
        const std::uint64_t size = parameters[0].get<std::uint64_t>();
        return ScriptedNode::Answer(boost::system::in_place_value,
                                    Json(size == 0 ? 890'880 : ~std::uint64_t{0} - 2'000));
    };
    EXPECT_EQ(ReasonOf(chain_.Price(plan)), "node_unavailable");
}

TEST_F(Figures, NoTransactionTakesMoreUnitsThanTheChainAllows) {
    node_.units = solana::kComputeUnitsMax + 1;
    EXPECT_EQ(ReasonOf(chain_.Price(Payment())), "node_unavailable");
    node_.units = solana::kComputeUnitsMax;
    const auto quote = chain_.Price(Payment());
    ASSERT_TRUE(quote) << quote.error().detail;
    // Room for the serial.
    EXPECT_EQ(solana::ReadTerms(quote->terms)->compute_limit, solana::kComputeUnitsMax - 64);
}

TEST_F(Figures, ABlocksTimeIsATimeOrNone) {
    const auto with = [&](const Json& time) {
        node_.Answers("getBlock",
                      {{"blockhash", ScriptedNode::HashOf(1)},
                       {"previousBlockhash", ScriptedNode::HashOf(0)},
                       {"blockTime", time}});
        return chain_.GetBlock(5)->time.time_since_epoch() / std::chrono::seconds(1);
    };
    EXPECT_EQ(with(1'700'000'000), 1'700'000'000);
    EXPECT_EQ(with(253402300799), 253402300799);  // the end of the year 9999
    EXPECT_EQ(with(253402300800), 0);
    EXPECT_EQ(with(-1), 0);
    EXPECT_EQ(with(nullptr), 0);
    EXPECT_EQ(with("soon"), 0);
}

TEST_F(Figures, AVersionIsShownCutAndPrintable) {
    node_.Answers("getVersion", {{"solana-core", "2.3.1\n<script>" + std::string(500, 'v')}});
    const std::string version = chain_.ClientVersion().value();
    EXPECT_TRUE(version.starts_with("solana-core/2.3.1?<script>vvv"));
    EXPECT_EQ(version.size(), 12U + 200U);
    node_.Answers("getVersion", {{"feature-set", 1}});
    EXPECT_EQ(ReasonOf(chain_.ClientVersion()), "node_unavailable");
}

TEST_F(Figures, ErrorCodesOfTheNodeDecideNotItsTexts) {
    EXPECT_EQ(solana::UpstreamCode(solana_test::Rejected("x", "-32005")), -32005);
    EXPECT_EQ(solana::UpstreamCode(solana_test::Rejected("x", "32005")), 0);
    EXPECT_EQ(solana::UpstreamCode(solana_test::Rejected("x", "-100000")), 0);
    EXPECT_EQ(solana::UpstreamCode(solana_test::Rejected("x", "-")), 0);
    EXPECT_EQ(solana::UpstreamCode(base::Unavailable("node_unavailable", "-32005")), 0);
    // A slot without a block is none; any other refusal is no answer to the question.
    for (const char* code : {"-32001", "-32004", "-32007", "-32009", "-32014"}) {
        node_.Refuses("getBlock", solana_test::Rejected("no block", code));
        EXPECT_EQ(ReasonOf(chain_.GetBlock(5)), "unknown_block") << code;
    }
    node_.Refuses("getBlock", solana_test::Rejected("Internal error", "-32603"));
    EXPECT_EQ(ReasonOf(chain_.GetBlock(5)), "node_rejected");
    node_.Answers("getBlock", nullptr);
    EXPECT_EQ(ReasonOf(chain_.GetBlock(5)), "unknown_block");
    EXPECT_EQ(ReasonOf(chain_.GetHead()), "node_unavailable");
}

}  // namespace
