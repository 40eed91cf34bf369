#include "rpc/context.h"

#include <chrono>
#include <gtest/gtest.h>
#include <stop_token>
#include <thread>

namespace rpc {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

TEST(Context, IsCancelledByItsToken) {
    std::stop_source source;
    Context context;
    context.cancellation = source.get_token();
    const Context copy = context;

    EXPECT_FALSE(copy.IsCancelled());
    source.request_stop();
    EXPECT_TRUE(copy.IsCancelled());
}

TEST(Context, IsCancelledByItsDeadline) {
    Context context;
    context.deadline = std::chrono::system_clock::now() - milliseconds(1);

    EXPECT_TRUE(context.IsCancelled());
    EXPECT_EQ(context.Remaining(), milliseconds(0));
}

TEST(Context, WithinOnlyShortens) {
    const Context context = Context().Within(milliseconds(1'000));

    EXPECT_LE(context.Remaining(), milliseconds(1'000));
    EXPECT_GT(context.Remaining(), milliseconds(500));
    EXPECT_EQ(context.Within(milliseconds(60'000)).deadline, context.deadline);
}

TEST(Context, WaitForEndsEarlyOnCancel) {
    std::stop_source source;
    Context context;
    context.cancellation = source.get_token();
    const auto start = Clock::now();
    std::thread canceller([&] {
        std::this_thread::sleep_for(milliseconds(20));
        source.request_stop();
    });

    EXPECT_FALSE(context.WaitFor(milliseconds(30'000)));
    EXPECT_LT(Clock::now() - start, milliseconds(10'000));
    canceller.join();
}

TEST(Context, WaitForEndsEarlyAtTheDeadline) {
    EXPECT_FALSE(Context().Within(milliseconds(20)).WaitFor(milliseconds(30'000)));
}

TEST(Context, WaitForLastsItsTime) {
    const auto start = Clock::now();

    EXPECT_TRUE(Context().WaitFor(milliseconds(20)));
    EXPECT_GE(Clock::now() - start, milliseconds(20));
}

}  // namespace
}  // namespace rpc
