#include "chain_host/shared_reads.h"

#include <utility>

namespace chain_host {

namespace {

constexpr std::size_t kEntriesMax = 1'024;

}  // namespace

base::Result<nlohmann::json> SharedReads::Call(std::string_view method, nlohmann::json parameters) {
    const auto time = times_.find(method);
    if (time == times_.end()) {
        return node_.Call(method, std::move(parameters));
    }
    const std::string key = std::string(method) + parameters.dump();
    std::promise<Answer> promise;
    {
        std::unique_lock lock(mutex_);
        const auto now = Clock::now();
        const auto known = entries_.find(key);
        if (known != entries_.end() && now < known->second.until) {
            const auto answer = known->second.answer;
            lock.unlock();
            return answer.get();
        }
        DropOld(now);
        entries_[key] = {promise.get_future().share()};
    }
    Answer answer = node_.Call(method, std::move(parameters));
    promise.set_value(answer);
    const std::lock_guard lock(mutex_);
    if (answer) {
        entries_[key].until = Clock::now() + time->second;
    } else {
        entries_.erase(key);
    }
    return answer;
}

void SharedReads::DropOld(Clock::time_point now) {
    if (entries_.size() < kEntriesMax) {
        return;
    }
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        entry = entry->second.until <= now ? entries_.erase(entry) : std::next(entry);
    }
}

}  // namespace chain_host
