// Callers that wait for a change of one intent. An announcement says "look again"; the truth is in
// the database, and a payment that is shown was read there after the commit. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ids.h"
#include "transfer/payment.h"

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

        // What was shown last of its intent; null where nothing was.
        [[nodiscard]] std::shared_ptr<const Payment> Shown() const;

    private:
        Waiters& waiters_;
        const base::IntentId intent_;
        std::uint64_t seen_ = 0;
    };

    void Announce(const base::IntentId& intent);
    // Those of them that somebody waits for.
    [[nodiscard]] std::vector<base::IntentId> Awaited(
        const std::vector<base::IntentId>& intents) const;
    void Show(Payment payment);

private:
    struct Entry {
        std::condition_variable changed;
        std::uint64_t announcements = 0;
        std::size_t tickets = 0;
        std::shared_ptr<const Payment> shown;
    };

    mutable std::mutex mutex_;
    std::map<base::IntentId, Entry> entries_;
};

}  // namespace transfer
