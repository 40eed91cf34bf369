// The daemon dies by SIGKILL at each of its named points; the next one goes on and pays once.
#include <gtest/gtest.h>

#include "component/ethereum-service/fleet.h"

namespace ethereum_service_test {

#ifdef PLATFORM_CRASH_POINTS

class CrashPoint : public ::testing::TestWithParam<const char*> {};

TEST_P(CrashPoint, IsSurvivedWithOnePayment) {
    constexpr const char* kFresh = "0x00000000000000000000000000000000000BEEF1";
    Fleet fleet;
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    ASSERT_TRUE(fleet.Fund());
    EXPECT_EQ(fleet.StopDaemon(), 0);

    fleet.StartDaemon(GetParam());
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    const auto request = fleet.Payment(kFresh, "1000");
    static_cast<void>(fleet.Send(request));  // the answer may be lost with the daemon
    ASSERT_TRUE(fleet.AwaitDeath()) << "it never came to " << GetParam();

    fleet.StartDaemon();
    ASSERT_TRUE(fleet.AwaitReady()) << fleet.Log();
    const auto again = fleet.Send(request);
    ASSERT_TRUE(again) << again.error().reason;
    const auto view = fleet.AwaitStatus(again->id(), chain_v1::TRANSFER_STATUS_FINAL);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->status(), chain_v1::TRANSFER_STATUS_FINAL);
    EXPECT_EQ(fleet.BalanceOf(kFresh), "1000");
    EXPECT_EQ(fleet.gate().signatures(), 1U);
}

INSTANTIATE_TEST_SUITE_P(EthereumService,
                         CrashPoint,
                         ::testing::Values("after_received",
                                           "before_authorise",
                                           "after_authorise",
                                           "after_reserve",
                                           "after_sign",
                                           "after_signed",
                                           "after_claim",
                                           "after_broadcast",
                                           "before_track",
                                           "after_track"),
                         [](const auto& point) { return std::string(point.param); });

#endif  // PLATFORM_CRASH_POINTS

}  // namespace ethereum_service_test
