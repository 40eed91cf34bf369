// A database that was taken back: noticed, accepted, closed.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <thread>

#include "component/wallet-manager/gate_fixture.h"
#include "wallet-manager/incarnation.h"

namespace wallet_test {

namespace {

using wallet_manager::Incarnation;

class Restore : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        stack_.postgres.Sql(
            "DELETE FROM restores; DELETE FROM incarnations WHERE replica = 'replica'");
        admin_ = NewUser();
        stack_.postgres.Sql("UPDATE users SET role = 'admin' WHERE id = '" + admin_.ToString() +
                            "'");
    }

    void TearDown() override { stack_.postgres.Sql("DELETE FROM restores"); }

    [[nodiscard]] base::Result<Incarnation> Open() {
        return Incarnation::Open(*stack_.pool, {folder_.path(), "replica"});
    }

    [[nodiscard]] static std::string ReasonOf(const base::Result<>& result) {
        return result ? "" : result.error().reason;
    }

    [[nodiscard]] std::string Accept() {
        v1::AcceptRestoreRequest request;
        request.set_admin_id(admin_.ToString());
        *request.mutable_proof() = Proof();
        const auto answer = wallets_->AcceptRestore(request, UserContext(admin_));
        return answer ? "" : answer.error().reason;
    }

    [[nodiscard]] std::string Close() {
        v1::CloseRestoreRequest request;
        request.set_admin_id(admin_.ToString());
        *request.mutable_proof() = Proof();
        const auto answer = wallets_->CloseRestore(request, UserContext(admin_));
        return answer ? "" : answer.error().reason;
    }

    void TakeBack() {
        stack_.postgres.Sql(
            "UPDATE incarnations SET counter = counter - 1 WHERE replica = 'replica'");
    }

    support::TempDir folder_;
    base::UserId admin_;
};

TEST_F(Restore, ALivingDatabaseStaysOpen) {
    for (int start = 0; start < 3; ++start) {
        auto incarnation = Open();
        ASSERT_TRUE(incarnation) << incarnation.error().detail;
        EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "");
        EXPECT_EQ(ReasonOf(incarnation->CountSignature()), "");
        EXPECT_FALSE(incarnation->orders_valid_from());
    }
    EXPECT_EQ(stack_.postgres.Sql("SELECT count(*) FROM restores"), "0");
    EXPECT_EQ(Accept(), "no_restore");
    EXPECT_EQ(Close(), "no_restore");
}

TEST_F(Restore, AnOlderDatabaseSignsNothingUntilItIsAccepted) {
    ASSERT_TRUE(Open());
    TakeBack();
    auto incarnation = Open();
    ASSERT_TRUE(incarnation);
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "restored");
    EXPECT_EQ(ReasonOf(incarnation->CountSignature()), "restored");
    EXPECT_EQ(Close(), "no_restore") << "it comes second";
    EXPECT_EQ(Accept(), "");
    EXPECT_EQ(Accept(), "no_restore");
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "");
    EXPECT_EQ(ReasonOf(incarnation->CountSignature()), "");
    EXPECT_TRUE(incarnation->orders_valid_from());
    EXPECT_TRUE(Open()->orders_valid_from()) << "at every later start too";
    EXPECT_EQ(Close(), "");
    EXPECT_EQ(stack_.postgres.Sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM "
                                  "identity_events WHERE user_id = '" +
                                  admin_.ToString() + "'"),
              "restore_accepted restore_closed");
}

TEST_F(Restore, WhoWasAskedBeforeIsNotAskedOn) {
    v1::Policy policy;
    policy.set_require_approval(true);
    SetPolicy(policy);
    const auto order = Sign(Payment());
    ASSERT_EQ(Authorise(order).verdict(), v1::AuthoriseResponse::VERDICT_NEEDS_APPROVAL);
    ASSERT_TRUE(Open());
    TakeBack();
    ASSERT_TRUE(Open());
    EXPECT_EQ(Accept(), "");
    EXPECT_EQ(Authorise(order).reason(), "approval_expired");
}

TEST_F(Restore, OnlyWhatWasSignedBeforeIsStillAnswered) {
    const auto made = Sign(Payment());
    const auto unsigned_yet = Sign(Payment());
    ASSERT_EQ(Authorise(made).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    ASSERT_EQ(Authorise(unsigned_yet).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
    const auto first = AskSign(made, 0);
    ASSERT_TRUE(first) << first.error().detail;
    ASSERT_TRUE(Open());
    TakeBack();
    auto incarnation = Open();
    ASSERT_TRUE(incarnation);
    gate_ = MakeGate(*incarnation);
    EXPECT_EQ(SignVerdict(made, 0), "restored") << "not before it is accepted";
    EXPECT_EQ(Accept(), "");
    const auto again = AskSign(made, 0);
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->signed_tx(), first->signed_tx());
    EXPECT_EQ(SignVerdict(unsigned_yet, 1), "restored");
    EXPECT_EQ(Authorise(Sign(Payment())).verdict(), v1::AuthoriseResponse::VERDICT_ALLOW);
}

TEST_F(Restore, ADatabaseThatGoesBackWhileRunningIsNoticedAtTheNextSignature) {
    auto incarnation = Open();
    ASSERT_TRUE(incarnation);
    TakeBack();
    std::this_thread::sleep_for(std::chrono::milliseconds(1'100));
    EXPECT_EQ(ReasonOf(incarnation->CountSignature()), "restored");
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "restored");
    EXPECT_EQ(Accept(), "");
    EXPECT_EQ(ReasonOf(incarnation->CountSignature()), "");
}

TEST_F(Restore, ADumpFromBetweenTwoSignaturesIsNoticed) {
    {
        auto incarnation = Open();
        ASSERT_TRUE(incarnation);
        ASSERT_EQ(ReasonOf(incarnation->CountSignature()), "");
        stack_.postgres.Sql("CREATE TABLE dump AS SELECT * FROM incarnations");
        ASSERT_EQ(ReasonOf(incarnation->CountSignature()), "");
        std::stop_source stop;
        std::thread worker([&] { incarnation->Run(stop.get_token()); });
        stop.request_stop();
        worker.join();
        EXPECT_EQ(ReasonOf(incarnation->EndBatch()), "") << "nothing was counted since";
    }
    stack_.postgres.Sql(
        "UPDATE incarnations i SET counter = d.counter FROM dump d WHERE d.replica = i.replica");
    stack_.postgres.Sql("DROP TABLE dump");
    auto incarnation = Open();
    ASSERT_TRUE(incarnation);
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "restored");
    EXPECT_EQ(ReasonOf(incarnation->EndBatch()), "");
    EXPECT_EQ(stack_.postgres.Sql("SELECT count(*) FROM restores WHERE accepted_at IS NULL"), "1");
}

TEST_F(Restore, ARaiseWhoseAnswerWasLostIsNoRestore) {
    auto incarnation = Open();
    ASSERT_TRUE(incarnation);
    ASSERT_EQ(ReasonOf(incarnation->CountSignature()), "");
    stack_.postgres.Sql("UPDATE incarnations SET counter = counter + 1 WHERE replica = 'replica'");
    EXPECT_EQ(ReasonOf(incarnation->EndBatch()), "");
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "");
    EXPECT_EQ(ReasonOf(Open()->CheckOpen()), "");
}

TEST_F(Restore, ALostFileAndAForeignClusterAreNoticed) {
    ASSERT_TRUE(Open());
    const auto file = folder_.path() / "replica.counter";
    std::filesystem::remove(file);
    auto lost = Open();
    ASSERT_TRUE(lost);
    EXPECT_EQ(ReasonOf(lost->CheckOpen()), "restored");
    EXPECT_EQ(Accept(), "");
    EXPECT_EQ(ReasonOf(lost->CheckOpen()), "");
    stack_.postgres.Sql("DELETE FROM restores");
    std::string text;
    std::getline(std::ifstream(file), text);
    std::ofstream(file) << text.substr(0, text.find(' ')) << " 7412345678901234567/1\n";
    auto foreign = Open();
    ASSERT_TRUE(foreign);
    EXPECT_EQ(ReasonOf(foreign->CheckOpen()), "restored");
}

TEST_F(Restore, AReplicaThatComesBackAfterTheAcceptanceIsCovered) {
    ASSERT_TRUE(Open());
    const support::TempDir other_folder;
    const wallet_manager::IncarnationOptions other{other_folder.path(), "other"};
    ASSERT_TRUE(Incarnation::Open(*stack_.pool, other));
    stack_.postgres.Sql("UPDATE incarnations SET counter = counter - 1");
    auto incarnation = Open();
    EXPECT_EQ(ReasonOf(incarnation->CheckOpen()), "restored");
    EXPECT_EQ(Accept(), "");
    auto late = Incarnation::Open(*stack_.pool, other);
    ASSERT_TRUE(late);
    EXPECT_EQ(ReasonOf(late->CheckOpen()), "");
    EXPECT_TRUE(late->orders_valid_from());
}

TEST_F(Restore, AnotherAdministratorsPasswordIsNone) {
    v1::AcceptRestoreRequest request;
    request.set_admin_id(user_.ToString());
    *request.mutable_proof() = Proof();
    EXPECT_EQ(wallets_->AcceptRestore(request, UserContext(user_)).error().reason,
              "role_not_allowed");
    request.set_admin_id(admin_.ToString());
    request.clear_proof();
    EXPECT_EQ(wallets_->AcceptRestore(request, UserContext(admin_)).error().reason,
              "proof_required");
}

}  // namespace

}  // namespace wallet_test
