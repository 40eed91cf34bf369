// A small bounded cache whose entries are true for a few seconds: what was read from the database
// at T is used until T + ttl. Thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace gateway {

template <class Key, class Value>
class TtlCache {
public:
    using Clock = std::chrono::steady_clock;

    TtlCache(std::size_t size_max, std::chrono::milliseconds ttl)
        : size_max_(size_max), ttl_(ttl) {}

    // Null where there is no living entry.
    [[nodiscard]] std::shared_ptr<const Value> Find(const Key& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(key);
        return found == entries_.end() || Clock::now() >= found->second.until ? nullptr
                                                                              : found->second.value;
    }

    // `read_at` is a moment before the value was read.
    void Put(const Key& key, std::shared_ptr<const Value> value, Clock::time_point read_at) {
        const std::lock_guard lock(mutex_);
        if (entries_.size() >= size_max_) {
            MakeRoom();
        }
        entries_.insert_or_assign(key, Entry{std::move(value), read_at + ttl_});
    }

    void Forget(const Key& key) {
        const std::lock_guard lock(mutex_);
        entries_.erase(key);
    }

    void Clear() {
        const std::lock_guard lock(mutex_);
        entries_.clear();
    }

private:
    struct Entry {
        std::shared_ptr<const Value> value;
        Clock::time_point until;
    };

    // Drops what has lapsed, or everything: a miss costs one query.
    void MakeRoom() {
        const auto now = Clock::now();
        std::erase_if(entries_, [&](const auto& entry) { return now >= entry.second.until; });
        if (entries_.size() >= size_max_) {
            entries_.clear();
        }
    }

    const std::size_t size_max_;
    const std::chrono::milliseconds ttl_;
    mutable std::mutex mutex_;
    std::unordered_map<Key, Entry> entries_;
};

}  // namespace gateway
