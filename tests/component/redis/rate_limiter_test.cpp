#include "redis/rate_limiter.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <thread>

#include "component/redis/patience.h"
#include "support/private_redis.h"
#include "support/process.h"
#include "support/tcp_proxy.h"

namespace {

using redis::Decision;
using redis::Limit;
using std::chrono::milliseconds;
using std::chrono::seconds;

using redis_test::kPatience;

// Nothing is earned back while a test runs: one call an hour.
Limit Slow(std::string name, std::string subject, std::int64_t burst) {
    return {.name = std::move(name),
            .subject = std::move(subject),
            .count = 1,
            .period = std::chrono::hours(1),
            .burst = burst};
}

class RateLimiterTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(client_->WaitConnected(kPatience)); }

    int Allowed(const Limit& limit, int calls) {
        int allowed = 0;
        for (int i = 0; i < calls; ++i) {
            const Decision decision = limiter_.Check({limit});
            EXPECT_FALSE(decision.fallback);
            allowed += decision.allowed ? 1 : 0;
        }
        return allowed;
    }

    // How many scripts the server has run.
    int Scripts() {
        const std::string stats = server_.Command("INFO commandstats");
        int scripts = 0;
        for (const char* const command : {"cmdstat_eval:calls=", "cmdstat_evalsha:calls="}) {
            if (const auto at = stats.find(command); at != std::string::npos) {
                scripts += std::atoi(stats.c_str() + at + std::strlen(command));
            }
        }
        return scripts;
    }

    support::PrivateRedis server_;
    std::unique_ptr<redis::Client> client_ =
        redis::Client::Create({.url = server_.Url(), .timeout = kPatience}).value();
    redis::RateLimiter limiter_{*client_};
};

TEST_F(RateLimiterTest, AllowsExactlyTheBurst) {
    EXPECT_EQ(Allowed(Slow("send", "user:a", 7), 20), 7);
}

TEST_F(RateLimiterTest, AllowsExactlyTheBurstToManyAtOnce) {
    constexpr int calls = 500;
    std::atomic<int> allowed{0};
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < calls; ++i) {
                limiter_.AsyncCheck({Slow("read", "user:a", 100)}, [&](const Decision& decision) {
                    allowed += decision.allowed ? 1 : 0;
                    ++answered;
                });
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ASSERT_TRUE(support::WaitUntil([&] { return answered == 4 * calls; }, kPatience));
    EXPECT_EQ(allowed, 100);
}

TEST_F(RateLimiterTest, CountsCallsTogetherAsIfEachCameAlone) {
    constexpr int calls = 50;
    const Limit limit = Slow("read", "user:a", 30);
    std::vector<Decision> decisions;
    std::atomic<bool> done{false};
    server_.Pause();
    // The first goes to Redis, which hangs; the others wait for it, then share a script.
    for (int i = 0; i < calls; ++i) {
        limiter_.AsyncCheck({limit}, [&](const Decision& decision) {
            decisions.push_back(decision);
            done = decisions.size() == calls;
        });
    }
    server_.Resume();
    ASSERT_TRUE(support::WaitUntil([&] { return done.load(); }, kPatience));
    std::vector<std::int64_t> remaining;
    int refused = 0;
    for (const Decision& decision : decisions) {
        EXPECT_FALSE(decision.fallback);
        if (decision.allowed) {
            remaining.push_back(decision.remaining);
        } else {
            ++refused;
            EXPECT_GT(decision.retry_after, std::chrono::minutes(59));
        }
    }
    std::sort(remaining.begin(), remaining.end());
    ASSERT_EQ(remaining.size(), 30U);
    for (std::size_t i = 0; i < remaining.size(); ++i) {
        EXPECT_EQ(remaining[i], static_cast<std::int64_t>(i));
    }
    EXPECT_EQ(refused, 20);
    EXPECT_LE(Scripts(), 3);
}

TEST_F(RateLimiterTest, CountsTogetherOrNotAtAllWhenManyComeAtOnce) {
    constexpr int calls = 20;
    const Limit wide = Slow("read", "user:a", 100);
    const Limit narrow = Slow("send", "user:a", 7);
    std::atomic<int> answered{0};
    std::atomic<int> allowed{0};
    for (int i = 0; i < calls; ++i) {
        limiter_.AsyncCheck({wide, narrow}, [&](const Decision& decision) {
            allowed += decision.allowed ? 1 : 0;
            EXPECT_TRUE(decision.allowed || decision.limit_name == "send");
            ++answered;
        });
    }
    ASSERT_TRUE(support::WaitUntil([&] { return answered == calls; }, kPatience));
    EXPECT_EQ(allowed, 7);
    EXPECT_EQ(limiter_.Check({wide}).remaining, 92);
}

TEST_F(RateLimiterTest, SharesTheLimitExactlyBetweenBusyReplicas) {
    constexpr int calls = 1'000;
    const auto other = redis::Client::Create({.url = server_.Url(), .timeout = kPatience}).value();
    ASSERT_TRUE(other->WaitConnected(kPatience));
    redis::RateLimiter replica(*other);
    std::atomic<int> allowed{0};
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (redis::RateLimiter* one : {&limiter_, &replica, &limiter_, &replica}) {
        threads.emplace_back([&, one] {
            for (int i = 0; i < calls; ++i) {
                one->AsyncCheck({Slow("read", "user:a", 777)}, [&](const Decision& decision) {
                    EXPECT_FALSE(decision.fallback);
                    allowed += decision.allowed ? 1 : 0;
                    ++answered;
                });
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    ASSERT_TRUE(support::WaitUntil([&] { return answered == 4 * calls; }, kPatience));
    EXPECT_EQ(allowed, 777);
}

TEST_F(RateLimiterTest, SharesTheLimitBetweenReplicas) {
    const auto other = redis::Client::Create({.url = server_.Url(), .timeout = kPatience}).value();
    ASSERT_TRUE(other->WaitConnected(kPatience));
    redis::RateLimiter replica(*other);
    EXPECT_TRUE(limiter_.Check({Slow("send", "user:a", 2)}).allowed);
    EXPECT_TRUE(replica.Check({Slow("send", "user:a", 2)}).allowed);
    EXPECT_FALSE(limiter_.Check({Slow("send", "user:a", 2)}).allowed);
    EXPECT_FALSE(replica.Check({Slow("send", "user:a", 2)}).allowed);
}

TEST_F(RateLimiterTest, EarnsCallsBackByTheServersClock) {
    const Limit limit = {
        .name = "read", .subject = "user:a", .count = 1, .period = milliseconds(300), .burst = 1};
    EXPECT_TRUE(limiter_.Check({limit}).allowed);
    const Decision refused = limiter_.Check({limit});
    ASSERT_FALSE(refused.allowed);
    EXPECT_GT(refused.retry_after, milliseconds(0));
    EXPECT_LE(refused.retry_after, milliseconds(300));
    std::this_thread::sleep_for(refused.retry_after);
    EXPECT_TRUE(limiter_.Check({limit}).allowed);
}

TEST_F(RateLimiterTest, TellsWhatIsLeft) {
    const Decision first = limiter_.Check({Slow("send", "user:a", 3)});
    EXPECT_EQ(first.limit_name, "send");
    EXPECT_EQ(first.limit, 3);
    EXPECT_EQ(first.remaining, 2);
    EXPECT_EQ(first.retry_after, milliseconds(0));
    EXPECT_EQ(first.reset, std::chrono::hours(1));
}

TEST_F(RateLimiterTest, CountsTogetherOrNotAtAllWithinASubject) {
    const Limit wide = Slow("read", "user:a", 10);
    const Limit narrow = Slow("send", "user:a", 1);
    EXPECT_TRUE(limiter_.Check({wide, narrow}).allowed);
    const Decision refused = limiter_.Check({wide, narrow});
    EXPECT_FALSE(refused.allowed);
    EXPECT_EQ(refused.limit_name, "send");
    EXPECT_EQ(limiter_.Check({wide}).remaining, 8);
}

TEST_F(RateLimiterTest, DoesNotTouchTheAccountOfACallThatItsAddressMayNotMake) {
    const Limit address = Slow("auth", "ip:192.0.2.1", 1);
    const Limit account = Slow("auth", "account:a", 5);
    EXPECT_EQ(limiter_.Check({address, account}).limit_name, "auth");
    EXPECT_FALSE(limiter_.Check({address, account}).allowed);
    EXPECT_EQ(limiter_.Check({account}).remaining, 3);
}

TEST_F(RateLimiterTest, LeavesNothingBehindWhenALimitIsFullAgain) {
    ASSERT_TRUE(limiter_
                    .Check({{.name = "read",
                             .subject = "user:a",
                             .count = 100,
                             .period = seconds(1),
                             .burst = 5}})
                    .allowed);
    EXPECT_TRUE(support::WaitUntil([&] { return server_.Command("DBSIZE") == "0"; }, kPatience));
}

TEST_F(RateLimiterTest, LosesOnlyItsHistoryByFlushAll) {
    EXPECT_EQ(Allowed(Slow("send", "user:a", 2), 3), 2);
    server_.Command("FLUSHALL");
    server_.Command("SCRIPT FLUSH");
    EXPECT_EQ(Allowed(Slow("send", "user:a", 2), 3), 2);
}

TEST_F(RateLimiterTest, IsNotLockedByAStateFromTheFuture) {
    server_.Command("SET limit:{user:a}:send 9000000000000000");
    const Decision refused = limiter_.Check({Slow("send", "user:a", 2)});
    EXPECT_FALSE(refused.allowed);
    EXPECT_LE(refused.retry_after, std::chrono::hours(1));
}

TEST_F(RateLimiterTest, GoesOnWithoutRedis) {
    Limit login = Slow("auth", "ip:192.0.2.1", 10);
    login.halve_in_fallback = true;
    EXPECT_FALSE(limiter_.Check({login}).fallback);
    server_.Stop();
    int allowed = 0;
    for (int i = 0; i < 20; ++i) {
        const Decision decision = limiter_.Check({login});
        EXPECT_TRUE(decision.fallback);
        allowed += decision.allowed ? 1 : 0;
    }
    EXPECT_EQ(allowed, 5);
    server_.Start();
    ASSERT_TRUE(client_->WaitConnected(kPatience));
    EXPECT_FALSE(limiter_.Check({login}).fallback);
}

TEST_F(RateLimiterTest, FallsBackWithAllThatWaitWhenRedisGoes) {
    constexpr int calls = 20;
    const auto hasty =
        redis::Client::Create({.url = server_.Url(), .timeout = milliseconds(200)}).value();
    ASSERT_TRUE(hasty->WaitConnected(kPatience));
    redis::RateLimiter limiter(*hasty);
    server_.Pause();
    std::atomic<int> allowed{0};
    std::atomic<int> answered{0};
    for (int i = 0; i < calls; ++i) {
        limiter.AsyncCheck({Slow("send", "user:a", 5)}, [&](const Decision& decision) {
            EXPECT_TRUE(decision.fallback);
            allowed += decision.allowed ? 1 : 0;
            ++answered;
        });
    }
    ASSERT_TRUE(support::WaitUntil([&] { return answered == calls; }, kPatience));
    EXPECT_EQ(allowed, 5);
    server_.Resume();
}

TEST_F(RateLimiterTest, DoesNotWaitForARedisThatHangs) {
    const auto hasty =
        redis::Client::Create({.url = server_.Url(), .timeout = milliseconds(100)}).value();
    ASSERT_TRUE(hasty->WaitConnected(kPatience));
    redis::RateLimiter limiter(*hasty);
    server_.Pause();
    EXPECT_TRUE(limiter.Check({Slow("send", "user:a", 1)}).fallback);
    // Only the first call paid for finding out.
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(limiter.Check({Slow("send", "user:a", 1)}).allowed);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(100));
    server_.Resume();
}

}  // namespace
