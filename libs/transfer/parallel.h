// Runs calls that wait for a neighbour (wallet-manager, a node) side by side on a fixed number of
// threads. The caller works too, so progress never depends on a free thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace transfer {

class Parallel {
public:
    // `width` calls at most run at once over all callers' helpers; 1 = on the caller's thread
    // alone.
    explicit Parallel(std::size_t width);
    ~Parallel();
    Parallel(const Parallel&) = delete;
    Parallel& operator=(const Parallel&) = delete;

    // Calls `work` with 0 .. count-1, begun in this order; returns when all are done. On the
    // helpers' threads `work` must not throw.
    void ForEach(std::size_t count, const std::function<void(std::size_t)>& work);

private:
    struct Job;

    void Help();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Job>> jobs_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace transfer
