#include "transfer/waiters.h"

namespace transfer {

Waiters::Ticket::Ticket(Waiters& waiters, const base::IntentId& intent)
    : waiters_(waiters), intent_(intent) {
    const std::lock_guard lock(waiters_.mutex_);
    Entry& entry = waiters_.entries_[intent_];
    ++entry.tickets;
    seen_ = entry.announcements;
}

Waiters::Ticket::~Ticket() {
    const std::lock_guard lock(waiters_.mutex_);
    const auto found = waiters_.entries_.find(intent_);
    if (--found->second.tickets == 0) {
        waiters_.entries_.erase(found);
    }
}

void Waiters::Ticket::WaitFor(std::chrono::milliseconds time) {
    std::unique_lock lock(waiters_.mutex_);
    Entry& entry = waiters_.entries_[intent_];
    entry.changed.wait_for(lock, time, [&] { return entry.announcements != seen_; });
    seen_ = entry.announcements;
}

void Waiters::Announce(const base::IntentId& intent) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(intent);
    if (found != entries_.end()) {
        ++found->second.announcements;
        found->second.changed.notify_all();
    }
}

}  // namespace transfer
