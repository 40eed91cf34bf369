#include "chain_host/order_reader.h"

#include <gtest/gtest.h>

#include "chain_host/view.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace chain_host {

namespace {

namespace chain_v1 = platform::chain::v1;
namespace common_v1 = platform::common::v1;

class Orders : public ::testing::Test {
protected:
    Orders() {
        trust.key = crypto::Ed25519PublicKeyOf(seed).value();
        trust.deployment_id = base::UserId::Random().ToString();
        trust.network = "eip155:31337";
        order.set_deployment_id(trust.deployment_id);
        order.set_network(trust.network);
        order.set_intent_id(base::IntentId::Random().ToString());
        order.set_user_id(base::UserId::Random().ToString());
        order.set_wallet_id(base::WalletId::Random().ToString());
        order.set_from("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
        order.mutable_asset()->set_decimals(18);
        order.set_fee_cap("1000");
    }

    common_v1::SignedOrder Signed() {
        return auth::SignOrder(order, base::SystemClock().Now(), seed).value();
    }

    chain_v1::TransferRequest Transfer() {
        order.mutable_transfer()->set_mode(common_v1::TRANSFER_MODE_EXACT);
        auto* to = order.mutable_transfer()->add_recipients();
        to->set_address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
        to->set_amount("77");
        chain_v1::TransferRequest request;
        *request.mutable_order() = Signed();
        return request;
    }

    const secret::Bytes seed = crypto::RandomSecret(32);
    auth::OrderTrust trust;
    common_v1::Order order;
};

}  // namespace

TEST_F(Orders, ATransferBecomesAPlan) {
    auto request = Transfer();
    request.mutable_fee()->mutable_evm()->set_gas_price("5");
    request.set_fee_estimate("12");
    const auto intent = ReadTransfer(request, trust);
    ASSERT_TRUE(intent) << intent.error().detail;
    EXPECT_EQ(intent->id.ToString(), order.intent_id());
    EXPECT_EQ(intent->user.ToString(), order.user_id());
    EXPECT_EQ(intent->plan.from, order.from());
    const auto& transfer = std::get<chain::Transfer>(intent->plan.action);
    ASSERT_EQ(transfer.recipients.size(), 1U);
    EXPECT_EQ(transfer.recipients[0].amount, money::UInt256(77));
    EXPECT_EQ(std::get<chain::EvmFeeWish>(intent->plan.fee.figure).gas_price, money::UInt256(5));
    EXPECT_EQ(intent->plan.fee_cap, money::UInt256(1000));
    EXPECT_EQ(intent->fee_estimate, money::UInt256(12));
    EXPECT_FALSE(intent->approved);
    EXPECT_EQ(intent->order.order, base::ToBytes(base::AsBytes(request.order().order())));
}

TEST_F(Orders, AFreshOrderOverTheSameParametersHasTheSameDigest) {
    const auto first = ReadTransfer(Transfer(), trust);
    order.set_approval_digest(std::string(32, 'a'));
    chain_v1::TransferRequest request;
    *request.mutable_order() = Signed();
    const auto second = ReadTransfer(request, trust);
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->parameters_digest, second->parameters_digest);
    EXPECT_TRUE(second->approved);
}

TEST_F(Orders, TheMemoMustBeTheOrders) {
    const std::string memo = "rent";
    const auto hash = crypto::Sha256(base::AsBytes(memo));
    order.set_memo_hash(hash.data(), hash.size());
    auto request = Transfer();
    EXPECT_EQ(ReadTransfer(request, trust).error().reason, "bad_order");
    request.set_memo("rant");
    EXPECT_EQ(ReadTransfer(request, trust).error().reason, "bad_order");
    request.set_memo(memo);
    ASSERT_TRUE(ReadTransfer(request, trust));
    order.clear_memo_hash();
    *request.mutable_order() = Signed();
    EXPECT_EQ(ReadTransfer(request, trust).error().reason, "bad_order");
}

TEST_F(Orders, AnotherNetworksDeploymentsOrForgedOrderIsRefused) {
    auto request = Transfer();
    auto other = trust;
    other.network = "eip155:1";
    EXPECT_FALSE(ReadTransfer(request, other));
    other = trust;
    other.deployment_id = base::UserId::Random().ToString();
    EXPECT_FALSE(ReadTransfer(request, other));
    request.mutable_order()->mutable_order()->front() ^= 1;
    EXPECT_EQ(ReadTransfer(request, trust).error().reason, "bad_order_signature");
}

TEST_F(Orders, ACancelIsNoSpeedUpAndNoPayment) {
    order.mutable_cancel()->set_tx_hash("0x" + std::string(64, 'a'));
    const auto signed_order = Signed();
    const chain_v1::FeePreference fee;
    const auto cancel = ReadReplacement({signed_order, fee, chain::AttemptKind::kCancel}, trust);
    ASSERT_TRUE(cancel) << cancel.error().detail;
    EXPECT_EQ(cancel->kind, chain::AttemptKind::kCancel);
    EXPECT_EQ(cancel->fee_cap, money::UInt256(1000));
    EXPECT_EQ(
        ReadReplacement({signed_order, fee, chain::AttemptKind::kSpeedUp}, trust).error().reason,
        "bad_order");
    chain_v1::TransferRequest request;
    *request.mutable_order() = signed_order;
    EXPECT_EQ(ReadTransfer(request, trust).error().reason, "bad_order");
}

TEST_F(Orders, AnEmptyFeeFigureIsNoFigure) {
    chain_v1::FeePreference preference;
    preference.mutable_evm();
    preference.set_speed(chain_v1::FeePreference::SPEED_FAST);
    const auto wish = ReadFee(preference);
    ASSERT_TRUE(wish);
    EXPECT_EQ(wish->speed, chain::Speed::kFast);
    EXPECT_TRUE(std::holds_alternative<std::monostate>(wish->figure));
    preference.mutable_evm()->set_gas_price("1e9");
    EXPECT_FALSE(ReadFee(preference));
}

TEST(View, APaymentIsShownWithEveryFigure) {
    transfer::Payment payment;
    payment.id = "id";
    payment.status = "replaced";
    payment.replaced_by = "0xcancel";
    payment.amount = money::UInt256(5);
    payment.nonce = 3;
    payment.attempts = {{1, "0xpay", "dead", "pay", base::Time(std::chrono::milliseconds(1'500))}};
    payment.timeline = {{"RECEIVED", "", base::Time(std::chrono::milliseconds(-1))}};
    const auto view = WriteTransfer(payment);
    EXPECT_EQ(view.status(), chain_v1::TRANSFER_STATUS_REPLACED);
    EXPECT_EQ(view.replaced_by(), "0xcancel");
    EXPECT_EQ(view.nonce(), 3U);
    EXPECT_FALSE(view.has_block_height());
    EXPECT_EQ(view.fee_paid(), "");
    EXPECT_EQ(view.attempts(0).signed_at().seconds(), 1);
    EXPECT_EQ(view.attempts(0).signed_at().nanos(), 500'000'000);
    EXPECT_EQ(view.timeline(0).at().seconds(), -1);
    EXPECT_EQ(view.timeline(0).at().nanos(), 999'000'000);
}

}  // namespace chain_host
