// A thread that does one thing again and again: when it is woken, else after an interval.
// Turns that are woken begin at least `spacing` after one another, so that one does for many wakes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace transfer {

class Loop {
public:
    Loop(std::chrono::milliseconds interval,
         std::function<void()> turn,
         std::chrono::milliseconds spacing = std::chrono::milliseconds(0));
    // Ends the loop after the turn it is in.
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void Start();
    void Wake();
    void Stop();

private:
    void Run();

    const std::chrono::milliseconds interval_;
    const std::function<void()> turn_;
    const std::chrono::milliseconds spacing_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool woken_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace transfer
