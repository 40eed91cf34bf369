#include "rpc/pool.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <thread>

namespace rpc {
namespace {

// Occupies threads until it is opened.
struct Gate {
    std::promise<void> promise;
    std::shared_future<void> opened = promise.get_future().share();
    std::atomic<int> inside{0};

    void Pass() {
        ++inside;
        opened.wait();
    }

    void WaitForInside(int count) const {
        while (inside < count) {
            std::this_thread::yield();
        }
    }
};

TEST(Pool, RefusesWorkBeyondItsQueue) {
    Gate gate;
    std::atomic<int> done{0};
    {
        Pool pool({"test", 2, 3});
        const auto job = [&] {
            gate.Pass();
            ++done;
        };
        ASSERT_TRUE(pool.TryPost(job));
        ASSERT_TRUE(pool.TryPost(job));
        gate.WaitForInside(2);
        for (int extra = 0; extra < 3; ++extra) {
            ASSERT_TRUE(pool.TryPost(job));
        }

        EXPECT_FALSE(pool.TryPost(job));
        EXPECT_EQ(pool.queued(), 3U);
        gate.promise.set_value();
    }
    EXPECT_EQ(done, 5);
}

TEST(Pool, NeverRunsMoreThreadsThanItsMaximum) {
    Gate gate;
    std::mutex mutex;
    std::set<std::thread::id> threads;
    {
        Pool pool({"test", 3, 100});
        for (int job = 0; job < 50; ++job) {
            ASSERT_TRUE(pool.TryPost([&] {
                gate.Pass();
                const std::lock_guard lock(mutex);
                threads.insert(std::this_thread::get_id());
            }));
        }
        gate.WaitForInside(3);
        gate.promise.set_value();
    }
    EXPECT_EQ(threads.size(), 3U);
}

TEST(Pool, StartsNoSecondThreadWhileOneIsIdle) {
    std::mutex mutex;
    std::set<std::thread::id> threads;
    Pool pool({"test", 8, 100});
    for (int job = 0; job < 20; ++job) {
        std::promise<void> ran;
        ASSERT_TRUE(pool.TryPost([&] {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
            ran.set_value();
        }));
        ran.get_future().wait();
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_LE(threads.size(), 2U);
}

TEST(Pool, RunsWhatIsQueuedBeforeItEnds) {
    std::atomic<int> done{0};
    {
        Pool pool({"test", 1, 1'000});
        for (int job = 0; job < 1'000; ++job) {
            ASSERT_TRUE(pool.TryPost([&] { ++done; }));
        }
    }
    EXPECT_EQ(done, 1'000);
}

}  // namespace
}  // namespace rpc
