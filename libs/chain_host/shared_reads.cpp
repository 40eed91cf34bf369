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
    const bool kept = time->second > std::chrono::milliseconds(0);
    const std::string key = std::string(method) + parameters.dump();
    std::promise<Answer> promise;
    std::shared_future<Answer> earlier;
    std::uint64_t number = 0;
    {
        std::unique_lock lock(mutex_);
        const auto now = Clock::now();
        const auto known = entries_.find(key);
        if (known != entries_.end() && now < known->second.until) {
            if (kept || known->second.queued) {
                const auto answer = known->second.answer;
                lock.unlock();
                return answer.get();
            }
            earlier = known->second.answer;
        }
        DropOld(now);
        number = ++last_number_;
        entries_[key] = {promise.get_future().share(), number, earlier.valid()};
    }
    if (earlier.valid()) {
        earlier.wait();
        const std::lock_guard lock(mutex_);
        entries_[key].queued = false;
    }
    Answer answer = node_.Call(method, std::move(parameters));
    promise.set_value(answer);
    const std::lock_guard lock(mutex_);
    const auto own = entries_.find(key);
    if (own == entries_.end() || own->second.number != number) {
        return answer;  // the next one is queued already
    }
    if (answer && kept) {
        own->second.until = Clock::now() + time->second;
    } else {
        entries_.erase(own);
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
