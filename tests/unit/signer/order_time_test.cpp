#include <gtest/gtest.h>

#include "unit/signer/signer_fixture.h"

namespace signer_test {

namespace {

class OrderTime : public SignerTest {};

TEST_F(OrderTime, AFirstSignatureNeedsALivingOrder) {
    const signer::SignTransaction request = Request(Payment(), PaymentTx());
    clock_.now += std::chrono::minutes(10) - std::chrono::milliseconds(1);
    EXPECT_EQ(Verdict(request), "signed");
    clock_.now += std::chrono::milliseconds(1);
    EXPECT_EQ(Verdict(request), "order_expired");
}

TEST_F(OrderTime, AnOrderFromTheFutureIsRefusedBeforeAnythingElse) {
    clock_.now += std::chrono::seconds(31);
    signer::SignTransaction request = Request(Payment(), PaymentTx());
    clock_.now -= std::chrono::seconds(31);
    request.unsigned_tx.clear();
    EXPECT_EQ(Verdict(request), "order_from_future");
}

TEST_F(OrderTime, ThirtySecondsAheadAreAllowed) {
    clock_.now += std::chrono::seconds(30);
    const signer::SignTransaction request = Request(Payment(), PaymentTx());
    clock_.now -= std::chrono::seconds(30);
    EXPECT_EQ(Verdict(request), "signed");
}

TEST_F(OrderTime, AClockSetBackDoesNotReviveOldOrders) {
    const signer::SignTransaction old = Request(Payment(), PaymentTx());
    clock_.now += std::chrono::minutes(11);
    ASSERT_EQ(Verdict(Payment(), PaymentTx()), "signed");
    clock_.now -= std::chrono::minutes(6);
    EXPECT_EQ(Verdict(old), "order_outdated");
}

TEST_F(OrderTime, ARefusedOrderDoesNotMoveTheIssueTime) {
    const signer::SignTransaction old = Request(Payment(), PaymentTx());
    clock_.now += std::chrono::minutes(11);
    evm::Transaction wrong = PaymentTx();
    wrong.chain_id = 1;
    ASSERT_EQ(Verdict(Payment(), wrong), "tx_mismatch");
    clock_.now -= std::chrono::minutes(6);
    EXPECT_EQ(Verdict(old), "signed");
}

}  // namespace

}  // namespace signer_test
