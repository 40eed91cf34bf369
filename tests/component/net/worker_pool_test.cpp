#include "net/worker_pool.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "net/io_threads.h"

namespace {

using boost::asio::awaitable;

template <class Work>
auto RunOn(net::IoThreads& threads, net::WorkerPool& pool, Work work) {
    return boost::asio::co_spawn(
        threads.context(), pool.Run(std::move(work)), boost::asio::use_future);
}

TEST(WorkerPool, WorksElsewhereAndReturnsToTheCaller) {
    net::IoThreads threads;
    net::WorkerPool pool(2, 10);
    std::thread::id worked;
    std::thread::id before;
    std::thread::id after;
    auto task = [&]() -> awaitable<base::Result<int>> {
        before = std::this_thread::get_id();
        auto work = [&worked]() -> base::Result<int> {
            worked = std::this_thread::get_id();
            return 42;
        };
        auto outcome = co_await pool.Run(std::move(work));
        after = std::this_thread::get_id();
        co_return outcome;
    };
    auto answer = boost::asio::co_spawn(threads.context(), task(), boost::asio::use_future);
    EXPECT_EQ(*answer.get(), 42);
    EXPECT_EQ(before, after);
    EXPECT_NE(before, worked);
}

TEST(WorkerPool, PassesErrorsAndExceptionsOn) {
    net::IoThreads threads;
    net::WorkerPool pool(1, 10);
    auto refused = RunOn(threads, pool, []() -> base::Result<int> {
        return base::InvalidArgument("bad_amount", "x");
    });
    EXPECT_EQ(refused.get().error().reason, "bad_amount");
    auto threw =
        RunOn(threads, pool, []() -> base::Result<int> { throw std::runtime_error("library"); });
    EXPECT_EQ(threw.get().error().reason, "internal");
}

TEST(WorkerPool, RefusesMoreThanItsQueueHolds) {
    net::IoThreads threads;
    net::WorkerPool pool(1, 1);
    std::promise<void> gate;
    auto open = gate.get_future().share();
    std::atomic<int> done{0};
    std::vector<std::future<base::Result<int>>> taken;
    for (int i = 0; i < 2; ++i) {
        taken.push_back(RunOn(threads, pool, [open, &done]() -> base::Result<int> {
            open.wait();
            return ++done;
        }));
    }
    while (pool.depth() < 2) {
        std::this_thread::yield();
    }
    auto refused = RunOn(threads, pool, []() -> base::Result<int> { return 0; });
    const auto outcome = refused.get();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().reason, "overloaded");
    EXPECT_TRUE(outcome.error().retry_after);
    gate.set_value();
    for (auto& future : taken) {
        EXPECT_TRUE(future.get());
    }
    auto again = RunOn(threads, pool, []() -> base::Result<int> { return 7; });
    EXPECT_EQ(*again.get(), 7);
}

}  // namespace
