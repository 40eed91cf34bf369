#include "transfer/parallel.h"

#include <algorithm>

namespace transfer {

struct Parallel::Job {
    const std::function<void(std::size_t)>* work = nullptr;
    std::size_t count = 0;
    std::mutex mutex;
    std::condition_variable finished;
    std::size_t next = 0;
    std::size_t done = 0;

    // Runs calls until none is left to begin.
    void Run() {
        std::unique_lock lock(mutex);
        while (next < count) {
            const std::size_t index = next++;
            lock.unlock();
            (*work)(index);
            lock.lock();
            if (++done == count) {
                finished.notify_all();
            }
        }
    }
};

Parallel::Parallel(std::size_t width) {
    for (std::size_t index = 1; index < width; ++index) {
        threads_.emplace_back([this] { Help(); });
    }
}

Parallel::~Parallel() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void Parallel::ForEach(std::size_t count, const std::function<void(std::size_t)>& work) {
    if (threads_.empty() || count < 2) {
        for (std::size_t index = 0; index < count; ++index) {
            work(index);
        }
        return;
    }
    const auto job = std::make_shared<Job>();
    job->work = &work;
    job->count = count;
    const std::size_t helpers = std::min(count - 1, threads_.size());
    {
        const std::lock_guard lock(mutex_);
        jobs_.insert(jobs_.end(), helpers, job);
    }
    wake_.notify_all();
    job->Run();
    std::unique_lock lock(job->mutex);
    job->finished.wait(lock, [&] { return job->done == job->count; });
}

void Parallel::Help() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) {
            return;
        }
        const auto job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        job->Run();
        lock.lock();
    }
}

}  // namespace transfer
