#include "wallet-manager/policy.h"

#include <gtest/gtest.h>
#include <string>

namespace {

namespace common = platform::common::v1;

using money::UInt256;
using wallet_manager::Evaluate;
using wallet_manager::Policy;
using wallet_manager::Ruling;
using wallet_manager::Spend;

constexpr const char* kNetwork = "eip155:31337";
constexpr const char* kRecipient = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
constexpr const char* kToken = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

Spend Pay(std::uint64_t amount) {
    return {kNetwork, "", UInt256(amount), {kRecipient}};
}

Policy Limits(const std::string& per_transaction,
              const std::string& per_day,
              const std::string& approval_above) {
    Policy policy;
    auto* limit = policy.add_limits();
    limit->set_network(kNetwork);
    limit->set_per_transaction(per_transaction);
    limit->set_per_day(per_day);
    limit->set_approval_above(approval_above);
    return policy;
}

std::string Rule(const Policy& policy, const Spend& spend, std::uint64_t spent = 0) {
    return Evaluate(policy, spend, UInt256(spent)).rule;
}

TEST(Policy, AnEmptyOneAllowsEverything) {
    EXPECT_EQ(Evaluate({}, Pay(5), UInt256::Max()).ruling, Ruling::kAllow);
}

TEST(Policy, LimitsAreReachedButNotPassed) {
    const Policy policy = Limits("10", "25", "");
    EXPECT_EQ(Rule(policy, Pay(10)), "");
    EXPECT_EQ(Rule(policy, Pay(11)), "per_transaction");
    EXPECT_EQ(Rule(policy, Pay(10), 15), "");
    EXPECT_EQ(Rule(policy, Pay(10), 16), "per_day");
}

TEST(Policy, AWindowThatOverflowsIsFull) {
    EXPECT_EQ(Evaluate(Limits("", "25", ""), Pay(1), UInt256::Max()).rule, "per_day");
}

TEST(Policy, LimitsAreOfOneAsset) {
    Spend token = Pay(1000);
    token.contract = kToken;
    EXPECT_EQ(Rule(Limits("10", "", ""), token), "");
    Spend elsewhere = Pay(1000);
    elsewhere.network = "eip155:56";
    EXPECT_EQ(Rule(Limits("10", "", ""), elsewhere), "");
}

TEST(Policy, AsksAHumanAboveTheThresholdOrAlways) {
    EXPECT_EQ(Rule(Limits("", "", "10"), Pay(10)), "");
    const auto verdict = Evaluate(Limits("", "", "10"), Pay(11), UInt256());
    EXPECT_EQ(verdict.ruling, Ruling::kNeedsApproval);
    EXPECT_EQ(verdict.rule, "approval_above");
    Policy always;
    always.set_require_approval(true);
    EXPECT_EQ(Rule(always, Pay(1)), "require_approval");
}

TEST(Policy, ADenialComesBeforeTheQuestion) {
    Policy policy = Limits("10", "", "5");
    EXPECT_EQ(Rule(policy, Pay(11)), "per_transaction");
}

TEST(Policy, ListsNameWhoAndWhere) {
    Policy policy;
    policy.add_allow_list(std::string("ethereum:") + kRecipient);
    EXPECT_EQ(Rule(policy, Pay(1)), "");
    Spend other = Pay(1);
    other.recipients = {kToken};
    EXPECT_EQ(Rule(policy, other), "allow_list");
    policy.add_chains("binance");
    EXPECT_EQ(Rule(policy, Pay(1)), "chains");
}

TEST(PolicyForm, IsMadeCanonical) {
    Policy policy = Limits("1", "", "");
    policy.mutable_limits(0)->set_contract("0x5fbdb2315678afecb367f032d93f642f64180aa3");
    policy.add_allow_list("eth:0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    policy.add_chains("bnb");
    const auto normal = wallet_manager::NormalisePolicy(policy);
    ASSERT_TRUE(normal) << normal.error().detail;
    EXPECT_EQ(normal->limits(0).contract(), kToken);
    EXPECT_EQ(normal->allow_list(0), std::string("ethereum:") + kRecipient);
    EXPECT_EQ(normal->chains(0), "binance");
}

TEST(PolicyForm, RefusesWhatNoPaymentCouldMean) {
    Policy twice = Limits("1", "", "");
    *twice.add_limits() = twice.limits(0);
    Policy network = Limits("1", "", "");
    network.mutable_limits(0)->set_network("eip155:999");
    Policy address;
    address.add_allow_list("ethereum:0x1");
    Policy bare;
    bare.add_allow_list(kRecipient);
    Policy chain;
    chain.add_chains("dogecoin");
    for (const Policy& policy :
         {twice, network, address, bare, chain, Limits("-1", "", ""), Limits("", "1.5", "")}) {
        EXPECT_EQ(wallet_manager::NormalisePolicy(policy).error().reason, "bad_policy");
    }
}

TEST(PolicyForm, KnowsLooseningFromTightening) {
    using wallet_manager::IsLoosened;
    EXPECT_FALSE(IsLoosened({}, Limits("1", "1", "1")));
    EXPECT_TRUE(IsLoosened(Limits("1", "", ""), {}));
    EXPECT_TRUE(IsLoosened(Limits("1", "", ""), Limits("2", "", "")));
    EXPECT_FALSE(IsLoosened(Limits("2", "", ""), Limits("1", "5", "")));
    EXPECT_TRUE(IsLoosened(Limits("2", "5", ""), Limits("1", "6", "")));
    EXPECT_TRUE(IsLoosened(Limits("", "", "5"), Limits("", "", "6")));
    Policy asking;
    asking.set_require_approval(true);
    EXPECT_TRUE(IsLoosened(asking, {}));
    EXPECT_FALSE(IsLoosened({}, asking));
    Policy one;
    one.add_allow_list("ethereum:0xA");
    Policy two = one;
    two.add_allow_list("ethereum:0xB");
    EXPECT_TRUE(IsLoosened(one, two));
    EXPECT_FALSE(IsLoosened(two, one));
    EXPECT_FALSE(IsLoosened({}, one));
    EXPECT_TRUE(IsLoosened(one, {}));
}

class SpendOfOrder : public ::testing::Test {
protected:
    void SetUp() override {
        order_.set_network(kNetwork);
        auto* recipient = order_.mutable_transfer()->add_recipients();
        recipient->set_address("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
        recipient->set_amount("100");
    }

    common::Order order_;
};

TEST_F(SpendOfOrder, BelievesTheOrderWhereTheDaemonSaysLess) {
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256(1))->amount, UInt256(100));
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256(101))->amount, UInt256(101));
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256())->recipients[0], kRecipient);
}

TEST_F(SpendOfOrder, TakesTheStatedAmountInModeAll) {
    order_.mutable_transfer()->mutable_recipients(0)->clear_amount();
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256(77))->amount, UInt256(77));
}

TEST_F(SpendOfOrder, CountsASagaOnce) {
    order_.mutable_approve()->set_amount("50");
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256(50))->amount, UInt256(50));
    order_.set_parent_id("2f4b6a3a-7a0f-4f0a-8b2e-3c1f2d4e5f60");
    EXPECT_TRUE(wallet_manager::SpendOf(order_, UInt256(50))->amount.IsZero());
    order_.mutable_swap()->set_amount_in("50");
    EXPECT_EQ(wallet_manager::SpendOf(order_, UInt256(50))->amount, UInt256(50));
}

TEST_F(SpendOfOrder, CountsNothingThatStaysInTheWallet) {
    order_.mutable_wrap()->set_amount("50");
    EXPECT_TRUE(wallet_manager::SpendOf(order_, UInt256(50))->amount.IsZero());
    order_.mutable_revoke();
    EXPECT_TRUE(wallet_manager::SpendOf(order_, UInt256(50))->amount.IsZero());
}

}  // namespace
