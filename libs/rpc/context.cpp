#include "rpc/context.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace rpc {

bool Context::IsCancelled() const {
    return cancellation.stop_requested() || std::chrono::system_clock::now() >= deadline;
}

std::chrono::milliseconds Context::Remaining() const {
    const auto now = std::chrono::system_clock::now();
    if (now >= deadline) {
        return {};
    }
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
}

Context Context::Within(std::chrono::milliseconds time) const {
    Context shorter = *this;
    shorter.deadline = std::min(deadline, std::chrono::system_clock::now() + time);
    return shorter;
}

bool Context::WaitFor(std::chrono::milliseconds time) const {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    const auto end = std::min(deadline, std::chrono::system_clock::now() + time);
    wake.wait_until(lock, cancellation, end, [] { return false; });
    return !IsCancelled();
}

}  // namespace rpc
