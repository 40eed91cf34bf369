#include "transfer/intake.h"

#include <set>
#include <span>
#include <utility>
#include <vector>

namespace transfer {

base::Result<bool> Intake::Put(const Insertion& insertion) {
    Ticket ticket;
    ticket.insertion = &insertion;
    std::unique_lock lock(mutex_);
    waiting_.push_back(&ticket);
    while (!ticket.done) {
        if (committing_) {
            changed_.wait(lock, [&] { return ticket.done || !committing_; });
        } else {
            Commit(lock);
        }
    }
    return *ticket.done;
}

void Intake::Commit(std::unique_lock<std::mutex>& lock) {
    committing_ = true;
    std::vector<Ticket*> batch;
    std::vector<Insertion> insertions;
    while (!waiting_.empty() && batch.size() < core_.settings.batch) {
        batch.push_back(waiting_.front());
        insertions.push_back(*waiting_.front()->insertion);
        waiting_.pop_front();
    }
    lock.unlock();
    using Made = base::Result<std::set<base::IntentId>>;
    const auto insert = [&](std::span<const Insertion> rows) {
        return pg::Transact(
            core_.pool, [&](pg::Tx& tx) -> Made { return InsertIntents(tx, core_.network, rows); });
    };
    std::vector<Made> outcomes(batch.size(), insert(insertions));
    if (!outcomes.front() && batch.size() > 1 &&
        outcomes.front().error().kind != base::ErrorKind::kUnavailable) {
        // One bad row must not refuse its neighbours.
        for (std::size_t index = 0; index < batch.size(); ++index) {
            outcomes[index] = insert(std::span(insertions).subspan(index, 1));
        }
    }
    lock.lock();
    std::set<base::IntentId> told;  // of two with one id, the first has made it
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const Made& made = outcomes[index];
        const base::IntentId& id = insertions[index].intent.id;
        batch[index]->done.emplace(
            made ? base::Result<bool>(made->count(id) > 0 && told.insert(id).second)
                 : made.error());
    }
    committing_ = false;
    changed_.notify_all();
}

}  // namespace transfer
