// EvmChain::Build, Bump, Fill and Inspect over a node in memory.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "evm/evm_chain.h"
#include "evm/keys.h"
#include "evm/transaction.h"
#include "unit/evm/fake_node.h"
#include "unit/evm/plans.h"

namespace {

using chain::AttemptKind;
using chain::TransferMode;
using evm_test::Devnet;
using evm_test::FakeNode;
using evm_test::kAlice;
using evm_test::kBob;
using evm_test::NoAnswer;
using evm_test::PlanOf;
using evm_test::Tenth;
using evm_test::TransferTo;
using money::UInt256;

class Build : public testing::Test {
protected:
    Build() { node_.balances[kAlice.ToString()] = "0xde0b6b3a7640000"; }

    chain::Unsigned First(const chain::Plan& plan) {
        return *chain_.Build(plan, *chain_.Price(plan), {5, {}});
    }

    static evm::Transaction Decode(const chain::Unsigned& payload) {
        return *evm::DecodeUnsigned(payload.payload);
    }

    FakeNode node_;
    evm::EvmChain chain_{Devnet(), node_};
    chain::Plan plan_ = PlanOf(TransferTo(kBob, Tenth()));
};

TEST_F(Build, MakesTheOrderedTransaction) {
    const auto quote = chain_.Price(plan_);
    node_.calls.clear();
    const auto built = chain_.Build(plan_, *quote, {5, {}});
    ASSERT_TRUE(built.has_value());
    EXPECT_TRUE(node_.calls.empty());
    const evm::Transaction transaction = Decode(*built);
    EXPECT_EQ(transaction.nonce, 5U);
    EXPECT_EQ(transaction.to, kBob);
    EXPECT_EQ(transaction.value, Tenth());
    EXPECT_EQ(transaction.gas_limit, 21000U);
    EXPECT_EQ(transaction.chain_id, 31337U);
    EXPECT_EQ(built->fee_max, quote->fee_max);
    EXPECT_EQ(built->terms, quote->terms);
}

TEST_F(Build, RefusesWhatDoesNotFitTogether) {
    auto quote = *chain_.Price(plan_);
    EXPECT_EQ(chain_.Build(plan_, quote, {}).error().reason, "internal");
    chain::Plan tight = plan_;
    tight.fee_cap = UInt256(1);
    EXPECT_EQ(chain_.Build(tight, quote, {5, {}}).error().reason, "fee_cap_exceeded");
    quote.amount = UInt256(1);
    EXPECT_EQ(chain_.Build(plan_, quote, {5, {}}).error().reason, "bad_order");
    quote.terms = "{}";
    EXPECT_EQ(chain_.Build(plan_, quote, {5, {}}).error().reason, "internal");
}

TEST_F(Build, SpeedsUpTheSamePayment) {
    const chain::Unsigned first = First(plan_);
    const auto second = chain_.Bump(plan_, AttemptKind::kSpeedUp, first);
    ASSERT_TRUE(second.has_value());
    const evm::Transaction before = Decode(first);
    const evm::Transaction after = Decode(*second);
    EXPECT_EQ(after.nonce, before.nonce);
    EXPECT_EQ(after.to, before.to);
    EXPECT_EQ(after.value, before.value);
    EXPECT_EQ(after.max_fee_per_gas, UInt256(2475000000));
    EXPECT_EQ(after.max_priority_fee_per_gas, UInt256(225000000));
    EXPECT_EQ(second->fee_max, UInt256(21000ULL * 2475000000));
}

TEST_F(Build, CancelsToSelf) {
    const auto cancel = chain_.Bump(plan_, AttemptKind::kCancel, First(plan_));
    ASSERT_TRUE(cancel.has_value());
    const evm::Transaction transaction = Decode(*cancel);
    EXPECT_EQ(transaction.to, kAlice);
    EXPECT_TRUE(transaction.value.IsZero());
    EXPECT_TRUE(transaction.data.empty());
    EXPECT_EQ(transaction.nonce, 5U);
    EXPECT_EQ(transaction.max_fee_per_gas, UInt256(2475000000));
    node_.codes[kAlice.ToString()] = "0xef0100";  // an EIP-7702 account
    const auto delegated = chain_.Bump(plan_, AttemptKind::kCancel, First(plan_));
    EXPECT_EQ(Decode(*delegated).gas_limit, 60000U);
}

TEST_F(Build, TakesTheHigherFeeOutOfTheValueWhereTheModeSaysSo) {
    const chain::Plan all = PlanOf(TransferTo(kBob, UInt256(), TransferMode::kAll));
    const chain::Unsigned first = First(all);
    const auto second = chain_.Bump(all, AttemptKind::kSpeedUp, first);
    ASSERT_TRUE(second.has_value());
    const auto sum = [](const chain::Unsigned& attempt) {
        return *money::CheckedAdd(Decode(attempt).value, attempt.fee_max);
    };
    EXPECT_EQ(sum(*second), sum(first));
    EXPECT_GT(second->fee_max, first.fee_max);
    const chain::Plan less =
        PlanOf(TransferTo(kBob, UInt256(46200000000001), TransferMode::kSubtractFee));
    EXPECT_EQ(chain_.Bump(less, AttemptKind::kSpeedUp, First(less)).error().reason,
              "insufficient_funds");
    EXPECT_TRUE(chain_.Bump(less, AttemptKind::kCancel, First(less)).has_value());
}

TEST_F(Build, KeepsTheBumpInsideTheCap) {
    const chain::Unsigned first = First(plan_);
    chain::Plan tight = plan_;
    tight.fee_cap = UInt256(21000ULL * 2400000000);
    EXPECT_EQ(chain_.Bump(tight, AttemptKind::kSpeedUp, first).error().reason, "fee_cap_exceeded");
    chain::Plan wish = plan_;
    wish.fee.figure = chain::EvmFeeWish{{}, UInt256(2300000000), {}};
    const auto small = chain_.Bump(wish, AttemptKind::kSpeedUp, first);
    EXPECT_EQ(small.error().reason, "fee_bump_too_small");
    EXPECT_EQ(small.error().metadata.at("minimum"), "2.475");
    chain::Unsigned rubbish = first;
    rubbish.payload = {1, 2, 3};
    EXPECT_TRUE(chain_.Bump(plan_, AttemptKind::kSpeedUp, rubbish).has_error());
    node_.Refuses("eth_feeHistory", NoAnswer());
    EXPECT_EQ(chain_.Bump(plan_, AttemptKind::kSpeedUp, first).error().reason, "node_unavailable");
}

TEST_F(Build, FillsAGapWithZeroToSelf) {
    const auto fill = chain_.Fill(kAlice.ToString(), 3);
    ASSERT_TRUE(fill.has_value());
    const evm::Transaction transaction = Decode(*fill);
    EXPECT_EQ(transaction.nonce, 3U);
    EXPECT_TRUE(evm::CheckSelfCall(transaction, kAlice, fill->fee_max, Devnet()).has_value());
    EXPECT_EQ(chain_.Fill("me", 3).error().reason, "bad_address");
}

TEST_F(Build, BoundsTheGasOfSelfCalls) {
    node_.codes[kAlice.ToString()] = "0xef0100";
    node_.gas_estimate = ~std::uint64_t{0};
    EXPECT_EQ(Decode(*chain_.Fill(kAlice.ToString(), 3)).gas_limit, 1200000U);
    node_.Refuses("eth_estimateGas", NoAnswer());
    EXPECT_EQ(chain_.Fill(kAlice.ToString(), 3).error().reason, "node_unavailable");
}

TEST_F(Build, InspectsSignedBytes) {
    const chain::Unsigned first = First(plan_);
    const auto key = evm::ImportPrivateKey(secret::String(std::string(64, '1')));
    const auto result = evm::SignTransaction(Decode(first), *key);
    const auto inspected = chain_.Inspect(result->raw, first.payload);
    ASSERT_TRUE(inspected.has_value());
    EXPECT_EQ(inspected->tx_hash, base::HexEncodePrefixed(result->hash));
    EXPECT_EQ(inspected->payload, result->raw);
    const auto other = chain_.Bump(plan_, AttemptKind::kSpeedUp, first);
    EXPECT_EQ(chain_.Inspect(result->raw, other->payload).error().reason, "tx_mismatch");
    EXPECT_TRUE(chain_.Inspect(first.payload, first.payload).has_error());
    evm::Transaction foreign = Decode(first);
    foreign.chain_id = 1;
    const auto elsewhere = evm::SignTransaction(foreign, *key);
    EXPECT_EQ(chain_.Inspect(elsewhere->raw, first.payload).error().reason, "wrong_network");
}

}  // namespace
