#include "orders/order_plan.h"

#include <gtest/gtest.h>

namespace orders {

namespace {

namespace common = platform::common::v1;

common::Order Payment() {
    common::Order order;
    order.set_from("alice");
    order.set_network("eip155:31337");
    order.mutable_asset()->set_contract("0xToken");
    order.mutable_asset()->set_program("Token");
    order.mutable_asset()->set_symbol("TOK");
    order.mutable_asset()->set_decimals(6);
    order.set_fee_cap("1000");
    return order;
}

common::Order TransferOf(common::TransferMode mode, const std::string& amount) {
    common::Order order = Payment();
    order.mutable_transfer()->set_mode(mode);
    auto* to = order.mutable_transfer()->add_recipients();
    to->set_address("bob");
    to->set_amount(amount);
    return order;
}

template <typename Action>
Action ActionOf(const common::Order& order) {
    const auto plan = PlanOf(order);
    EXPECT_TRUE(plan) << plan.error().detail;
    return std::get<Action>(plan->action);
}

std::string ReasonOf(const common::Order& order) {
    const auto plan = PlanOf(order);
    return plan ? "" : plan.error().reason;
}

}  // namespace

TEST(OrderPlan, ATransferKeepsPayerAssetCapAndRecipients) {
    common::Order order = TransferOf(common::TRANSFER_MODE_SUBTRACT_FEE, "77");
    order.mutable_transfer()->set_accept_off_curve(true);
    const auto plan = PlanOf(order);
    ASSERT_TRUE(plan) << plan.error().detail;
    EXPECT_EQ(plan->from, "alice");
    EXPECT_EQ(plan->asset.network, "eip155:31337");
    EXPECT_EQ(plan->asset.contract, "0xToken");
    EXPECT_EQ(plan->asset.program, "Token");
    EXPECT_EQ(plan->asset.symbol, "TOK");
    EXPECT_EQ(plan->asset.decimals, 6U);
    EXPECT_EQ(plan->fee_cap, money::UInt256(1000));
    EXPECT_TRUE(plan->memo.empty());
    const auto& transfer = std::get<chain::Transfer>(plan->action);
    EXPECT_EQ(transfer.mode, chain::TransferMode::kSubtractFee);
    EXPECT_TRUE(transfer.accept_off_curve);
    ASSERT_EQ(transfer.recipients.size(), 1U);
    EXPECT_EQ(transfer.recipients[0].address, "bob");
    EXPECT_EQ(transfer.recipients[0].amount, money::UInt256(77));
}

TEST(OrderPlan, OnlyAPaymentOfEverythingNamesNoAmount) {
    const auto all = ActionOf<chain::Transfer>(TransferOf(common::TRANSFER_MODE_ALL, ""));
    EXPECT_EQ(all.mode, chain::TransferMode::kAll);
    EXPECT_EQ(all.recipients.at(0).amount, money::UInt256());
    for (const char* amount : {"", "-1", "1e3", "0x10", "1.5"}) {
        EXPECT_FALSE(PlanOf(TransferOf(common::TRANSFER_MODE_EXACT, amount))) << amount;
        EXPECT_FALSE(PlanOf(TransferOf(common::TRANSFER_MODE_SUBTRACT_FEE, amount))) << amount;
    }
}

TEST(OrderPlan, AnUnknownModeIsRefused) {
    EXPECT_EQ(ReasonOf(TransferOf(common::TRANSFER_MODE_UNSPECIFIED, "1")), "bad_order");
    EXPECT_EQ(ReasonOf(TransferOf(static_cast<common::TransferMode>(99), "1")), "bad_order");
}

TEST(OrderPlan, ACapIsAskedFor) {
    common::Order order = TransferOf(common::TRANSFER_MODE_EXACT, "1");
    order.clear_fee_cap();
    EXPECT_FALSE(PlanOf(order));
}

TEST(OrderPlan, ASwapKeepsItsRouteAndItsBounds) {
    common::Order order = Payment();
    auto* swap = order.mutable_swap();
    swap->set_protocol("swap_router_02");
    auto* hop = swap->add_hops();
    hop->set_token("0xOther");
    hop->set_fee(3000);
    swap->set_native_in(true);
    swap->set_amount_in("5");
    swap->set_amount_out_min("4");
    swap->mutable_deadline()->set_seconds(7);
    swap->mutable_deadline()->set_nanos(8'999'999);
    const auto read = ActionOf<chain::Swap>(order);
    EXPECT_EQ(read.protocol, "swap_router_02");
    ASSERT_EQ(read.hops.size(), 1U);
    EXPECT_EQ(read.hops[0].token, "0xOther");
    EXPECT_EQ(read.hops[0].fee, 3000U);
    EXPECT_TRUE(read.native_in);
    EXPECT_FALSE(read.native_out);
    EXPECT_EQ(read.amount_in, money::UInt256(5));
    EXPECT_EQ(read.amount_out_min, money::UInt256(4));
    EXPECT_EQ(read.deadline, base::Time(std::chrono::milliseconds(7'008)));
    swap->set_amount_out_min("");
    EXPECT_FALSE(PlanOf(order));
}

TEST(OrderPlan, TheOtherPaymentsKeepTheirFigures) {
    common::Order approve = Payment();
    approve.mutable_approve()->set_spender("0xSpender");
    approve.mutable_approve()->set_amount("9");
    EXPECT_EQ(ActionOf<chain::Approve>(approve).spender, "0xSpender");
    EXPECT_EQ(ActionOf<chain::Approve>(approve).amount, money::UInt256(9));
    common::Order revoke = Payment();
    revoke.mutable_revoke()->set_spender("0xSpender");
    EXPECT_EQ(ActionOf<chain::Revoke>(revoke).spender, "0xSpender");
    common::Order wrap = Payment();
    wrap.mutable_wrap()->set_amount("3");
    EXPECT_EQ(ActionOf<chain::Wrap>(wrap).amount, money::UInt256(3));
    common::Order unwrap = Payment();
    unwrap.mutable_unwrap()->set_amount("2");
    EXPECT_EQ(ActionOf<chain::Unwrap>(unwrap).amount, money::UInt256(2));
    common::Order cpfp = Payment();
    cpfp.mutable_cpfp()->set_parent_tx_hash("ab");
    EXPECT_EQ(ActionOf<chain::Cpfp>(cpfp).parent_tx_hash, "ab");
}

TEST(OrderPlan, WhatIsNoPaymentHasNoPlan) {
    common::Order order = Payment();
    EXPECT_EQ(ReasonOf(order), "unsupported_action");
    order.mutable_message();
    EXPECT_EQ(ReasonOf(order), "unsupported_action");
    EXPECT_FALSE(IsReplacement(order));
    order.mutable_speed_up();
    EXPECT_EQ(ReasonOf(order), "unsupported_action");
    EXPECT_TRUE(IsReplacement(order));
    order.mutable_cancel();
    EXPECT_EQ(ReasonOf(order), "unsupported_action");
    EXPECT_TRUE(IsReplacement(order));
}

}  // namespace orders
