// The rate limiter's fallback when Redis is gone: the same algorithm in this process's memory.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>

#include "redis/gcra.h"
#include "redis/limit.h"

namespace redis {

// Thread-safe. Holds a bounded number of limits; beyond it the one that was asked for least
// recently is forgotten.
class LocalLimiter {
public:
    explicit LocalLimiter(std::size_t entries_max) : entries_max_(entries_max) {}

    // Counts the call in every limit, or, if one refuses, in none. `before`: what other limits have
    // said, none of which refused.
    [[nodiscard]] Decision Check(std::span<const Limit> limits,
                                 std::chrono::steady_clock::time_point now,
                                 Decision before = {});

    [[nodiscard]] std::size_t size() const;

private:
    struct Entry {
        std::string key;
        std::int64_t tat_us = 0;
    };

    // The entry of the key, made if need be, now the most recently used.
    Entry& Touch(const std::string& key, std::int64_t now_us);

    const std::size_t entries_max_;
    mutable std::mutex mutex_;
    std::list<Entry> entries_;  // the most recently used in front
    std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

// Lets the decision speak for this limit if it is the tighter one: refusing before allowing, then
// the longest wait, then the least remaining.
void Merge(Decision& decision, const Limit& limit, const Cell& cell);

}  // namespace redis
