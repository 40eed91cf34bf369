// EvmChain::Price over a node in memory.
#include <gtest/gtest.h>

#include "evm/erc20.h"
#include "evm/evm_chain.h"
#include "unit/evm/fake_node.h"
#include "unit/evm/plans.h"

namespace {

using chain::TransferMode;
using evm_test::AllContracts;
using evm_test::Devnet;
using evm_test::FakeNode;
using evm_test::Json;
using evm_test::kAlice;
using evm_test::kBob;
using evm_test::kToken;
using evm_test::kWeth;
using evm_test::NoAnswer;
using evm_test::PlanOf;
using evm_test::Rejected;
using evm_test::Tenth;
using evm_test::TransferTo;
using money::UInt256;

// Base fee 1 gwei, median tip 0.2 gwei: 2.2 gwei at most for each of 21,000 gas.
constexpr std::uint64_t kFeeMax = 46200000000000;
constexpr std::uint64_t kFeeExpected = 25200000000000;

class Price : public testing::Test {
protected:
    Price() {
        node_.balances[kAlice.ToString()] = "0xde0b6b3a7640000";  // 1 ETH
        node_.Contract(kToken, evm::EncodeErc20Decimals(), UInt256(6).ToBigEndian());
        node_.Contract(kToken, evm::EncodeErc20BalanceOf(kAlice), UInt256(5000000).ToBigEndian());
        TransferAnswers(UInt256(1).ToBigEndian());
    }

    void TransferAnswers(base::ByteView answer) {
        node_.Contract(kToken, evm::EncodeErc20Transfer(kBob, UInt256(2000000)), answer);
    }

    chain::Plan TokenPlan() { return PlanOf(TransferTo(kBob, UInt256(2000000)), false); }

    std::string ReasonOf(const chain::Plan& plan) {
        const auto quote = chain_.Price(plan);
        return quote ? "" : quote.error().reason;
    }

    FakeNode node_;
    evm::EvmChain chain_{Devnet(), node_, AllContracts().routers};
};

TEST_F(Price, QuotesAPlainTransfer) {
    const auto quote = chain_.Price(PlanOf(TransferTo(kBob, Tenth())));
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(quote->amount, Tenth());
    EXPECT_EQ(quote->native_value, Tenth());
    EXPECT_EQ(quote->fee_max, UInt256(kFeeMax));
    EXPECT_EQ(quote->fee_expected, UInt256(kFeeExpected));
    EXPECT_TRUE(quote->warnings.empty());
    EXPECT_EQ(Json::parse(quote->terms),
              Json::parse(R"({"type":"eip1559","gas":"21000","max_fee":"2200000000",
                              "tip":"200000000"})"));
    EXPECT_EQ(node_.CountOf("eth_estimateGas"), 0U);
    EXPECT_EQ(node_.calls.size(), 3U);  // balance, code, fees
}

TEST_F(Price, TakesTheSpeed) {
    chain::Plan plan = PlanOf(TransferTo(kBob, Tenth()));
    plan.fee.speed = chain::Speed::kFast;
    EXPECT_EQ(chain_.Price(plan)->fee_max, UInt256(21000ULL * 2300000000));
}

TEST_F(Price, TellsWhatIsNeededAndWhatCouldBeSent) {
    const auto refused = chain_.Price(PlanOf(TransferTo(kBob, UInt256(2000000000000000000))));
    EXPECT_EQ(refused.error().reason, "insufficient_funds");
    EXPECT_EQ(refused.error().metadata.at("need"), "2.0000462");
    EXPECT_EQ(refused.error().metadata.at("have"), "1");
    EXPECT_EQ(refused.error().metadata.at("send_at_most"), "0.9999538");
    EXPECT_EQ(refused.error().metadata.at("currency"), "ETH");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(1000000000000000000)))),
              "insufficient_funds");
    node_.balances.clear();
    const auto empty = chain_.Price(PlanOf(TransferTo(kBob, Tenth())));
    EXPECT_EQ(empty.error().metadata.at("send_at_most"), "0");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256::Max()))), "insufficient_funds");
}

TEST_F(Price, SendsAllAndSubtractsTheFee) {
    const auto all = chain_.Price(PlanOf(TransferTo(kBob, UInt256(), TransferMode::kAll)));
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->amount, UInt256(1000000000000000000 - kFeeMax));
    chain::Plan authorised = PlanOf(TransferTo(kBob, UInt256(), TransferMode::kAll));
    authorised.amount_max = UInt256(7);
    EXPECT_EQ(chain_.Price(authorised)->amount, UInt256(7));
    EXPECT_EQ(chain_.Price(authorised)->native_value, UInt256(7));
    const auto less =
        chain_.Price(PlanOf(TransferTo(kBob, UInt256(kFeeMax + 1), TransferMode::kSubtractFee)));
    ASSERT_TRUE(less.has_value());
    EXPECT_EQ(less->amount, UInt256(1));
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(kFeeMax), TransferMode::kSubtractFee))),
              "insufficient_funds");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(1), TransferMode::kSubtractFee))),
              "insufficient_funds");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256::Max(), TransferMode::kSubtractFee))),
              "insufficient_funds");
    node_.balances[kAlice.ToString()] = "0x1";
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(), TransferMode::kAll))),
              "insufficient_funds");
}

TEST_F(Price, RefusesBadRecipientsFirst) {
    chain::Plan plan = PlanOf(TransferTo(kBob, UInt256::Max()));
    std::get<chain::Transfer>(plan.action).recipients.front().address = "0x12";
    EXPECT_EQ(ReasonOf(plan), "bad_address");
    plan.from = "me";
    EXPECT_EQ(ReasonOf(plan), "bad_address");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256()))), "bad_order");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Transfer{})), "bad_order");
}

TEST_F(Price, EstimatesWhereCodeRuns) {
    node_.codes[kBob.ToString()] = "0x60";
    const auto quote = chain_.Price(PlanOf(TransferTo(kBob, Tenth())));
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(Json::parse(quote->terms)["gas"], "60000");
    EXPECT_TRUE(quote->warnings.front().starts_with("contract_recipient:"));
    node_.gas_estimate = 50001;
    EXPECT_EQ(Json::parse(chain_.Price(PlanOf(TransferTo(kBob, Tenth())))->terms)["gas"], "60002");
    node_.gas_estimate = 20999;
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, Tenth()))), "node_unavailable");
    node_.gas_estimate = 16777217;
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, Tenth()))), "would_revert");
    node_.Refuses("eth_estimateGas", Rejected("execution reverted: no"));
    const auto refused = chain_.Price(PlanOf(TransferTo(kBob, Tenth())));
    EXPECT_EQ(refused.error().reason, "would_revert");
    EXPECT_EQ(refused.error().metadata.at("upstream"), "execution reverted: no");
}

TEST_F(Price, WarnsOfOddRecipientsAndFees) {
    const auto self = chain_.Price(PlanOf(TransferTo(kAlice, Tenth())));
    EXPECT_TRUE(self->warnings.front().starts_with("own_address:"));
    node_.base_fees = {"0x3b9aca00", "0x3b9aca00", "0xe8d4a51000"};
    const auto capped = chain_.Price(PlanOf(TransferTo(kBob, Tenth())));
    ASSERT_TRUE(capped.has_value());
    EXPECT_TRUE(capped->warnings.front().starts_with("fee_capped:"));
    EXPECT_EQ(capped->fee_max, UInt256(21000ULL * 8200000000));
}

TEST_F(Price, HoldsTheFeeInsideThePlansCap) {
    chain::Plan plan = PlanOf(TransferTo(kBob, Tenth()));
    plan.fee_cap = UInt256(kFeeExpected);
    EXPECT_EQ(chain_.Price(plan)->fee_max, UInt256(kFeeExpected));
    plan.fee_cap = UInt256(kFeeExpected - 1);
    EXPECT_EQ(ReasonOf(plan), "fee_cap_exceeded");
    plan.fee_cap = UInt256::Max();
    plan.fee.figure = chain::EvmFeeWish{UInt256(900000000), {}, {}};
    EXPECT_EQ(ReasonOf(plan), "fee_too_low");
}

TEST_F(Price, QuotesAToken) {
    const auto quote = chain_.Price(TokenPlan());
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(quote->amount, UInt256(2000000));
    EXPECT_TRUE(quote->native_value.IsZero());
    EXPECT_EQ(Json::parse(quote->terms)["gas"], "60000");
    TransferAnswers({});
    EXPECT_TRUE(chain_.Price(TokenPlan()).has_value());
    node_.Contract(kToken, evm::EncodeErc20Transfer(kBob, UInt256(5000000)), {});
    const auto all = chain_.Price(PlanOf(TransferTo(kBob, UInt256(), TransferMode::kAll), false));
    EXPECT_EQ(all->amount, UInt256(5000000));
}

TEST_F(Price, RefusesTokensThatWouldFail) {
    TransferAnswers(UInt256().ToBigEndian());
    EXPECT_EQ(ReasonOf(TokenPlan()), "would_revert");
    node_.contract_answers.erase(
        {kToken.ToString(),
         base::HexEncodePrefixed(evm::EncodeErc20Transfer(kBob, UInt256(2000000)))});
    EXPECT_EQ(ReasonOf(TokenPlan()), "would_revert");
    const auto poor = chain_.Price(PlanOf(TransferTo(kBob, UInt256(5000001)), false));
    EXPECT_EQ(poor.error().reason, "insufficient_funds");
    EXPECT_EQ(poor.error().metadata.at("send_at_most"), "5");
    EXPECT_EQ(poor.error().metadata.at("currency"), "USDC");
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, UInt256(9), TransferMode::kSubtractFee), false)),
              "bad_order");
}

TEST_F(Price, NamesTheCoinThatPaysTheFee) {
    node_.balances.clear();
    const auto refused = chain_.Price(TokenPlan());
    EXPECT_EQ(refused.error().reason, "insufficient_gas");
    EXPECT_EQ(refused.error().metadata.at("currency"), "ETH");
    EXPECT_EQ(refused.error().metadata.at("need"), "0.000132");
    EXPECT_NE(refused.error().detail.find("ETH"), std::string::npos);
}

TEST_F(Price, PinsTheDecimals) {
    chain::Plan plan = TokenPlan();
    plan.asset.decimals = 18;
    EXPECT_EQ(ReasonOf(plan), "unknown_token");
    plan.asset.contract = kBob.ToString();
    EXPECT_EQ(ReasonOf(plan), "unknown_token");
    plan.asset.contract = "0x";
    EXPECT_EQ(ReasonOf(plan), "bad_address");
}

TEST_F(Price, QuotesApprovalsAndSwaps) {
    node_.Contract(kToken, evm::EncodeErc20Approve(kBob, UInt256(7)), UInt256(1).ToBigEndian());
    const auto approve = chain_.Price(PlanOf(chain::Approve{kBob.ToString(), UInt256(7)}, false));
    ASSERT_TRUE(approve.has_value());
    EXPECT_TRUE(approve->amount.IsZero());
    const auto wrap = chain_.Price(PlanOf(chain::Wrap{Tenth()}));
    ASSERT_TRUE(wrap.has_value());
    EXPECT_EQ(wrap->native_value, Tenth());
    EXPECT_EQ(wrap->amount, Tenth());
    chain::Swap swap;
    swap.protocol = "swap_router_02";
    swap.hops = {{kToken.ToString(), 500}, {kWeth.ToString(), 0}};
    swap.amount_in = UInt256(1000000);
    swap.amount_out_min = UInt256(1);
    swap.deadline = base::Time(std::chrono::seconds(2000000000));
    const auto quote = chain_.Price(PlanOf(swap, false));
    ASSERT_TRUE(quote.has_value());
    EXPECT_EQ(quote->amount, UInt256(1000000));
    swap.amount_in = UInt256(6000000);
    EXPECT_EQ(ReasonOf(PlanOf(swap, false)), "insufficient_funds");
    EXPECT_EQ(ReasonOf(PlanOf(chain::Cpfp{""})), "unsupported_action");
    chain::Plan unwrap = PlanOf(chain::Unwrap{UInt256(7)}, false);
    EXPECT_EQ(ReasonOf(unwrap), "bad_order");
}

TEST_F(Price, PassesOnThatTheNodeDoesNotAnswer) {
    node_.codes[kBob.ToString()] = "0x60";
    const chain::Plan native = PlanOf(TransferTo(kBob, Tenth()));
    for (const char* method :
         {"eth_getBalance", "eth_getCode", "eth_feeHistory", "eth_estimateGas"}) {
        node_.overrides.clear();
        node_.Refuses(method, NoAnswer());
        EXPECT_EQ(ReasonOf(native), "node_unavailable") << method;
        node_.Answers(method, "rubbish");
        EXPECT_EQ(ReasonOf(native), "node_unavailable") << method;
    }
    node_.overrides.clear();
    node_.Refuses("eth_call", NoAnswer());
    EXPECT_EQ(ReasonOf(TokenPlan()), "node_unavailable");
}

TEST_F(Price, DoesNotTakeANodesTroubleForARefusal) {
    node_.codes[kBob.ToString()] = "0x60";
    node_.Refuses("eth_estimateGas", Rejected("rate limit reached"));
    EXPECT_EQ(ReasonOf(PlanOf(TransferTo(kBob, Tenth()))), "node_rejected");
    node_.Refuses("eth_call", Rejected("missing trie node"));
    EXPECT_EQ(ReasonOf(TokenPlan()), "node_rejected");
}

TEST_F(Price, SurvivesHostileFeeHistories) {
    const chain::Plan plan = PlanOf(TransferTo(kBob, Tenth()));
    const std::string top = "0x" + std::string(64, 'f');
    const std::vector<Json> bad = {
        Json(),
        Json::object(),
        {{"baseFeePerGas", Json::array()}},
        {{"baseFeePerGas", {1}}},
        {{"baseFeePerGas", {"0x1"}}, {"reward", 5}},
        {{"baseFeePerGas", {"0x1"}}, {"reward", {5}}},
        {{"baseFeePerGas", {"0x1"}}, {"reward", {{"0x1"}}}},
        {{"baseFeePerGas", {"0x1"}}, {"reward", {{"0x1", "0x1", 7}}}},
        {{"baseFeePerGas", {"0x1"}},
         {"reward", std::vector<Json>(21, Json::array({"0x1", "0x1", "0x1"}))}},
        {{"baseFeePerGas", std::vector<Json>(22, "0x1")}},
    };
    for (const Json& answer : bad) {
        node_.Answers("eth_feeHistory", answer);
        EXPECT_EQ(ReasonOf(plan), "node_unavailable") << answer;
    }
    node_.Answers("eth_feeHistory", {{"baseFeePerGas", {top, top}}, {"reward", {{top, top, top}}}});
    EXPECT_EQ(ReasonOf(plan), "fee_cap_exceeded");
}

TEST_F(Price, AsksForASuggestionWhereNobodyTips) {
    node_.rewards = {Json::array({"0x0", "0x0", "0x0"})};
    const chain::Plan plan = PlanOf(TransferTo(kBob, Tenth()));
    EXPECT_EQ(chain_.Price(plan)->fee_max, UInt256(21000ULL * 4000000000));
    node_.Refuses("eth_maxPriorityFeePerGas", Rejected("method not found"));
    EXPECT_EQ(chain_.Price(plan)->fee_max, UInt256(21000ULL * 2001000000));
    node_.Refuses("eth_maxPriorityFeePerGas", NoAnswer());
    EXPECT_EQ(ReasonOf(plan), "node_unavailable");
    node_.overrides.clear();
    node_.Answers("eth_feeHistory", {{"baseFeePerGas", {"0x3b9aca00"}}});
    EXPECT_EQ(chain_.Price(plan)->fee_max, UInt256(21000ULL * 4000000000));
}

}  // namespace
