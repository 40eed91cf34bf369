#include "rpc/pool.h"

#include <pthread.h>
#include <utility>

#include "base/check.h"

namespace rpc {

Pool::Pool(PoolLimits limits) : limits_(std::move(limits)) {
    BASE_CHECK(limits_.threads_max > 0 && limits_.queue_max > 0);
}

Pool::~Pool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) {
        thread.join();
    }
}

bool Pool::TryPost(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    // A job that a free thread is about to take does not count as queued.
    if (stopping_ || queue_.size() + busy_ >= limits_.threads_max + limits_.queue_max) {
        return false;
    }
    queue_.push_back(std::move(job));
    if (queue_.size() + busy_ > threads_.size() && threads_.size() < limits_.threads_max) {
        threads_.emplace_back([this] { Work(); });
    }
    wake_.notify_one();
    return true;
}

std::size_t Pool::queued() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void Pool::Work() {
    pthread_setname_np(pthread_self(), limits_.name.c_str());
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) {
            return;
        }
        const auto job = std::move(queue_.front());
        queue_.pop_front();
        ++busy_;
        lock.unlock();
        job();
        lock.lock();
        --busy_;
    }
}

}  // namespace rpc
