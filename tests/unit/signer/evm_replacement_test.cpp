// Later attempts: bumps, speed-ups, cancels; and fills.
#include <gtest/gtest.h>
#include <string>

#include "evm/address.h"
#include "unit/signer/signer_fixture.h"

namespace signer_test {

namespace {

namespace common = platform::common::v1;

using evm::Address;

class EvmReplacement : public SignerTest {
protected:
    void SetUp() override {
        SignerTest::SetUp();
        first_order_ = Sign(Payment());
        const auto first = Ask(Request(Payment(), PaymentTx()));
        ASSERT_TRUE(first);
        first_tx_ = first->signed_tx;
    }

    [[nodiscard]] evm::Transaction Bumped() const {
        evm::Transaction transaction = PaymentTx();
        transaction.max_fee_per_gas = Gwei(40);
        transaction.max_priority_fee_per_gas = Gwei(2);
        return transaction;
    }

    [[nodiscard]] signer::SignTransaction Bump(const evm::Transaction& transaction) const {
        signer::SignTransaction request = Request(Payment(), transaction);
        request.order = first_order_;
        request.first_signed_tx = first_tx_;
        return request;
    }

    [[nodiscard]] common::Order SpeedUp() const {
        common::Order order = Payment();
        order.mutable_speed_up()->set_tx_hash("0x01");
        return order;
    }

    [[nodiscard]] common::Order Cancel() const {
        common::Order order = Payment();
        order.mutable_cancel()->set_tx_hash("0x01");
        return order;
    }

    [[nodiscard]] evm::Transaction CancelTx() const {
        evm::Transaction transaction = Bumped();
        transaction.to = *Address::Parse(key_.address);
        transaction.value = money::UInt256();
        return transaction;
    }

    [[nodiscard]] signer::SignTransaction Replace(const common::Order& order,
                                                  const evm::Transaction& transaction) const {
        signer::SignTransaction request = Request(order, transaction);
        request.first_order = first_order_;
        request.first_signed_tx = first_tx_;
        return request;
    }

    signer::OrderBytes first_order_;
    base::Bytes first_tx_;
};

TEST_F(EvmReplacement, ABumpKeepsNonceAndPaymentAndOutlivesItsOrder) {
    clock_.now += std::chrono::hours(5);
    EXPECT_EQ(Verdict(Bump(Bumped())), "signed");
}

TEST_F(EvmReplacement, ABumpWithAnotherNonceIsASecondPayment) {
    evm::Transaction transaction = Bumped();
    transaction.nonce = 8;
    EXPECT_EQ(Verdict(Bump(transaction)), "nonce_mismatch");
}

TEST_F(EvmReplacement, ABumpStaysInsideTheOrdersCap) {
    evm::Transaction transaction = Bumped();
    transaction.max_fee_per_gas = Gwei(477);  // x 21000 > 0.01 ETH
    EXPECT_EQ(Verdict(Bump(transaction)), "fee_cap_exceeded");
}

TEST_F(EvmReplacement, ABumpPaysTheSameRecipientTheSameAmount) {
    evm::Transaction transaction = Bumped();
    transaction.to = *Address::Parse(kStranger);
    EXPECT_EQ(Verdict(Bump(transaction)), "tx_mismatch");
    transaction = Bumped();
    transaction.value = money::UInt256(1);
    EXPECT_EQ(Verdict(Bump(transaction)), "tx_mismatch");
}

TEST_F(EvmReplacement, FirstBytesMustBeOursAndOfThisOrder) {
    signer::SignTransaction request = Bump(Bumped());
    request.first_signed_tx =
        evm::SignTransaction(PaymentTx(), secret::Bytes::Copy(base::Bytes(32, 9)))->raw;
    EXPECT_EQ(Verdict(request), "first_attempt_mismatch");

    common::Order other = Payment();
    other.mutable_transfer()->mutable_recipients(0)->set_amount("5");
    evm::Transaction other_tx = PaymentTx();
    other_tx.value = money::UInt256(5);
    const auto other_signed = Ask(Request(other, other_tx));
    ASSERT_TRUE(other_signed);
    request.first_signed_tx = other_signed->signed_tx;
    EXPECT_EQ(Verdict(request), "first_attempt_mismatch");

    request.first_signed_tx = {1, 2, 3};
    EXPECT_NE(Verdict(request), "signed");
}

TEST_F(EvmReplacement, ASpeedUpHasItsOwnCap) {
    common::Order order = SpeedUp();
    order.set_fee_cap("20000000000000000");
    evm::Transaction transaction = Bumped();
    transaction.max_fee_per_gas = Gwei(900);
    EXPECT_EQ(Verdict(Replace(order, transaction)), "signed");
    order.set_fee_cap("10000000000000000");
    EXPECT_EQ(Verdict(Replace(order, transaction)), "fee_cap_exceeded");
}

TEST_F(EvmReplacement, ASpeedUpStillPaysThePayment) {
    EXPECT_EQ(Verdict(Replace(SpeedUp(), CancelTx())), "tx_mismatch");
}

TEST_F(EvmReplacement, ACancelPaysNobody) {
    EXPECT_EQ(Verdict(Replace(Cancel(), CancelTx())), "signed");
    EXPECT_EQ(Verdict(Replace(Cancel(), Bumped())), "tx_mismatch");
    evm::Transaction transaction = CancelTx();
    transaction.value = money::UInt256(1);
    EXPECT_EQ(Verdict(Replace(Cancel(), transaction)), "tx_mismatch");
    transaction = CancelTx();
    transaction.data = {1};
    EXPECT_EQ(Verdict(Replace(Cancel(), transaction)), "tx_mismatch");
    transaction = CancelTx();
    transaction.nonce = 8;
    EXPECT_EQ(Verdict(Replace(Cancel(), transaction)), "nonce_mismatch");
}

TEST_F(EvmReplacement, AReplacementNeedsTheFirstAttemptAndTheFirstOrder) {
    signer::SignTransaction request = Replace(Cancel(), CancelTx());
    request.first_signed_tx.clear();
    EXPECT_EQ(Verdict(request), "first_attempt_mismatch");
    request = Replace(Cancel(), CancelTx());
    request.first_order = {};
    EXPECT_EQ(Verdict(request), "order_mismatch");
    request = Replace(Payment(), Bumped());
    EXPECT_EQ(Verdict(request), "order_mismatch");
}

TEST_F(EvmReplacement, ASpeedUpOfAnotherIntentIsRefused) {
    common::Order order = SpeedUp();
    order.set_intent_id("11111111-1f3e-4c58-a1f0-7e6d5c4b3a29");
    EXPECT_EQ(Verdict(Replace(order, Bumped())), "order_mismatch");
}

TEST_F(EvmReplacement, ACancelCannotBeTheFirstOrder) {
    signer::SignTransaction request = Replace(SpeedUp(), Bumped());
    request.first_order = Sign(Cancel());
    EXPECT_EQ(Verdict(request), "unsupported_action");
}

TEST_F(EvmReplacement, AllGivesUpExactlyWhatTheFeeTakes) {
    common::Order all = Payment();
    all.mutable_transfer()->set_mode(common::TRANSFER_MODE_ALL);
    all.mutable_transfer()->mutable_recipients(0)->clear_amount();
    signer::SignTransaction first = Request(all, PaymentTx());
    first.amount_max = "1000000000000000000";
    const auto signed_first = Ask(first);
    ASSERT_TRUE(signed_first);
    evm::Transaction transaction = Bumped();
    transaction.value = Units("999580000000000000");  // 20 gwei x 21000 less
    signer::SignTransaction later = Request(all, transaction);
    later.first_signed_tx = signed_first->signed_tx;
    EXPECT_EQ(Verdict(later), "signed");
    transaction.value = Units("999580000000000001");
    later.unsigned_tx = *evm::EncodeUnsigned(transaction);
    EXPECT_EQ(Verdict(later), "tx_mismatch");
}

class EvmFill : public EvmReplacement {
protected:
    [[nodiscard]] std::string Fill(const evm::Transaction& transaction) {
        const auto answer =
            Get<signer::SignedBytes>(signer::SignFill{key_, *evm::EncodeUnsigned(transaction)});
        return answer ? "signed" : answer.error().reason;
    }
};

TEST_F(EvmFill, IsZeroToSelfAndNeedsNoOrder) {
    EXPECT_EQ(Fill(CancelTx()), "signed");
}

TEST_F(EvmFill, MovesNothing) {
    EXPECT_EQ(Fill(PaymentTx()), "tx_mismatch");
    evm::Transaction transaction = CancelTx();
    transaction.value = money::UInt256(1);
    EXPECT_EQ(Fill(transaction), "tx_mismatch");
    transaction = CancelTx();
    transaction.data = {0};
    EXPECT_EQ(Fill(transaction), "tx_mismatch");
    transaction = CancelTx();
    transaction.chain_id = 1;
    EXPECT_EQ(Fill(transaction), "tx_mismatch");
    transaction = CancelTx();
    transaction.gas_limit = 30'000'000;
    EXPECT_EQ(Fill(transaction), "fee_cap_exceeded");
}

}  // namespace

}  // namespace signer_test
