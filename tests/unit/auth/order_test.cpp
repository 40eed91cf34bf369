#include <gtest/gtest.h>

#include "unit/auth/order_fixture.h"

namespace {

using std::literals::chrono_literals::operator""min;
using std::literals::chrono_literals::operator""ms;
using std::literals::chrono_literals::operator""s;
using auth_test::kNow;
using auth_test::Seed;
using auth_test::TransferOrder;
using auth_test::Trust;
namespace common = platform::common::v1;

TEST(Order, SignedOrderVerifiesAndCarriesTimes) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow + 250ms, Seed(7));
    ASSERT_TRUE(sealed.has_value());
    const auto order = auth::VerifyOrder(*sealed, Trust());
    ASSERT_TRUE(order.has_value());
    EXPECT_EQ(order->domain(), "platform.order");
    EXPECT_EQ(auth::IssuedAt(*order), kNow + 250ms);
    EXPECT_EQ(auth::ExpiresAt(*order), kNow + 250ms + 10min);
    EXPECT_EQ(order->transfer().recipients(0).amount(), "100000000000000000");
}

TEST(Order, EveryChangedBitIsRefused) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow, Seed(7));
    ASSERT_TRUE(sealed.has_value());
    for (std::size_t index = 0; index < sealed->order().size(); ++index) {
        common::SignedOrder changed = *sealed;
        (*changed.mutable_order())[index] = static_cast<char>(changed.order()[index] ^ 1);
        const auto order = auth::VerifyOrder(changed, Trust());
        ASSERT_FALSE(order.has_value()) << index;
        EXPECT_EQ(order.error().reason, "bad_order_signature");
        EXPECT_EQ(order.error().kind, base::ErrorKind::kPermissionDenied);
    }
}

TEST(Order, OtherKeysAndShortSignaturesAreRefused) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow, Seed(8));
    ASSERT_TRUE(sealed.has_value());
    EXPECT_EQ(auth::VerifyOrder(*sealed, Trust()).error().reason, "bad_order_signature");
    common::SignedOrder cut = *sealed;
    cut.mutable_signature()->pop_back();
    EXPECT_EQ(auth::VerifyOrder(cut, Trust()).error().reason, "bad_order_signature");
    EXPECT_EQ(auth::VerifyOrder({}, Trust()).error().reason, "bad_order_signature");
}

TEST(Order, SignedGarbageIsRefused) {
    common::SignedOrder sealed;
    sealed.set_order("\xff\xff\xff");
    sealed.set_signature(
        base::ToText(*crypto::Ed25519Sign(Seed(7), base::AsBytes(sealed.order()))));
    EXPECT_EQ(auth::VerifyOrder(sealed, Trust()).error().reason, "bad_order");
}

TEST(Order, AnotherInstallationOrNetworkIsRefused) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow, Seed(7));
    ASSERT_TRUE(sealed.has_value());
    auth::OrderTrust trust = Trust();
    trust.network = "eip155:1";
    EXPECT_EQ(auth::VerifyOrder(*sealed, trust).error().reason, "bad_order");
    const std::vector<std::string> networks{"eip155:1", auth_test::kNetwork};
    EXPECT_TRUE(auth::VerifyOrder(*sealed, trust, networks).has_value());
    EXPECT_FALSE(auth::VerifyOrder(*sealed, Trust(), {}).has_value());
    trust = Trust();
    trust.deployment_id = "6d1f0c1e-8a55-4f5c-9f42-0f5b7a7b1c11";
    EXPECT_EQ(auth::VerifyOrder(*sealed, trust).error().reason, "bad_order");
}

TEST(Order, TimeChecksHaveExactEdges) {
    const auto sealed = auth::SignOrder(TransferOrder(), kNow, Seed(7));
    ASSERT_TRUE(sealed.has_value());
    const auto order = auth::VerifyOrder(*sealed, Trust());
    ASSERT_TRUE(order.has_value());
    EXPECT_TRUE(auth::CheckNotExpired(*order, kNow + 10min - 1ms).has_value());
    EXPECT_EQ(auth::CheckNotExpired(*order, kNow + 10min).error().reason, "order_expired");
    EXPECT_TRUE(auth::CheckNotFuture(*order, kNow - 30s).has_value());
    EXPECT_EQ(auth::CheckNotFuture(*order, kNow - 30s - 1ms).error().reason, "order_from_future");
}

TEST(Order, SigningRefusesWhatVerifyingWouldRefuse) {
    common::Order order = TransferOrder();
    order.clear_user_id();
    EXPECT_EQ(auth::SignOrder(order, kNow, Seed(7)).error().reason, "bad_order");
    EXPECT_EQ(auth::SignOrder(TransferOrder(), kNow, secret::Bytes(31)).error().reason,
              "bad_private_key");
}

TEST(Order, ApprovalDigestIgnoresTimesAndTheApprovalAlone) {
    common::Order order = TransferOrder();
    const crypto::Hash256 digest = auth::ApprovalDigest(order);
    order.mutable_issued_at()->set_seconds(5);
    order.mutable_expires_at()->set_seconds(6);
    order.set_approval_digest(std::string(32, 'd'));
    EXPECT_EQ(auth::ApprovalDigest(order), digest);
    order.mutable_transfer()->mutable_recipients(0)->set_amount("100000000000000001");
    EXPECT_NE(auth::ApprovalDigest(order), digest);
    order = TransferOrder();
    order.set_fee_cap("63000000000001");
    EXPECT_NE(auth::ApprovalDigest(order), digest);
}

TEST(Order, DigestIsSha256OfTheBytes) {
    EXPECT_EQ(auth::OrderDigest("abc"), crypto::Sha256(base::AsBytes("abc")));
}

}  // namespace
