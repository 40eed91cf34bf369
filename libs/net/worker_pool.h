// Threads for work that blocks or computes long: bcrypt, SQL. A coroutine waits for its piece of
// work without holding an I/O thread.
//
//     auto work = [&] { return HashPassword(password); };
//     auto hash = co_await pool.Run(std::move(work));
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.h"

namespace net {

class WorkerPool {
public:
    WorkerPool(std::size_t threads, std::size_t queue_max);
    // Finishes what was taken, then joins.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Runs `work`, which returns a base::Result, on the pool and resumes where the caller ran.
    // Errors: what `work` returns; `overloaded` where the queue is full; `internal` where it threw.
    template <class Work>
    [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<Work&>> Run(Work work) {
        using Outcome = std::invoke_result_t<Work&>;
        if (!Enter()) {
            co_return Overloaded();
        }
        // Shared with the pool, so that a coroutine dropped at shutdown leaves no dangling work.
        auto job = std::make_shared<Job<Work, Outcome>>(std::move(work));
        auto start = [this, job](auto handler) {
            boost::asio::post(pool_, [this, job, handler = std::move(handler)]() mutable {
                job->Execute();
                Leave();
                const auto executor = boost::asio::get_associated_executor(handler);
                boost::asio::dispatch(executor, std::move(handler));
            });
        };
        auto started = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
            std::move(start), boost::asio::use_awaitable);
        co_await std::move(started);
        co_return *std::move(job->outcome);
    }

    // Taken and not finished.
    [[nodiscard]] std::size_t depth() const { return depth_.load(); }

private:
    template <class Work, class Outcome>
    struct Job {
        explicit Job(Work w) : work(std::move(w)) {}

        void Execute() {
            try {
                outcome.emplace(work());
            } catch (const std::exception& exception) {
                outcome.emplace(base::Internal(std::string("work failed: ") + exception.what()));
            }
        }

        Work work;
        std::optional<Outcome> outcome;
    };

    bool Enter();
    void Leave();
    static base::Error Overloaded();

    const std::size_t depth_max_;
    std::atomic<std::size_t> depth_{0};
    boost::asio::thread_pool pool_;
};

}  // namespace net
