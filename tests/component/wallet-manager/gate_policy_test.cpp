#include <atomic>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "auth/order.h"
#include "component/wallet-manager/gate_fixture.h"

namespace wallet_test {

namespace {

using Verdict = v1::AuthoriseResponse;

class GatePolicy : public GateTest {
protected:
    [[nodiscard]] static v1::Policy Daily(const std::string& limit) {
        v1::Policy policy;
        auto* entry = policy.add_limits();
        entry->set_network(kNetwork);
        entry->set_per_day(limit);
        return policy;
    }

    [[nodiscard]] static v1::Policy AskAlways() {
        v1::Policy policy;
        policy.set_require_approval(true);
        return policy;
    }

    [[nodiscard]] base::Result<v1::DecideApprovalResponse> Decide(const std::string& approval,
                                                                  const std::string& digest,
                                                                  bool approve) {
        v1::DecideApprovalRequest request;
        request.set_user_id(user_.ToString());
        request.set_approval_id(approval);
        request.set_digest(digest);
        request.set_approve(approve);
        return wallets_->DecideApproval(request, UserContext(user_));
    }

    // As if it had been authorised that long ago.
    void Age(const common::Order& payment, const std::string& age) {
        stack_.postgres.Sql("UPDATE spend_reservations SET reserved_at = now() - INTERVAL '" + age +
                            "' WHERE intent_id = '" + payment.intent_id() + "'");
    }

    [[nodiscard]] static std::string DigestOf(const common::Order& order) {
        common::Order full;
        full = order;
        full.set_domain("platform.order");
        full.set_version(1);
        return base::ToText(auth::ApprovalDigest(full));
    }
};

TEST_F(GatePolicy, ConcurrentPaymentsTogetherStayInsideTheWindow) {
    SetPolicy(Daily("5000"));
    std::vector<common::SignedOrder> orders;
    for (int i = 0; i < 16; ++i) {
        orders.push_back(Sign(Payment()));
    }
    std::atomic<int> allowed = 0;
    std::vector<std::thread> threads;
    for (const auto& order : orders) {
        threads.emplace_back(
            [&] { allowed += Authorise(order).verdict() == Verdict::VERDICT_ALLOW ? 1 : 0; });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(allowed, 5);
}

TEST_F(GatePolicy, AnAuthorisedPaymentIsCountedOnce) {
    SetPolicy(Daily("1500"));
    const auto order = Sign(Payment());
    EXPECT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Authorise(order).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_DENY);
}

TEST_F(GatePolicy, WhatNeverLeftGivesTheWindowBack) {
    SetPolicy(Daily("1000"));
    common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    ASSERT_TRUE(Void(payment.intent_id()));
    payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Report(payment.intent_id(), "REVERTED"), "");
    payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Report(payment.intent_id(), "FINAL"), "");
    EXPECT_EQ(Report(payment.intent_id(), "CANCELLED"), "");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_DENY);
}

TEST_F(GatePolicy, TheWindowRollsOnAfterADay) {
    SetPolicy(Daily("1000"));
    const common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    Age(payment, "25 hours");
    // Not settled yet: it may still leave.
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_DENY);
    EXPECT_EQ(Report(payment.intent_id(), "FINAL"), "");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_ALLOW);
}

TEST_F(GatePolicy, TheWindowBeginsWithinAnHour) {
    SetPolicy(Daily("1000"));
    const common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Report(payment.intent_id(), "FINAL"), "");
    for (const char* age : {"10 hours", "23 hours", "23 hours 30 minutes", "23 hours 59 minutes"}) {
        Age(payment, age);
        EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_DENY) << age;
    }
    Age(payment, "24 hours 1 second");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_ALLOW);
}

TEST_F(GatePolicy, TheSumsOfTheHoursAreThoseOfTheirPayments) {
    SetPolicy(Daily("100000"));
    for (int hours = 0; hours < 6; ++hours) {
        const common::Order payment = Payment();
        ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
        Age(payment, std::to_string(hours / 2) + " hours");
        if (hours % 3 == 0) {
            ASSERT_TRUE(Void(payment.intent_id()));
        }
    }
    EXPECT_EQ(
        stack_.postgres.Sql("SELECT count(*) FROM spend_hours h FULL JOIN "
                            "(SELECT user_id, network, contract, hour_of(reserved_at) AS hour, "
                            "sum(amount) AS amount FROM spend_reservations WHERE counts "
                            "GROUP BY 1, 2, 3, 4) r USING (user_id, network, contract, hour) "
                            "WHERE coalesce(h.amount, 0) <> coalesce(r.amount, 0)"),
        "0");
    EXPECT_EQ(stack_.postgres.Sql("SELECT sum(amount) FROM spend_hours WHERE user_id = '" +
                                  user_.ToString() + "'"),
              "4000");
}

TEST_F(GatePolicy, AnOutcomeIsTakenFromItsOwnDaemonAlone) {
    const common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    daemon_.caller = "binance-service";
    EXPECT_EQ(Report(payment.intent_id(), "EXPIRED"), "");
    EXPECT_EQ(stack_.postgres.Sql("SELECT outcome IS NULL FROM gate_intents WHERE intent_id = '" +
                                  payment.intent_id() + "'"),
              "t");
    daemon_.caller = "ethereum-service";
    EXPECT_EQ(Report(payment.intent_id(), "NONSENSE"), "bad_state");
}

TEST_F(GatePolicy, AConflictPausesTheWalletUntilItsOwnerResumesIt) {
    const common::Order payment = Payment();
    ASSERT_EQ(Authorise(Sign(payment)).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Report(payment.intent_id(), "CONFLICTED"), "");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_WAIT);
    v1::ResumeRequest resume;
    resume.set_user_id(user_.ToString());
    resume.set_wallet_id(wallet_.id.ToString());
    resume.mutable_proof()->set_password("wrong password");
    EXPECT_EQ(wallets_->Resume(resume, UserContext(user_)).error().reason, "bad_credentials");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_WAIT);
    *resume.mutable_proof() = Proof();
    ASSERT_TRUE(wallets_->Resume(resume, UserContext(user_)));
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_ALLOW);
}

TEST_F(GatePolicy, ApprovalOfExactlyThisPaymentLetsAFreshOrderPass) {
    SetPolicy(AskAlways());
    common::Order payment = Payment();
    const auto asked = Authorise(Sign(payment));
    ASSERT_EQ(asked.verdict(), Verdict::VERDICT_NEEDS_APPROVAL);
    EXPECT_EQ(Decide(asked.approval_id(), std::string(32, 'x'), true).error().reason,
              "plan_changed");
    const auto decided = Decide(asked.approval_id(), DigestOf(payment), true);
    ASSERT_TRUE(decided) << decided.error().reason;
    EXPECT_EQ(decided->approval().state(), "approved");
    EXPECT_EQ(Decide(asked.approval_id(), DigestOf(payment), true).error().reason,
              "already_decided");

    common::Order changed = payment;
    changed.mutable_transfer()->mutable_recipients(0)->set_amount("2000");
    changed.set_approval_digest(DigestOf(payment));
    EXPECT_EQ(Authorise(Sign(changed), "2000").reason(), "approval_mismatch");

    payment.set_approval_digest(DigestOf(payment));
    const auto fresh = Sign(payment);
    ASSERT_EQ(Authorise(fresh).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(SignVerdict(fresh, 0), "signed");
}

TEST_F(GatePolicy, ADigestNobodyApprovedIsRefused) {
    SetPolicy(AskAlways());
    common::Order payment = Payment();
    payment.set_approval_digest(DigestOf(payment));
    EXPECT_EQ(Authorise(Sign(payment)).reason(), "approval_mismatch");
    common::Order waiting = Payment();
    ASSERT_EQ(Authorise(Sign(waiting)).verdict(), Verdict::VERDICT_NEEDS_APPROVAL);
    waiting.set_approval_digest(DigestOf(waiting));
    EXPECT_EQ(Authorise(Sign(waiting)).reason(), "approval_mismatch");
}

TEST_F(GatePolicy, ADeniedPaymentStaysDenied) {
    SetPolicy(AskAlways());
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    const auto asked = Authorise(order);
    ASSERT_TRUE(Decide(asked.approval_id(), DigestOf(payment), false));
    EXPECT_EQ(Authorise(order).reason(), "approval_denied");
    EXPECT_EQ(SignVerdict(order, 0), "not_authorised");
}

TEST_F(GatePolicy, AnApprovalExpiresAfterTenMinutes) {
    SetPolicy(AskAlways());
    const common::Order payment = Payment();
    const auto order = Sign(payment);
    const auto asked = Authorise(order);
    stack_.postgres.Sql("UPDATE approvals SET expires_at = now() WHERE id = '" +
                        asked.approval_id() + "'");
    EXPECT_EQ(Decide(asked.approval_id(), DigestOf(payment), true).error().reason, "expired");
    EXPECT_EQ(Authorise(order).reason(), "approval_expired");
}

TEST_F(GatePolicy, AKeyCannotApprove) {
    SetPolicy(AskAlways());
    const common::Order payment = Payment();
    const auto asked = Authorise(Sign(payment));
    v1::DecideApprovalRequest request;
    request.set_user_id(user_.ToString());
    request.set_approval_id(asked.approval_id());
    request.set_digest(DigestOf(payment));
    request.set_approve(true);
    rpc::Context context = UserContext(user_);
    context.user->caller = "api_key:1";
    EXPECT_EQ(wallets_->DecideApproval(request, context).error().reason, "session_required");
    const base::UserId other = NewUser();
    request.set_user_id(other.ToString());
    EXPECT_EQ(wallets_->DecideApproval(request, UserContext(other)).error().reason,
              "unknown_approval");
}

TEST_F(GatePolicy, LooseningWaitsADayAndNeedsThePassword) {
    SetPolicy(Daily("1000"));
    v1::SetPolicyRequest request;
    request.set_user_id(user_.ToString());
    *request.mutable_policy() = Daily("9000");
    EXPECT_EQ(wallets_->SetPolicy(request, UserContext(user_)).error().reason, "proof_required");
    *request.mutable_proof() = Proof();
    const auto answer = wallets_->SetPolicy(request, UserContext(user_));
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->policy().limits(0).per_day(), "1000");
    EXPECT_EQ(answer->pending().limits(0).per_day(), "9000");
    ASSERT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_ALLOW);
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_DENY);
    stack_.postgres.Sql("UPDATE policies SET pending_at = now() WHERE user_id = '" +
                        user_.ToString() + "'");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), Verdict::VERDICT_ALLOW);
}

TEST_F(GatePolicy, AnExpiredOrderIsDenied) {
    const auto order = SignAt(Payment(), base::SystemClock().Now() - std::chrono::minutes(11));
    EXPECT_EQ(Authorise(order).reason(), "order_expired");
}

TEST_F(GatePolicy, AnOrderForAnotherWalletsAddressIsDenied) {
    common::Order payment = Payment();
    payment.set_from(kStranger);
    EXPECT_EQ(Authorise(Sign(payment)).reason(), "unknown_wallet");
    payment = Payment();
    payment.set_wallet_id(base::WalletId::Random().ToString());
    EXPECT_EQ(Authorise(Sign(payment)).reason(), "unknown_wallet");
}

}  // namespace

}  // namespace wallet_test
