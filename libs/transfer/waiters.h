// Callers that wait for a change of one intent. An announcement only says "look again"; the truth
// is in the database. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "base/ids.h"

namespace transfer {

class Waiters {
public:
    // While it lives, announcements for its intent are remembered.
    class Ticket {
    public:
        Ticket(Waiters& waiters, const base::IntentId& intent);
        ~Ticket();
        Ticket(const Ticket&) = delete;
        Ticket& operator=(const Ticket&) = delete;

        // Returns at the first announcement since the last call, or after `time`.
        void WaitFor(std::chrono::milliseconds time);

    private:
        Waiters& waiters_;
        const base::IntentId intent_;
        std::uint64_t seen_ = 0;
    };

    void Announce(const base::IntentId& intent);

private:
    struct Entry {
        std::condition_variable changed;
        std::uint64_t announcements = 0;
        std::size_t tickets = 0;
    };

    std::mutex mutex_;
    std::map<base::IntentId, Entry> entries_;
};

}  // namespace transfer
