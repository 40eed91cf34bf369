#include "evm/fees.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/evm/plans.h"

namespace {

using evm::FeeLimit;
using evm::FeeMarket;
using evm::GasFigures;
using money::UInt256;

UInt256 Gwei(std::uint64_t amount) {
    return UInt256(amount * 1000000000);
}

evm::FeeHistory History(std::vector<std::uint64_t> base_fees_gwei,
                        std::vector<std::uint64_t> tips_gwei) {
    evm::FeeHistory history;
    for (const std::uint64_t fee : base_fees_gwei) {
        history.base_fees.push_back(Gwei(fee));
    }
    for (const std::uint64_t tip : tips_gwei) {
        history.rewards.push_back({Gwei(tip), Gwei(2 * tip), Gwei(3 * tip)});
    }
    return history;
}

const FeeLimit kWide{21000, UInt256(500000000000000000)};

FeeMarket Market(std::uint64_t base_gwei, std::uint64_t tip_gwei) {
    FeeMarket market;
    market.base_fee = Gwei(base_gwei);
    market.tips.fill(Gwei(tip_gwei));
    return market;
}

chain::FeeWish Wish(std::optional<UInt256> gas_price,
                    std::optional<UInt256> max_fee,
                    std::optional<UInt256> tip) {
    chain::FeeWish wish;
    wish.figure = chain::EvmFeeWish{gas_price, max_fee, tip};
    return wish;
}

TEST(JudgeFees, TakesTheMedianOfPaidTips) {
    const auto market =
        evm::JudgeFees(History({10, 10, 10}, {1, 0, 5, 3, 0}), {}, UInt256(), evm_test::Devnet());
    EXPECT_EQ(market.base_fee, Gwei(10));
    EXPECT_EQ(market.tips[0], Gwei(3));
    EXPECT_EQ(market.tips[1], Gwei(6));
    EXPECT_EQ(market.tips[2], Gwei(9));
    EXPECT_FALSE(market.capped);
}

TEST(JudgeFees, FallsBackToTheSuggestionAndTheFloor) {
    const evm::Params params = evm_test::Devnet();
    const auto empty = History({10}, {0, 0});
    EXPECT_FALSE(evm::HasTips(empty));
    EXPECT_EQ(evm::JudgeFees(empty, Gwei(2), UInt256(), params).tips[1], Gwei(2));
    EXPECT_EQ(evm::JudgeFees(empty, {}, UInt256(), params).tips[1], params.tip_floor);
    EXPECT_EQ(evm::JudgeFees(empty, {}, Gwei(4), params).tips[1], Gwei(4));
    EXPECT_EQ(evm::JudgeFees(empty, UInt256::Max(), UInt256(), params).tips[1], params.tip_ceiling);
    EXPECT_EQ(evm::JudgeFees(empty, {}, UInt256::Max(), params).tips[1], params.tip_ceiling);
}

TEST(JudgeFees, HoldsALyingBaseFeeDown) {
    const evm::Params params = evm_test::Devnet();
    const auto spike = evm::JudgeFees(History({10, 10, 900}, {1}), {}, UInt256(), params);
    EXPECT_EQ(spike.base_fee, Gwei(40));
    EXPECT_TRUE(spike.capped);
    const auto from_zero = evm::JudgeFees(History({0, 0, 90000}, {1}), {}, UInt256(), params);
    EXPECT_EQ(from_zero.base_fee, params.gas_price_ceiling);
}

TEST(JudgeFees, TakesABaseFeeOfZero) {
    const auto params = evm::ParamsOf("binance", chain::Mode::kMainnet);
    const auto market = evm::JudgeFees(History({0, 0, 0}, {0}), {}, UInt256(), *params);
    const auto figures = evm::ChooseFigures({}, market, kWide, *params);
    EXPECT_EQ(figures->max_fee, params->tip_floor);
    EXPECT_EQ(figures->tip, params->tip_floor);
}

TEST(ChooseFigures, PaysTwiceTheBaseFeePlusTheTip) {
    const auto figures = evm::ChooseFigures({}, Market(10, 2), kWide, evm_test::Devnet());
    ASSERT_TRUE(figures.has_value());
    EXPECT_EQ(figures->type, evm::TxType::kDynamicFee);
    EXPECT_EQ(figures->max_fee, Gwei(22));
    EXPECT_EQ(figures->tip, Gwei(2));
    EXPECT_EQ(evm::ExpectedPrice(*figures, Market(10, 2)), Gwei(12));
}

TEST(ChooseFigures, LowersTheMaximumIntoTheLimit) {
    const FeeLimit tight{21000, UInt256(21000ULL * 15000000000)};
    EXPECT_EQ(evm::ChooseFigures({}, Market(10, 2), tight, evm_test::Devnet())->max_fee, Gwei(15));
    const FeeLimit low{21000, UInt256(21000ULL * 11000000000)};
    const auto refused = evm::ChooseFigures({}, Market(10, 2), low, evm_test::Devnet());
    EXPECT_EQ(refused.error().reason, "fee_cap_exceeded");
    EXPECT_EQ(refused.error().metadata.at("needed"), "252000000000000");
    const FeeLimit nothing{0, UInt256(1)};
    EXPECT_EQ(evm::ChooseFigures({}, Market(10, 2), nothing, evm_test::Devnet()).error().reason,
              "fee_cap_exceeded");
}

TEST(ChooseFigures, NeverPassesThePriceCeiling) {
    const auto refused =
        evm::ChooseFigures(Wish(Gwei(5001), {}, {}), Market(10, 2), kWide, evm_test::Devnet());
    EXPECT_EQ(refused.error().reason, "fee_cap_exceeded");
}

TEST(ChooseFigures, MakesALegacyTransactionOfAGasPrice) {
    const auto params = evm_test::Devnet();
    const auto figures =
        evm::ChooseFigures(Wish(Gwei(20), Gwei(1), Gwei(1)), Market(10, 2), kWide, params);
    ASSERT_TRUE(figures.has_value());
    EXPECT_EQ(figures->type, evm::TxType::kLegacy);
    EXPECT_EQ(figures->gas_price, Gwei(20));
    EXPECT_TRUE(figures->max_fee.IsZero());
    EXPECT_EQ(evm::HighestPrice(*figures), Gwei(20));
    EXPECT_EQ(evm::ExpectedPrice(*figures, Market(10, 2)), Gwei(20));
    const auto low = evm::ChooseFigures(Wish(Gwei(10), {}, {}), Market(10, 2), kWide, params);
    EXPECT_EQ(low.error().reason, "fee_too_low");
    EXPECT_EQ(low.error().metadata.at("minimum"), "10.001");
}

TEST(ChooseFigures, TakesTheWishedPair) {
    const auto params = evm_test::Devnet();
    const auto choose = [&params](std::optional<UInt256> max_fee, std::optional<UInt256> tip) {
        return evm::ChooseFigures(Wish({}, max_fee, tip), Market(10, 2), kWide, params);
    };
    EXPECT_EQ(choose(Gwei(30), Gwei(3))->max_fee, Gwei(30));
    EXPECT_EQ(choose(Gwei(30), Gwei(3))->tip, Gwei(3));
    EXPECT_EQ(choose(Gwei(30), {})->tip, Gwei(2));
    EXPECT_EQ(choose({}, Gwei(3))->max_fee, Gwei(23));
    EXPECT_EQ(choose(Gwei(11), {})->max_fee, Gwei(11));
    EXPECT_EQ(choose(Gwei(9), {}).error().reason, "fee_too_low");
    EXPECT_EQ(choose(Gwei(12), Gwei(3)).error().metadata.at("minimum"), "13");
    EXPECT_EQ(choose({}, UInt256(1)).error().reason, "fee_too_low");
}

TEST(BumpFigures, RaisesBothFieldsByAnEighthRoundedUp) {
    const GasFigures previous{evm::TxType::kDynamicFee, {}, UInt256(1001), UInt256(9)};
    FeeMarket market;
    const auto figures = evm::BumpFigures(previous, {}, market, kWide, evm_test::Devnet());
    ASSERT_TRUE(figures.has_value());
    EXPECT_EQ(figures->max_fee, UInt256(1127));  // 1126.125
    EXPECT_EQ(figures->tip, UInt256(11));        // 10.125
}

TEST(BumpFigures, FollowsTheMarketUp) {
    const GasFigures previous{evm::TxType::kDynamicFee, {}, Gwei(10), Gwei(1)};
    const auto figures = evm::BumpFigures(previous, {}, Market(20, 5), kWide, evm_test::Devnet());
    EXPECT_EQ(figures->max_fee, Gwei(45));
    EXPECT_EQ(figures->tip, Gwei(5));
    const GasFigures legacy{evm::TxType::kLegacy, Gwei(10), {}, {}};
    const auto raised = evm::BumpFigures(legacy, {}, Market(20, 5), kWide, evm_test::Devnet());
    EXPECT_EQ(raised->type, evm::TxType::kLegacy);
    EXPECT_EQ(raised->gas_price, Gwei(25));
}

TEST(BumpFigures, StaysInsideTheCap) {
    const GasFigures previous{evm::TxType::kDynamicFee, {}, Gwei(10), Gwei(8)};
    const FeeLimit tight{21000, UInt256(21000ULL * 12000000000)};
    const auto figures = evm::BumpFigures(previous, {}, Market(20, 50), tight, evm_test::Devnet());
    EXPECT_EQ(figures->max_fee, Gwei(12));
    EXPECT_EQ(figures->tip, Gwei(12));
    const FeeLimit low{21000, UInt256(21000ULL * 11000000000)};
    EXPECT_EQ(evm::BumpFigures(previous, {}, Market(1, 1), low, evm_test::Devnet()).error().reason,
              "fee_cap_exceeded");
    const auto wish = Wish({}, Gwei(13), {});
    EXPECT_EQ(
        evm::BumpFigures(previous, wish, Market(1, 1), tight, evm_test::Devnet()).error().reason,
        "fee_cap_exceeded");
}

TEST(BumpFigures, RefusesAWishThatReplacesNothing) {
    const GasFigures previous{evm::TxType::kDynamicFee, {}, Gwei(80), Gwei(8)};
    const auto bump = [&previous](const chain::FeeWish& wish) {
        return evm::BumpFigures(previous, wish, Market(1, 1), kWide, evm_test::Devnet());
    };
    EXPECT_EQ(bump(Wish({}, Gwei(89), {})).error().reason, "fee_bump_too_small");
    EXPECT_EQ(bump(Wish({}, Gwei(89), {})).error().metadata.at("minimum"), "90");
    EXPECT_EQ(bump(Wish({}, Gwei(90), Gwei(8))).error().metadata.at("minimum"), "9");
    EXPECT_EQ(bump(Wish(Gwei(89), {}, {})).error().reason, "fee_bump_too_small");
    EXPECT_EQ(bump(Wish({}, Gwei(90), Gwei(91))).error().reason, "fee_bump_too_small");
    EXPECT_EQ(bump(Wish({}, Gwei(90), {}))->tip, Gwei(9));
    EXPECT_EQ(bump(Wish({}, {}, Gwei(9)))->max_fee, Gwei(90));
    EXPECT_EQ(bump(Wish({}, {}, Gwei(100)))->max_fee, Gwei(100));
    EXPECT_EQ(bump(Wish(Gwei(90), {}, {}))->type, evm::TxType::kLegacy);
}

TEST(BumpFigures, MeasuresAPairAgainstALegacyPrice) {
    const GasFigures previous{evm::TxType::kLegacy, Gwei(80), {}, {}};
    const auto low = evm::BumpFigures(
        previous, Wish({}, Gwei(90), Gwei(1)), Market(1, 1), kWide, evm_test::Devnet());
    EXPECT_EQ(low.error().reason, "fee_bump_too_small");
    const auto good = evm::BumpFigures(
        previous, Wish({}, Gwei(90), Gwei(90)), Market(1, 1), kWide, evm_test::Devnet());
    EXPECT_EQ(good->tip, Gwei(90));
}

RC_GTEST_PROP(BumpFigures,
              AlwaysRaisesByTheRuleOrRefuses,
              (std::uint32_t max_fee, std::uint32_t tip)) {
    GasFigures previous{evm::TxType::kDynamicFee, {}, UInt256(max_fee), UInt256(tip)};
    RC_PRE(tip <= max_fee);
    const auto figures = evm::BumpFigures(previous, {}, Market(3, 1), kWide, evm_test::Devnet());
    RC_ASSERT(figures.has_value());
    const auto eight = UInt256(8);
    RC_ASSERT(*money::CheckedMul(figures->max_fee, eight) >= UInt256(9ULL * max_fee));
    RC_ASSERT(*money::CheckedMul(figures->tip, eight) >= UInt256(9ULL * tip));
    RC_ASSERT(figures->tip <= figures->max_fee);
}

}  // namespace
