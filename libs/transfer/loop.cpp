#include "transfer/loop.h"

#include <utility>

namespace transfer {

Loop::Loop(std::chrono::milliseconds interval,
           std::function<void()> turn,
           std::chrono::milliseconds spacing)
    : interval_(interval), turn_(std::move(turn)), spacing_(spacing) {}

Loop::~Loop() {
    Stop();
}

void Loop::Start() {
    thread_ = std::thread([this] { Run(); });
}

void Loop::Wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    wake_.notify_one();
}

void Loop::Stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Loop::Run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto next = std::chrono::steady_clock::now() + spacing_;
        woken_ = false;
        lock.unlock();
        turn_();
        lock.lock();
        wake_.wait_for(lock, interval_, [this] { return woken_ || stopping_; });
        wake_.wait_until(lock, next, [this] { return stopping_; });
    }
}

}  // namespace transfer
