#include "transfer/publisher.h"

#include <utility>

#include "base/crash_point.h"
#include "transfer/store_payments.h"

namespace transfer {

namespace {

constexpr std::size_t kRowsMax = 500;
constexpr const char* kLeaseName = "publisher";

}  // namespace

void Publisher::Run() {
    for (const auto step : {&Publisher::Number, &Publisher::Tell, &Publisher::ReportOutcomes}) {
        if (const auto done = (this->*step)(); !done) {
            core_.Report("publisher", done.error());
        }
    }
}

std::shared_ptr<void> Publisher::Subscribe(std::function<void(const Change&)> on_change) {
    auto subscriber = std::make_shared<Subscriber>(std::move(on_change));
    const std::lock_guard lock(mutex_);
    subscribers_.push_back(subscriber);
    return subscriber;
}

base::Result<> Publisher::Number() {
    BASE_ASSIGN_OR_RETURN(const auto lease, core_.leases.Acquire(kLeaseName));
    if (!lease) {
        return {};
    }
    std::size_t count = kRowsMax;
    while (count == kRowsMax) {
        const auto done = core_.Fenced(*lease, [&](pg::Tx& tx) -> base::Result<std::size_t> {
            return Publish(tx, core_.network, kRowsMax);
        });
        if (!done) {
            if (done.error().reason == "lease_lost") {
                core_.leases.Forget(kLeaseName);
            }
            return done.error();
        }
        count = *done;
    }
    return {};
}

base::Result<> Publisher::Tell() {
    const auto subscribers = Subscribers();
    if (subscribers.empty() || !cursor_) {
        BASE_ASSIGN_OR_RETURN(cursor_, pg::Read(core_.pool, NewestEvent));
        return {};
    }
    std::vector<Change> changes;
    do {
        BASE_ASSIGN_OR_RETURN(changes, pg::Read(core_.pool, [&](pg::Tx& tx) {
                                  return LoadChanges(tx, core_.network, *cursor_, kRowsMax);
                              }));
        for (const Change& change : changes) {
            cursor_ = change.event;
            for (const auto& subscriber : subscribers) {
                (*subscriber)(change);
            }
        }
    } while (changes.size() == kRowsMax);
    return {};
}

base::Result<> Publisher::ReportOutcomes() {
    BASE_ASSIGN_OR_RETURN(const auto outcomes, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return LoadUnreported(tx, core_.network, core_.settings.batch);
                          }));
    if (outcomes.empty()) {
        return {};
    }
    const auto answers = core_.gate.ReportOutcomes(outcomes);
    BASE_CRASH_POINT("after_report");
    std::vector<base::IntentId> reported;
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        if (answers[index]) {
            reported.push_back(outcomes[index].id);
        } else {
            core_.Report("outcome", answers[index].error());
        }
    }
    return pg::Transact(core_.pool, [&](pg::Tx& tx) { return MarkReported(tx, reported); });
}

std::vector<std::shared_ptr<Publisher::Subscriber>> Publisher::Subscribers() {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Subscriber>> live;
    std::vector<std::weak_ptr<Subscriber>> kept;
    for (const auto& entry : subscribers_) {
        if (auto subscriber = entry.lock()) {
            live.push_back(std::move(subscriber));
            kept.push_back(entry);
        }
    }
    subscribers_ = std::move(kept);
    return live;
}

}  // namespace transfer
