#include "api-gateway/flow/twin.h"

#include <gtest/gtest.h>

namespace gateway_test {
namespace {

using gateway::Twin;
using gateway::TwinVerdict;
using platform::chain::v1::TransferStatus;
namespace v1 = platform::chain::v1;

Twin OldTwin() {
    Twin twin;
    twin.same_request = true;
    twin.claimed_age = std::chrono::seconds(10);
    twin.age = std::chrono::seconds(10);
    return twin;
}

Twin NewTwin() {
    Twin twin = OldTwin();
    twin.claimed_age = std::chrono::milliseconds(9'999);
    return twin;
}

TEST(TwinOfAKey, IsReplayedOnceItsIntentExists) {
    EXPECT_EQ(JudgeKeyed(NewTwin(), v1::TRANSFER_STATUS_PENDING), TwinVerdict::kReplay);
    EXPECT_EQ(JudgeKeyed(OldTwin(), v1::TRANSFER_STATUS_FAILED), TwinVerdict::kReplay);
    EXPECT_EQ(JudgeKeyed(NewTwin(), std::nullopt), TwinVerdict::kInProgress);
    EXPECT_EQ(JudgeKeyed(OldTwin(), std::nullopt), TwinVerdict::kTakeOver);
}

TEST(TwinOfAKey, WithAnotherBodyIsRefused) {
    Twin twin = OldTwin();
    twin.same_request = false;
    EXPECT_EQ(JudgeKeyed(twin, v1::TRANSFER_STATUS_FINAL), TwinVerdict::kReused);
    EXPECT_EQ(JudgeBump(twin), TwinVerdict::kReused);
}

TEST(TwinWithoutAKey, IsADuplicateUntilItsOutcomeWasSeen) {
    Twin twin = OldTwin();
    EXPECT_EQ(JudgeKeyless(NewTwin(), v1::TRANSFER_STATUS_FINAL), TwinVerdict::kDuplicate);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_CONFIRMED), TwinVerdict::kDuplicate);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_FINAL), TwinVerdict::kDuplicate);
    twin.shown = true;
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_FINAL), TwinVerdict::kNewPayment);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_CONFIRMED), TwinVerdict::kNewPayment);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_PENDING), TwinVerdict::kDuplicate);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_AWAITING_APPROVAL), TwinVerdict::kDuplicate);
}

TEST(TwinWithoutAKey, GuardsADayAtMost) {
    Twin twin = OldTwin();
    twin.age = std::chrono::hours(24) - std::chrono::milliseconds(1);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_FINAL), TwinVerdict::kDuplicate);
    twin.age = std::chrono::hours(24);
    EXPECT_EQ(JudgeKeyless(twin, v1::TRANSFER_STATUS_FINAL), TwinVerdict::kNewPayment);
}

TEST(TwinWithoutAKey, ThatNeverPaysGuardsNothing) {
    for (const TransferStatus status :
         {v1::TRANSFER_STATUS_FAILED, v1::TRANSFER_STATUS_REPLACED, v1::TRANSFER_STATUS_EXPIRED}) {
        EXPECT_EQ(JudgeKeyless(OldTwin(), status), TwinVerdict::kNewPayment);
    }
}

TEST(TwinWithoutAKey, WithoutAnIntentIsContinuedNotRepeated) {
    EXPECT_EQ(JudgeKeyless(NewTwin(), std::nullopt), TwinVerdict::kDuplicate);
    EXPECT_EQ(JudgeKeyless(OldTwin(), std::nullopt), TwinVerdict::kTakeOver);
}

TEST(TwinOfABump, IsReplayedOnceItWasTaken) {
    Twin twin = NewTwin();
    EXPECT_EQ(JudgeBump(twin), TwinVerdict::kInProgress);
    twin.taken = true;
    EXPECT_EQ(JudgeBump(twin), TwinVerdict::kReplay);
    EXPECT_EQ(JudgeBump(OldTwin()), TwinVerdict::kTakeOver);
}

}  // namespace
}  // namespace gateway_test
