#include "utxo/coin_selection.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

#include "unit/utxo/samples.h"
#include "utxo/branch_and_bound.h"

namespace {

using chain::TransferMode;
using samples::ReasonOf;
using samples::ScriptOf;
using utxo::ScriptType;
using utxo::Selection;
using utxo::SelectionRequest;

std::vector<utxo::Coin> CoinsOf(const std::vector<std::uint64_t>& amounts, ScriptType type) {
    std::vector<utxo::Coin> coins;
    for (const std::uint64_t amount : amounts) {
        coins.push_back(
            samples::CoinOf(amount, ScriptOf(1, type), static_cast<std::uint32_t>(coins.size())));
    }
    return coins;
}

SelectionRequest Request(const std::vector<std::uint64_t>& amounts, std::uint64_t pay) {
    SelectionRequest request;
    request.coins = CoinsOf(amounts, ScriptType::kP2wpkh);
    request.recipients = {{pay, ScriptOf(2, ScriptType::kP2wpkh)}};
    request.change_script = ScriptOf(1, ScriptType::kP2wpkh);
    request.rate_milli_per_vbyte = 5000;
    request.fee_max = 1'000'000;
    return request;
}

base::Result<Selection> Select(const SelectionRequest& request) {
    return utxo::SelectCoins(utxo::BitcoinFormat(), request);
}

TEST(CoinSelection, TakesTheSetThatNeedsNoChange) {
    // 2 inputs and 1 output: 178 vbytes, 890 sat.
    const auto selection = Select(Request({500'000, 60'000, 40'890, 9'000}, 100'000)).value();
    EXPECT_EQ(selection.coins.size(), 2U);
    EXPECT_FALSE(selection.change.has_value());
    EXPECT_EQ(selection.fee, 890U);
}

TEST(CoinSelection, GivesChangeWhereItMust) {
    const auto selection = Select(Request({500'000}, 100'000)).value();
    ASSERT_TRUE(selection.change.has_value());
    EXPECT_EQ(selection.fee, 141U * 5);
    EXPECT_EQ(selection.change->amount, 500'000 - 100'000 - 141 * 5);
}

TEST(CoinSelection, DustChangeGoesToTheFee) {
    // Change would be 293: one less than its dust limit.
    const auto dust = Select(Request({100'000 + 141 * 5 + 293}, 100'000)).value();
    EXPECT_FALSE(dust.change.has_value());
    EXPECT_EQ(dust.fee, 141U * 5 + 293);
    const auto change = Select(Request({100'000 + 141 * 5 + 294}, 100'000)).value();
    ASSERT_TRUE(change.change.has_value());
    EXPECT_EQ(change.change->amount, 294U);
}

TEST(CoinSelection, LeavesCoinsAloneThatCostMoreThanTheyHold) {
    // A P2WPKH input costs 340 sat at 5 sat/vB.
    SelectionRequest request = Request({340, 341, 200'000}, 100'000);
    request.mode = TransferMode::kAll;
    EXPECT_EQ(Select(request)->coins.size(), 2U);
}

TEST(CoinSelection, SubtractFeeTakesItFromTheRecipient) {
    SelectionRequest request = Request({500'000}, 100'000);
    request.mode = TransferMode::kSubtractFee;
    const auto selection = Select(request).value();
    EXPECT_EQ(selection.recipients[0].amount, 100'000 - 141 * 5);
    EXPECT_EQ(selection.change->amount, 400'000U);
    // Without change, what is left over pays the fee first.
    const auto exact = Select([&] {
                           SelectionRequest other = Request({100'100}, 100'000);
                           other.mode = TransferMode::kSubtractFee;
                           return other;
                       }())
                           .value();
    EXPECT_FALSE(exact.change.has_value());
    EXPECT_EQ(exact.fee, 110U * 5);
    EXPECT_EQ(exact.recipients[0].amount, 100'100 - 110 * 5);
}

TEST(CoinSelection, AllSendsEverythingLessTheFee) {
    SelectionRequest request = Request({70'000, 30'000}, 0);
    request.mode = TransferMode::kAll;
    const auto selection = Select(request).value();
    EXPECT_EQ(selection.coins.size(), 2U);
    EXPECT_FALSE(selection.change.has_value());
    EXPECT_EQ(selection.recipients[0].amount, 100'000 - 178 * 5);
}

TEST(CoinSelection, AnchorStaysFirstInLaterAttempts) {
    SelectionRequest request = Request({500'000, 300'000}, 100'000);
    request.required = {samples::CoinOf(100'600, ScriptOf(1, ScriptType::kP2wpkh), 77)};
    request.replaced_fee = 550;
    const auto selection = Select(request).value();
    EXPECT_EQ(selection.coins[0], request.required[0]);
    EXPECT_EQ(selection.coins.size(), 2U);
    // BIP-125: the old fee and the relay rate for the new size at least.
    EXPECT_GE(selection.fee, 550U + 178);
    // Where the demanded coins suffice no other is touched.
    request.required = {samples::CoinOf(400'000, ScriptOf(1, ScriptType::kP2wpkh), 77)};
    EXPECT_EQ(Select(request)->coins, request.required);
}

TEST(CoinSelection, ReplacementPaysMoreEvenAtAnOldRate) {
    SelectionRequest request = Request({}, 100'000);
    request.required = CoinsOf({500'000}, ScriptType::kP2wpkh);
    request.rate_milli_per_vbyte = 1000;
    request.replaced_fee = 2000;
    EXPECT_EQ(Select(request)->fee, 2000U + 141);
    request.mode = TransferMode::kSubtractFee;
    const auto subtracted = Select(request).value();
    EXPECT_EQ(subtracted.recipients[0].amount, 100'000U - 2141);
    EXPECT_EQ(subtracted.change->amount, 400'000U);
    request.mode = TransferMode::kAll;
    EXPECT_EQ(Select(request)->recipients[0].amount, 500'000U - 2000 - 110);
}

TEST(CoinSelection, RefusesWithTheFigures) {
    EXPECT_EQ(ReasonOf(Select(Request({}, 1000))), "no_utxos");
    const auto poor = Select(Request({50'000}, 100'000));
    ASSERT_EQ(ReasonOf(poor), "insufficient_funds");
    EXPECT_EQ(poor.error().metadata.at("available"), std::to_string(50'000 - 110 * 5));
    // The most that can be sent can be sent, and one more cannot.
    EXPECT_EQ(Select(Request({50'000}, 50'000 - 110 * 5))->fee, 550U);
    EXPECT_EQ(ReasonOf(Select(Request({50'000}, 50'000 - 110 * 5 + 1))), "insufficient_funds");
    const auto dust = Select(Request({50'000}, 293));
    ASSERT_EQ(ReasonOf(dust), "dust_output");
    EXPECT_EQ(dust.error().metadata.at("minimum"), "294");
    SelectionRequest capped = Request({500'000}, 100'000);
    capped.fee_max = 704;
    const auto refused = Select(capped);
    ASSERT_EQ(ReasonOf(refused), "fee_cap_exceeded");
    EXPECT_EQ(refused.error().metadata.at("fee"), "705");
}

TEST(CoinSelection, SubtractFeeMayLeaveDust) {
    SelectionRequest request = Request({500'000}, 900);
    request.mode = TransferMode::kSubtractFee;
    ASSERT_EQ(ReasonOf(Select(request)), "dust_output");
}

TEST(CoinSelection, RefusesOrdersThatMakeNoSense) {
    SelectionRequest two = Request({500'000}, 1000);
    two.recipients.push_back(two.recipients[0]);
    EXPECT_TRUE(Select(two).has_value());
    two.mode = TransferMode::kAll;
    EXPECT_EQ(ReasonOf(Select(two)), "bad_order");
    SelectionRequest nobody = Request({500'000}, 1000);
    nobody.recipients.clear();
    EXPECT_EQ(ReasonOf(Select(nobody)), "bad_order");
    SelectionRequest rich = Request({500'000}, utxo::kMoneyMax + 1);
    EXPECT_EQ(ReasonOf(Select(rich)), "bad_order");
    SelectionRequest wild = Request({500'000}, 1000);
    wild.rate_milli_per_vbyte = ~std::uint64_t{0};
    EXPECT_EQ(ReasonOf(Select(wild)), "bad_order");
}

TEST(CoinSelection, HasAnEnd) {
    SelectionRequest request = Request(std::vector<std::uint64_t>(300, 10'000), 2'500'000);
    EXPECT_EQ(ReasonOf(Select(request)), "too_many_coins");
    request.mode = TransferMode::kAll;
    EXPECT_EQ(ReasonOf(Select(request)), "too_many_coins");
    // The largest 200 are enough.
    EXPECT_TRUE(Select(Request(std::vector<std::uint64_t>(300, 10'000), 1'500'000)).has_value());
}

TEST(CoinSelection, ZcashPaysTheConventionalFee) {
    SelectionRequest request = Request({}, 100'000);
    request.coins = CoinsOf({60'000, 60'000, 60'000}, ScriptType::kP2pkh);
    request.recipients[0].script = ScriptOf(2, ScriptType::kP2pkh);
    request.change_script = ScriptOf(1, ScriptType::kP2pkh);
    const auto selection = utxo::SelectCoins(utxo::ZcashFormat(), request).value();
    EXPECT_EQ(selection.coins.size(), 2U);
    EXPECT_EQ(selection.fee, 10'000U);
    EXPECT_EQ(selection.change->amount, 10'000U);
    // Change of a marginal fee or less is not worth an output.
    request.recipients[0].amount = 105'001;
    EXPECT_FALSE(utxo::SelectCoins(utxo::ZcashFormat(), request)->change.has_value());
}

std::uint64_t Sum(const std::vector<utxo::Coin>& coins) {
    std::uint64_t total = 0;
    for (const utxo::Coin& coin : coins) {
        total += coin.output.amount;
    }
    return total;
}

// Whatever the coins, the amounts add up, nothing is dust and no coin is spent twice.
RC_GTEST_PROP(CoinSelectionProperty, MoneyIsConserved, ()) {
    const auto amounts = *rc::gen::container<std::vector<std::uint64_t>>(
        rc::gen::inRange<std::uint64_t>(1, 200'000));
    SelectionRequest request = Request(amounts, *rc::gen::inRange<std::uint64_t>(294, 500'000));
    request.mode =
        *rc::gen::element(TransferMode::kExact, TransferMode::kSubtractFee, TransferMode::kAll);
    request.rate_milli_per_vbyte = *rc::gen::inRange<std::uint64_t>(1000, 100'000);
    const auto selection = Select(request);
    if (!selection) {
        RC_ASSERT(selection.error().reason != "bad_order");
        return;
    }
    const std::uint64_t change = selection->change ? selection->change->amount : 0;
    RC_ASSERT(Sum(selection->coins) == selection->recipients[0].amount + change + selection->fee);
    RC_ASSERT(!selection->change || change >= 294);
    RC_ASSERT(selection->recipients[0].amount >= 294);
    RC_ASSERT(request.mode != TransferMode::kExact ||
              selection->recipients[0].amount == request.recipients[0].amount);
    std::set<utxo::OutPoint> seen;
    for (const utxo::Coin& coin : selection->coins) {
        RC_ASSERT(seen.insert(coin.prevout).second);
    }
    utxo::TxShape shape;
    shape.inputs.assign(selection->coins.size(), ScriptType::kP2wpkh);
    shape.outputs = selection->recipients;
    if (selection->change) {
        shape.outputs.push_back(*selection->change);
    }
    RC_ASSERT(selection->fee >=
              utxo::BitcoinFormat().Fee(shape, request.rate_milli_per_vbyte).value());
    RC_ASSERT(Select(request)->coins == selection->coins);
}

// If any set of coins pays exactly without change, one is found (small sets are searched in full).
RC_GTEST_PROP(BranchAndBoundProperty, FindsWhatExists, ()) {
    auto values =
        *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(1, 1000));
    values.resize(std::min<std::size_t>(values.size(), 10));
    std::sort(values.rbegin(), values.rend());
    const std::uint64_t target = *rc::gen::inRange<std::uint64_t>(1, 3000);
    const std::uint64_t excess = *rc::gen::inRange<std::uint64_t>(0, 20);
    bool exists = false;
    for (std::size_t mask = 0; mask < std::size_t{1} << values.size(); ++mask) {
        std::uint64_t total = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            total += (mask >> i & 1) != 0 ? values[i] : 0;
        }
        exists = exists || (total >= target && total <= target + excess);
    }
    std::vector<utxo::SearchCoin> coins;
    for (const std::uint64_t value : values) {
        coins.push_back({value, 0});
    }
    const auto found = utxo::BranchAndBound(coins, {target, excess});
    RC_ASSERT(found.has_value() == exists);
    if (found) {
        std::uint64_t total = 0;
        for (const std::size_t place : *found) {
            total += values[place];
        }
        RC_ASSERT(total >= target);
        RC_ASSERT(total <= target + excess);
    }
}

TEST(BranchAndBound, GivesUpInTime) {
    std::vector<utxo::SearchCoin> coins;
    for (std::uint64_t i = 0; i < 60; ++i) {
        coins.push_back({(std::uint64_t{1} << 40) - (i << 20), 0});
    }
    EXPECT_FALSE(utxo::BranchAndBound(coins, {(std::uint64_t{1} << 44) + 1, 0}).has_value());
}

TEST(Coin, ImmatureRewardsAreNeverSpent) {
    utxo::CoinState reward;
    reward.height = 100;
    reward.coinbase = true;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(reward, 198)), "coin_immature");
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(reward, 199)), "");
    reward.coinbase = false;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(reward, 100)), "");
}

TEST(Coin, UnconfirmedOnesAreOwnChangeOfASettledParent) {
    utxo::CoinState coin;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(coin, 100)), "coin_unconfirmed");
    coin.own_change = true;
    coin.own_chain = 10;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(coin, 100)), "");
    coin.own_chain = 11;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(coin, 100)), "coin_unconfirmed");
    coin.own_chain = 1;
    coin.parent_attempts = 2;
    EXPECT_EQ(ReasonOf(utxo::CheckSpendable(coin, 100)), "coin_unconfirmed");
}

TEST(CoinSelection, DemandsNoMoreCoinsThanATransactionHas) {
    SelectionRequest request = Request({}, 1'000);
    request.required = CoinsOf(std::vector<std::uint64_t>(200, 10'000), ScriptType::kP2wpkh);
    EXPECT_TRUE(Select(request).has_value());
    request.required.push_back(request.required[0]);
    EXPECT_EQ(ReasonOf(Select(request)), "bad_order");
}

TEST(CoinSelection, CoinsThatAreAllTooSmallAreNoMoney) {
    SelectionRequest request = Request({340, 300}, 0);
    request.mode = TransferMode::kAll;
    const auto refused = Select(request);
    ASSERT_EQ(ReasonOf(refused), "insufficient_funds");
    EXPECT_EQ(refused.error().metadata.at("available"), "0");
    // What is left is dust.
    request.coins = CoinsOf({550 + 293}, ScriptType::kP2wpkh);
    EXPECT_EQ(ReasonOf(Select(request)), "insufficient_funds");
    request.coins = CoinsOf({550 + 294}, ScriptType::kP2wpkh);
    EXPECT_EQ(Select(request)->recipients[0].amount, 294U);
}

// Sorted by what is left of them, the larger coin comes second.
TEST(CoinSelection, CoinsOfTwoKindsPayWhereTheFeeIsSubtracted) {
    SelectionRequest request = Request({}, 150'000);
    request.mode = TransferMode::kSubtractFee;
    request.coins = {samples::CoinOf(100'300, ScriptOf(1, ScriptType::kP2pkh), 0),
                     samples::CoinOf(100'000, ScriptOf(1, ScriptType::kP2wpkh), 1)};
    const auto selection = Select(request).value();
    EXPECT_EQ(selection.coins.size(), 2U);
    ASSERT_TRUE(selection.change);
    EXPECT_EQ(selection.change->amount, 50'300U);
    EXPECT_EQ(selection.recipients[0].amount + selection.fee, 150'000U);
}

}  // namespace
