#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "component/wallet-manager/gate_fixture.h"
#include "evm/address.h"
#include "evm/transaction.h"

namespace wallet_test {

namespace {

using Verdict = v1::AuthoriseResponse;

class GateSign : public GateTest {
protected:
    [[nodiscard]] v1::Policy LimitOf(const std::string& per_transaction,
                                     const std::string& per_day,
                                     const std::string& approval_above) const {
        v1::Policy policy;
        auto* limit = policy.add_limits();
        limit->set_network(kNetwork);
        limit->set_per_transaction(per_transaction);
        limit->set_per_day(per_day);
        limit->set_approval_above(approval_above);
        return policy;
    }

    [[nodiscard]] base::Result<v1::SignFillResponse> Fill(std::uint64_t nonce,
                                                          std::uint64_t gwei = 2) {
        evm::Transaction transaction;
        transaction.chain_id = 31337;
        transaction.nonce = nonce;
        transaction.max_fee_per_gas = money::UInt256(gwei * 1'000'000'000);
        transaction.gas_limit = 21000;
        transaction.to = *evm::Address::Parse(wallet_.address);
        v1::SignFillRequest request;
        request.set_wallet_id(wallet_.id.ToString());
        request.set_network(kNetwork);
        request.set_unsigned_tx(base::ToText(*evm::EncodeUnsigned(transaction)));
        return gate_->SignFill(request, daemon_);
    }
};

TEST_F(GateSign, SignsAnAuthorisedOrder) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    const auto answer = AskSign(order, 0);
    ASSERT_TRUE(answer) << answer.error().detail;
    const auto read = evm::DecodeSigned(base::AsBytes(answer->signed_tx()));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from.ToString(), wallet_.address);
    EXPECT_EQ(answer->unsigned_tx(), Transaction(0));
}

TEST_F(GateSign, RefusesWithoutAuthorise) {
    EXPECT_EQ(SignVerdict(Sign(Payment()), 0), "not_authorised");
}

TEST_F(GateSign, RefusesAfterDeny) {
    SetPolicy(LimitOf("999", "", ""));
    const auto order = Sign(Payment());
    const auto verdict = Authorise(order);
    ASSERT_EQ(verdict.verdict(), Verdict::VERDICT_DENY);
    EXPECT_EQ(verdict.reason(), "policy_denied");
    EXPECT_EQ(SignVerdict(order, 0), "not_authorised");
    EXPECT_EQ(Authorise(order).verdict(), Verdict::VERDICT_DENY);
}

TEST_F(GateSign, RefusesWhileAwaitingApproval) {
    SetPolicy(LimitOf("", "", "1"));
    const auto order = Sign(Payment());
    const auto verdict = Authorise(order);
    ASSERT_EQ(verdict.verdict(), Verdict::VERDICT_NEEDS_APPROVAL);
    EXPECT_NE(verdict.approval_id(), "");
    EXPECT_EQ(SignVerdict(order, 0), "not_authorised");
}

TEST_F(GateSign, RefusesAfterVoid) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_TRUE(Void(payment.intent_id()));
    EXPECT_EQ(SignVerdict(order, 0), "voided");
    EXPECT_EQ(Authorise(order).verdict(), Verdict::VERDICT_DENY);
    EXPECT_TRUE(Void(payment.intent_id()));
}

TEST_F(GateSign, RefusesAnotherOrderOfTheSameIntent) {
    common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    payment.set_fee_cap("9999999999999999");
    const auto other = Sign(payment);
    EXPECT_EQ(SignVerdict(other, 0), "not_authorised");
    const auto verdict = Authorise(other);
    EXPECT_EQ(verdict.verdict(), Verdict::VERDICT_DENY);
    EXPECT_EQ(verdict.reason(), "order_conflict");
    EXPECT_EQ(SignVerdict(other, 0), "not_authorised");
}

TEST_F(GateSign, ATombstoneRefusesALaterAuthorise) {
    const common::Order payment = Payment();
    ASSERT_TRUE(Void(payment.intent_id()));
    const auto verdict = Authorise(Sign(payment));
    EXPECT_EQ(verdict.verdict(), Verdict::VERDICT_DENY);
    EXPECT_EQ(verdict.reason(), "voided");
}

TEST_F(GateSign, ARepeatAnswersTheStoredBytesWhateverIsAsked) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    const auto first = AskSign(order, 0);
    ASSERT_TRUE(first);
    // Another transaction, another nonce, another order of the intent, even after its expiry.
    const auto again = AskSign(order, 5, 1, 9);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->signed_tx(), first->signed_tx());
    EXPECT_EQ(again->unsigned_tx(), Transaction(0));
    const auto late =
        AskSign(SignAt(payment, base::SystemClock().Now() - std::chrono::minutes(20)), 0);
    ASSERT_TRUE(late) << late.error().detail;
    EXPECT_EQ(late->signed_tx(), first->signed_tx());
}

TEST_F(GateSign, VoidFailsOnceBytesExist) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_TRUE(AskSign(order, 0));
    EXPECT_FALSE(Void(payment.intent_id()));
}

TEST_F(GateSign, VoidAndSignExcludeEachOther) {
    for (int round = 0; round < 20; ++round) {
        const common::Order payment = Payment();
        const auto order = Sign(payment);
        ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
        const auto nonce = static_cast<std::uint64_t>(round);
        bool is_signed = false;
        bool voided = false;
        std::thread signing([&] { is_signed = AskSign(order, nonce).has_value(); });
        std::thread voiding([&] { voided = Void(payment.intent_id()); });
        signing.join();
        voiding.join();
        EXPECT_NE(is_signed, voided) << round;
    }
}

TEST_F(GateSign, ConcurrentRepeatsGetTheSameBytes) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    std::vector<std::string> bytes(8);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        threads.emplace_back([&, i] {
            // Half of them ask for another fee.
            const auto answer = AskSign(order, 0, 1, 2 + i % 2);
            bytes[i] = answer ? answer->signed_tx() : answer.error().reason;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const auto stored = AskSign(order, 0);
    ASSERT_TRUE(stored);
    for (const std::string& answer : bytes) {
        EXPECT_TRUE(answer == stored->signed_tx() || answer == "voided") << answer;
    }
}

TEST_F(GateSign, ANonceServesOnePayment) {
    const auto one = Sign(Payment());
    const auto two = Sign(Payment());
    ASSERT_EQ(Authorise(one).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_EQ(Authorise(two).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_EQ(SignVerdict(one, 0), "signed");
    EXPECT_EQ(SignVerdict(two, 0), "nonce_taken");
    EXPECT_EQ(SignVerdict(two, 1), "signed");
}

TEST_F(GateSign, AnUnsignedAttemptKeepsItsNonceUntilVoid) {
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    // The fee is above the order's cap: the signer refuses, the record stays without bytes.
    const auto refused = AskSign(order, 3, 1, 1000);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "fee_cap_exceeded");
    EXPECT_EQ(SignVerdict(order, 4), "slot_mismatch");
    ASSERT_TRUE(Void(payment.intent_id()));
    const auto next = Sign(Payment());
    ASSERT_EQ(Authorise(next).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(SignVerdict(next, 3), "signed");
}

TEST_F(GateSign, ANonceFarAboveTheLowestUnsignedIsRefused) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(SignVerdict(order, 257), "nonce_too_far");
    EXPECT_EQ(SignVerdict(order, 256), "signed");
    const auto next = Sign(Payment());
    ASSERT_EQ(Authorise(next).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(SignVerdict(next, 257), "nonce_too_far");
}

TEST_F(GateSign, ABumpKeepsTheNonceAndTheOrder) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_TRUE(AskSign(order, 0));
    EXPECT_EQ(AskSign(order, 1, 2, 4).error().reason, "slot_mismatch");
    // The daemon gave one up before it asked: its number stays free.
    const auto bump = AskSign(order, 0, 3, 4);
    ASSERT_TRUE(bump) << bump.error().detail;
    EXPECT_EQ(evm::DecodeSigned(base::AsBytes(bump->signed_tx()))->transaction.nonce, 0U);
}

TEST_F(GateSign, ABumpNeedsAFirstAttempt) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(AskSign(order, 0, 2, 4).error().reason, "attempt_mismatch");
}

TEST_F(GateSign, AnOrderIsSignedSixTimesAtMost) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    for (std::uint32_t attempt = 1; attempt <= 6; ++attempt) {
        ASSERT_TRUE(AskSign(order, 0, attempt, 2 + attempt)) << attempt;
    }
    EXPECT_EQ(AskSign(order, 0, 7, 20).error().reason, "too_many_attempts");
}

TEST_F(GateSign, ASpeedUpHasAnOrderAndAnAuthoriseOfItsOwn) {
    common::Order payment = Payment();
    const auto first = Sign(payment);
    payment.mutable_speed_up()->set_tx_hash("0x01");
    payment.set_fee_cap("20000000000000000");
    const auto speed_up = Sign(payment);
    ASSERT_EQ(Authorise(first).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Authorise(speed_up).reason(), "not_signed_yet");
}

TEST_F(GateSign, ACancelPaysNobodyUnderItsOwnOrder) {
    common::Order payment = Payment();
    const auto first = Sign(payment);
    ASSERT_EQ(Authorise(first).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_TRUE(AskSign(first, 0));
    payment.mutable_cancel()->set_tx_hash("0x01");
    const auto cancel = Sign(payment);
    evm::Transaction nothing;
    nothing.chain_id = 31337;
    nothing.max_fee_per_gas = money::UInt256(9'000'000'000);
    nothing.gas_limit = 21000;
    nothing.to = *evm::Address::Parse(wallet_.address);
    v1::SignRequest request;
    *request.mutable_order() = cancel;
    *request.mutable_first_order() = first;
    request.set_attempt(2);
    request.set_unsigned_tx(base::ToText(*evm::EncodeUnsigned(nothing)));
    EXPECT_EQ(gate_->Sign(request, daemon_).error().reason, "not_authorised");
    ASSERT_EQ(Authorise(cancel).verdict(), Verdict::VERDICT_ALLOW);
    const auto answer = gate_->Sign(request, daemon_);
    ASSERT_TRUE(answer) << answer.error().detail;
    request.set_attempt(3);
    request.set_unsigned_tx(Transaction(0, 12));
    EXPECT_EQ(gate_->Sign(request, daemon_).error().reason, "tx_mismatch");
}

TEST_F(GateSign, NothingIsSignedDuringAPause) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    stack_.postgres.Sql("INSERT INTO pauses VALUES ('wallet', '" + wallet_.id.ToString() +
                        "', 'testing')");
    const auto refused = AskSign(order, 0);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "paused");
    EXPECT_TRUE(base::IsRetryable(refused.error().kind));
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_WAIT);
    stack_.postgres.Sql("DELETE FROM pauses");
    EXPECT_EQ(SignVerdict(order, 0), "signed");
}

TEST_F(GateSign, AFillClosesAGapBelowASignedNonceAlsoDuringAPause) {
    EXPECT_EQ(Fill(0).error().reason, "no_gap");
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_EQ(SignVerdict(order, 1), "signed");
    EXPECT_EQ(Fill(1).error().reason, "no_gap");
    stack_.postgres.Sql("INSERT INTO pauses VALUES ('wallet', '" + wallet_.id.ToString() +
                        "', 'testing')");
    const auto fill = Fill(0);
    stack_.postgres.Sql("DELETE FROM pauses");
    ASSERT_TRUE(fill) << fill.error().detail;
    EXPECT_EQ(Fill(0)->signed_tx(), fill->signed_tx());
    const auto read = evm::DecodeSigned(base::AsBytes(fill->signed_tx()));
    EXPECT_EQ(read->transaction.to->ToString(), wallet_.address);
    const auto late = Sign(Payment());
    ASSERT_EQ(Authorise(late).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(SignVerdict(late, 0), "nonce_taken");
}

TEST_F(GateSign, FillsAreLimitedToTwentyAnHour) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_EQ(SignVerdict(order, 100), "signed");
    for (std::uint64_t nonce = 0; nonce < 20; ++nonce) {
        ASSERT_TRUE(Fill(nonce)) << nonce;
    }
    EXPECT_EQ(Fill(20).error().reason, "rate_limited");
}

TEST_F(GateSign, AnotherDaemonsCallerIsRefused) {
    daemon_.caller = "binance-service";
    v1::AuthoriseRequest request;
    *request.mutable_order() = Sign(Payment());
    request.set_amount("1000");
    EXPECT_EQ(gate_->Authorise(request, daemon_).error().reason, "bad_order");
    v1::VoidRequest voiding;
    voiding.set_intent_id(base::IntentId::Random().ToString());
    voiding.set_network(kNetwork);
    EXPECT_EQ(gate_->Void(voiding, daemon_).error().reason, "caller_not_allowed");
    daemon_.caller = "api-gateway";
    EXPECT_EQ(gate_->Void(voiding, daemon_).error().reason, "caller_not_allowed");
}

TEST_F(GateSign, EventsOfTheWalletFormAChain) {
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_EQ(SignVerdict(order, 0), "signed");
    const std::string id = wallet_.id.ToString();
    EXPECT_EQ(stack_.postgres.Sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM wallet_events "
                                  "WHERE wallet_id = '" +
                                  id + "'"),
              "wallet_created signed");
    EXPECT_EQ(stack_.postgres.Sql("SELECT wallet_chain_fault('" + id + "') IS NULL"), "t");
}

}  // namespace

}  // namespace wallet_test
