#include "redis/local_limiter.h"

#include <gtest/gtest.h>

namespace {

using redis::Limit;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kEntriesMax = 3;

class LocalLimiterTest : public testing::Test {
protected:
    redis::Decision Check(std::vector<Limit> limits) { return limiter_.Check(limits, now_); }

    // How many calls in a row are allowed now.
    int Allowed(const Limit& limit) {
        int count = 0;
        while (Check({limit}).allowed) {
            ++count;
        }
        return count;
    }

    // Sixty a minute, twenty at once: one more each second.
    static Limit Read(std::string subject) {
        return {.name = "read",
                .subject = std::move(subject),
                .count = 60,
                .period = seconds(60),
                .burst = 20};
    }

    redis::LocalLimiter limiter_{kEntriesMax};
    std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
};

TEST_F(LocalLimiterTest, AllowsTheBurstAndThenTheRate) {
    EXPECT_EQ(Allowed(Read("user:a")), 20);
    now_ += milliseconds(999);
    EXPECT_EQ(Allowed(Read("user:a")), 0);
    now_ += milliseconds(1);
    EXPECT_EQ(Allowed(Read("user:a")), 1);
    now_ += seconds(5);
    EXPECT_EQ(Allowed(Read("user:a")), 5);
    now_ += seconds(3600);
    EXPECT_EQ(Allowed(Read("user:a")), 20);
}

TEST_F(LocalLimiterTest, TellsWhatIsLeft) {
    const redis::Decision first = Check({Read("user:a")});
    EXPECT_TRUE(first.fallback);
    EXPECT_EQ(first.limit_name, "read");
    EXPECT_EQ(first.limit, 20);
    EXPECT_EQ(first.remaining, 19);
    EXPECT_EQ(first.retry_after, milliseconds(0));
    EXPECT_EQ(first.reset, seconds(1));
    (void)Allowed(Read("user:a"));
    now_ += milliseconds(300);
    const redis::Decision refused = Check({Read("user:a")});
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.remaining, 0);
    EXPECT_EQ(refused.retry_after, milliseconds(700));
    EXPECT_EQ(refused.reset, milliseconds(19'700));
}

TEST_F(LocalLimiterTest, HalvesWhereGuessingIsAtStake) {
    const Limit login = {.name = "auth",
                         .subject = "ip:192.0.2.1",
                         .count = 10,
                         .period = seconds(60),
                         .burst = 10,
                         .halve_in_fallback = true};
    EXPECT_EQ(Allowed(login), 5);
    now_ += seconds(11);
    EXPECT_EQ(Allowed(login), 0);
    now_ += seconds(1);
    EXPECT_EQ(Allowed(login), 1);
}

TEST_F(LocalLimiterTest, CountsInNoLimitWhenOneRefuses) {
    Limit send = Read("user:a");
    send.name = "send";
    send.burst = 1;
    EXPECT_TRUE(Check({Read("user:a"), send}).allowed);
    const redis::Decision refused = Check({Read("user:a"), send});
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit_name, "send");
    EXPECT_EQ(Check({Read("user:a")}).remaining, 18);
}

TEST_F(LocalLimiterTest, SpeaksForTheTightestLimit) {
    Limit tight = Read("user:a");
    tight.name = "send";
    tight.burst = 5;
    EXPECT_EQ(Check({Read("user:a"), tight}).limit_name, "send");
    EXPECT_EQ(Check({tight, Read("user:a")}).limit_name, "send");
}

TEST_F(LocalLimiterTest, KeepsSubjectsApart) {
    EXPECT_EQ(Allowed(Read("user:a")), 20);
    EXPECT_EQ(Allowed(Read("user:b")), 20);
}

TEST_F(LocalLimiterTest, ForgetsTheLeastRecentlyUsedWhenFull) {
    (void)Allowed(Read("user:a"));
    (void)Check({Read("user:b")});
    (void)Check({Read("user:c")});
    (void)Check({Read("user:a")});  // refused, but used
    (void)Check({Read("user:d")});  // takes the place of b
    EXPECT_EQ(limiter_.size(), kEntriesMax);
    EXPECT_FALSE(Check({Read("user:a")}).allowed);
    EXPECT_EQ(Check({Read("user:b")}).remaining, 19);
}

TEST_F(LocalLimiterTest, AllowsWhenNothingIsAsked) {
    EXPECT_TRUE(Check({}).allowed);
}

}  // namespace
