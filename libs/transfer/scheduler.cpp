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
    for (std::size_t round = 0; round < kRoundsMax; ++round) {
        const std::vector<base::WalletId> wallets = TakeFree();
        if (wallets.empty()) {
            return;
        }
        lock.unlock();
        round_(wallets);
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

bool Scheduler::AnyFree() const {
    return std::any_of(queue_.begin(), queue_.end(), [this](const base::WalletId& wallet) {
        return running_.count(wallet) == 0;
    });
}

std::vector<base::WalletId> Scheduler::TakeFree() {
    std::vector<base::WalletId> wallets;
    // A wallet that another thread works for waits in the queue for that round's end.
    for (auto next = queue_.begin(); next != queue_.end() && wallets.size() < kTogetherMax;) {
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
        wake_.wait(lock, [this] { return stopping_ || AnyFree(); });
        if (rounds_ > 0) {
            wake_.wait_until(lock, newest_ + kGather, [this] { return stopping_ || rounds_ == 0; });
        }
        if (stopping_) {
            return;
        }
        const std::vector<base::WalletId> wallets = TakeFree();
        if (wallets.empty()) {
            continue;
        }
        running_.insert(wallets.begin(), wallets.end());
        ++rounds_;
        newest_ = std::chrono::steady_clock::now();
        lock.unlock();
        round_(wallets);
        lock.lock();
        for (const base::WalletId& wallet : wallets) {
            running_.erase(wallet);
        }
        --rounds_;
        wake_.notify_all();
    }
}

}  // namespace transfer
