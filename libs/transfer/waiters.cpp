#include "transfer/waiters.h"

#include <utility>

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

std::shared_ptr<const Payment> Waiters::Ticket::Shown() const {
    const std::lock_guard lock(waiters_.mutex_);
    return waiters_.entries_.at(intent_).shown;
}

std::vector<base::IntentId> Waiters::Awaited(const std::vector<base::IntentId>& intents) const {
    const std::lock_guard lock(mutex_);
    std::vector<base::IntentId> awaited;
    for (const base::IntentId& intent : intents) {
        if (entries_.count(intent) > 0) {
            awaited.push_back(intent);
        }
    }
    return awaited;
}

void Waiters::Show(Payment payment) {
    const auto intent = base::IntentId::Parse(payment.id);
    auto shown = std::make_shared<const Payment>(std::move(payment));
    const std::lock_guard lock(mutex_);
    if (const auto found = intent ? entries_.find(*intent) : entries_.end();
        found != entries_.end()) {
        found->second.shown = std::move(shown);
    }
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
