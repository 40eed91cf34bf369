#include "transfer/plan_json.h"

#include <gtest/gtest.h>

namespace transfer {

namespace {

using money::UInt256;

chain::Plan PlanWith(chain::Action action) {
    chain::Plan plan;
    plan.from = "0xfrom";
    plan.asset = {"eip155:1", "0xtoken", "program", "USDT", 6};
    plan.action = std::move(action);
    plan.fee_cap = UInt256::Max();
    plan.memo = "a \"quoted\" memo with \xc3\xa4 and \n";
    return plan;
}

chain::Swap FullSwap() {
    chain::Swap swap;
    swap.protocol = "swap_router_02";
    swap.hops = {{"0xa", 500}, {"0xb", 0}};
    swap.native_in = true;
    swap.amount_in = UInt256(7);
    swap.amount_out_min = UInt256::Max();
    swap.deadline = base::Time(std::chrono::milliseconds(1'700'000'000'123));
    return swap;
}

struct Case {
    chain::Action action;
    const char* name;
};

}  // namespace

class EveryAction : public ::testing::TestWithParam<Case> {};

TEST_P(EveryAction, ComesBackAsItWasWritten) {
    const chain::Plan plan = PlanWith(GetParam().action);
    EXPECT_EQ(ActionName(plan.action), GetParam().name);
    const auto written = WritePlan(plan);
    const auto read = ReadPlan(written);
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(WritePlan(*read), written);
    EXPECT_EQ(read->action.index(), plan.action.index());
    EXPECT_EQ(read->fee_cap, plan.fee_cap);
    EXPECT_EQ(read->memo, plan.memo);
    EXPECT_TRUE(money::IsSameAsset(read->asset, plan.asset));
}

INSTANTIATE_TEST_SUITE_P(
    PlanJson,
    EveryAction,
    ::testing::Values(Case{chain::Transfer{{{"0xto", UInt256(1)}, {"0xtoo", UInt256::Max()}},
                                           chain::TransferMode::kSubtractFee},
                           "transfer"},
                      Case{chain::Transfer{{{"0xto", UInt256()}}, chain::TransferMode::kAll},
                           "transfer"},
                      Case{chain::Approve{"0xspender", UInt256(5)}, "approve"},
                      Case{chain::Revoke{"0xspender"}, "revoke"},
                      Case{FullSwap(), "swap"},
                      Case{chain::Wrap{UInt256(5)}, "wrap"},
                      Case{chain::Unwrap{UInt256(5)}, "unwrap"},
                      Case{chain::Cpfp{"abcd"}, "cpfp"}));

TEST(PlanJson, KeepsASwapToTheMillisecond) {
    const auto read = ReadPlan(WritePlan(PlanWith(FullSwap())));
    ASSERT_TRUE(read);
    const auto& swap = std::get<chain::Swap>(read->action);
    EXPECT_EQ(swap.deadline, FullSwap().deadline);
    EXPECT_TRUE(swap.native_in);
    EXPECT_FALSE(swap.native_out);
    EXPECT_EQ(swap.hops.at(0).fee, 500U);
}

TEST(PlanJson, KeepsEveryFeeWish) {
    chain::FeeWish legacy;
    legacy.figure = chain::EvmFeeWish{UInt256(9), {}, {}};
    chain::FeeWish pair{chain::Speed::kFast, chain::EvmFeeWish{{}, UInt256(9), UInt256(3)}};
    chain::FeeWish utxo{chain::Speed::kSlow, chain::UtxoFeeWish{1'500}};
    chain::FeeWish solana{chain::Speed::kNormal, chain::SolanaFeeWish{77}};
    for (const chain::FeeWish& wish : {chain::FeeWish{}, legacy, pair, utxo, solana}) {
        const auto read = ReadFeeWish(WriteFeeWish(wish));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->speed, wish.speed);
        EXPECT_EQ(read->figure.index(), wish.figure.index());
        EXPECT_EQ(WriteFeeWish(*read), WriteFeeWish(wish));
    }
    const auto read = ReadFeeWish(WriteFeeWish(legacy));
    EXPECT_EQ(std::get<chain::EvmFeeWish>(read->figure).gas_price, UInt256(9));
    EXPECT_FALSE(std::get<chain::EvmFeeWish>(read->figure).max_fee_per_gas);
}

TEST(PlanJson, KeepsAQuoteWithItsTermsUnread) {
    chain::Quote quote{
        UInt256(1), UInt256(2), UInt256(3), UInt256::Max(), R"({"gas":"21000"})", {"a: b"}};
    quote.coins = {{"aa", 0, money::UInt256(5)}, {"bb", 7, money::UInt256(6)}};
    const auto read = ReadQuote(WriteQuote(quote));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->coins.size(), 2U);
    EXPECT_EQ(read->coins[1].tx_hash, "bb");
    EXPECT_EQ(read->coins[1].index, 7U);
    EXPECT_EQ(read->coins[1].amount, money::UInt256(6));
    EXPECT_EQ(read->terms, quote.terms);
    EXPECT_EQ(read->fee_max, quote.fee_max);
    EXPECT_EQ(read->warnings, quote.warnings);
}

TEST(PlanJson, RefusesWhatItDidNotWrite) {
    for (const char* text : {"", "{}", "[]", "null", R"({"from":"x"})", R"({"speed":"warp"})"}) {
        EXPECT_EQ(ReadPlan(text).error().reason, "bad_record") << text;
        EXPECT_EQ(ReadQuote(text).error().reason, "bad_record") << text;
        EXPECT_EQ(ReadFeeWish(text).error().reason, "bad_record") << text;
    }
    EXPECT_FALSE(ReadRecipients(R"([{"address":"a","amount":"-1"}])"));
    EXPECT_FALSE(ReadRecipients(R"([{"address":"a","amount":1}])"));
}

TEST(PlanJson, OnlyATransferHasRecipients) {
    EXPECT_EQ(WriteRecipients(PlanWith(chain::Wrap{UInt256(1)})), "[]");
    const auto read =
        ReadRecipients(WriteRecipients(PlanWith(chain::Transfer{{{"0xto", UInt256(4)}}})));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 1U);
    EXPECT_EQ(read->front().address, "0xto");
    EXPECT_EQ(read->front().amount, UInt256(4));
}

}  // namespace transfer
