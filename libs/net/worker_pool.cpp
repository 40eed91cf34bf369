#include "net/worker_pool.h"

#include <chrono>

namespace net {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_max)
    : depth_max_(threads + queue_max), pool_(threads) {}

WorkerPool::~WorkerPool() {
    pool_.join();
}

bool WorkerPool::Enter() {
    if (depth_.fetch_add(1) >= depth_max_) {
        depth_.fetch_sub(1);
        return false;
    }
    return true;
}

void WorkerPool::Leave() {
    depth_.fetch_sub(1);
}

base::Error WorkerPool::Overloaded() {
    auto error = base::Unavailable("overloaded", "more work waits than can be done soon");
    error.retry_after = std::chrono::seconds(1);
    return error;
}

}  // namespace net
