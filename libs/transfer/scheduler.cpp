#include "transfer/scheduler.h"

#include <algorithm>

namespace transfer {

void Scheduler::Start(std::size_t threads) {
    for (std::size_t index = 0; index < threads; ++index) {
        threads_.emplace_back([this] { Run(); });
    }
}

void Scheduler::Wake(const base::WalletId& wallet) {
    {
        const std::lock_guard lock(mutex_);
        if (!queued_.insert(wallet).second) {
            return;
        }
        queue_.push_back(wallet);
    }
    wake_.notify_one();
}

void Scheduler::RunAll() {
    std::unique_lock lock(mutex_);
    // What wakes itself again meanwhile waits for the next call.
    for (std::size_t left = queue_.size(); left > 0; --left) {
        const base::WalletId wallet = queue_.front();
        queue_.pop_front();
        queued_.erase(wallet);
        lock.unlock();
        drain_(wallet);
        lock.lock();
    }
}

void Scheduler::Stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
    threads_.clear();
}

void Scheduler::Run() {
    std::unique_lock lock(mutex_);
    while (true) {
        // A wallet that another thread is draining waits in the queue for that thread's end.
        const auto free = [this] {
            return std::find_if(queue_.begin(), queue_.end(), [this](const base::WalletId& wallet) {
                return running_.count(wallet) == 0;
            });
        };
        wake_.wait(lock, [&] { return stopping_ || free() != queue_.end(); });
        if (stopping_) {
            return;
        }
        const auto next = free();
        const base::WalletId wallet = *next;
        queue_.erase(next);
        queued_.erase(wallet);
        running_.insert(wallet);
        lock.unlock();
        drain_(wallet);
        lock.lock();
        running_.erase(wallet);
        wake_.notify_one();
    }
}

}  // namespace transfer
