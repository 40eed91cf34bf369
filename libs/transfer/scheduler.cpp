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
    for (std::size_t left = queue_.size(); left > 0;) {
        const std::vector<base::WalletId> wallets = TakeFree(std::min(left, kTogetherMax));
        if (wallets.empty()) {
            return;
        }
        left -= wallets.size();
        lock.unlock();
        drain_(wallets);
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

std::vector<base::WalletId> Scheduler::TakeFree(std::size_t most) {
    std::vector<base::WalletId> wallets;
    // A wallet that another thread is draining waits in the queue for that thread's end.
    for (auto next = queue_.begin(); next != queue_.end() && wallets.size() < most;) {
        if (running_.count(*next) > 0) {
            ++next;
            continue;
        }
        wallets.push_back(*next);
        queued_.erase(*next);
        next = queue_.erase(next);
    }
    return wallets;
}

void Scheduler::Run() {
    std::unique_lock lock(mutex_);
    while (true) {
        std::vector<base::WalletId> wallets;
        wake_.wait(lock, [&] { return stopping_ || !(wallets = TakeFree(kTogetherMax)).empty(); });
        if (stopping_) {
            return;
        }
        running_.insert(wallets.begin(), wallets.end());
        lock.unlock();
        drain_(wallets);
        lock.lock();
        for (const base::WalletId& wallet : wallets) {
            running_.erase(wallet);
        }
        wake_.notify_one();
    }
}

}  // namespace transfer
