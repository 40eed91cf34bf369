// A bounded pool of threads for handlers that block (SQL). Threads start when there is work, up to
// the maximum; work beyond the queue's bound is refused, never waited for. Thread-safe.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rpc {

struct PoolLimits {
    std::string name;  // metric label and thread name, at most 15 characters
    std::size_t threads_max = 8;
    std::size_t queue_max = 256;
};

class Pool {
public:
    explicit Pool(PoolLimits limits);
    // Runs what is queued, then joins.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // False: the queue is full and `job` will not run. Jobs must not throw.
    [[nodiscard]] bool TryPost(std::function<void()> job);

    // Jobs that wait for a thread.
    [[nodiscard]] std::size_t queued() const;

    [[nodiscard]] const PoolLimits& limits() const { return limits_; }

private:
    void Work();

    const PoolLimits limits_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> queue_;
    std::size_t busy_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace rpc
