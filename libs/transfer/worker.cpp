#include "transfer/worker.h"

#include <optional>
#include <utility>

#include "base/crash_point.h"
#include "transfer/row_check.h"

namespace transfer {

namespace {

// A wallet that never runs dry gives its thread back after this many rounds.
constexpr int kRoundsMax = 32;

constexpr const char* kGateReason = "wallet_manager_unavailable";

}  // namespace

void Worker::Drain(const base::WalletId& wallet) {
    const auto lease = core_.leases.Acquire(WalletLease(wallet));
    if (!lease) {
        core_.Report("lease", lease.error());
        return;
    }
    if (!*lease) {
        return;
    }
    for (int round = 0; round < kRoundsMax; ++round) {
        const auto more = Round(**lease, wallet);
        if (!more) {
            if (more.error().reason == "lease_lost") {
                core_.leases.Forget((*lease)->name);
            }
            core_.Report("worker", more.error());
            return;
        }
        if (!*more) {
            return;
        }
    }
    core_.wake_worker(wallet);
}

base::Result<bool> Worker::Round(const Lease& lease, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(auto queue, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadQueue(
                                  tx, wallet, core_.settings.batch, core_.settings.quote_age_max);
                          }));
    const bool any = !queue.due.empty();
    if (any) {
        Batch batch;
        batch.wallet = wallet;
        Sort(batch, std::move(queue));
        BASE_RETURN_IF_ERROR(HoldBack(batch));
        Price(batch);
        BASE_CRASH_POINT("before_authorise");
        Authorise(batch);
        Price(batch);
        BASE_CRASH_POINT("after_authorise");
        BASE_RETURN_IF_ERROR(Reserve(lease, batch));
        BASE_CRASH_POINT("after_reserve");
        BASE_RETURN_IF_ERROR(Sign(lease, batch));
        BASE_RETURN_IF_ERROR(FindLanded(lease, batch));
        BASE_RETURN_IF_ERROR(EndVoided(lease, batch));
    }
    BASE_ASSIGN_OR_RETURN(const bool replaced, replacer_.Run(lease, wallet));
    if (!any) {
        BASE_RETURN_IF_ERROR(filler_.Run(lease, wallet));
    }
    return any || replaced;
}

void Worker::Sort(Batch& batch, Queue queue) const {
    for (Queued& queued : queue.due) {
        BatchItem item;
        item.intent = std::move(queued);
        const Queued& intent = item.intent;
        switch (intent.state) {
            case State::kReserved:
                item.step = BatchItem::Step::kSign;
                break;
            case State::kAuthorised:
                item.step =
                    intent.quote_fresh ? BatchItem::Step::kReserve : BatchItem::Step::kPrice;
                break;
            case State::kReceived:
            case State::kAwaitHuman:
                item.step = intent.quote_fresh ||
                                    (intent.state == State::kAwaitHuman && intent.quote.has_value())
                                ? BatchItem::Step::kAuthorise
                                : BatchItem::Step::kPrice;
                break;
            case State::kSigned:
            case State::kSubmitted:
            case State::kMined:
            case State::kFinal:
            case State::kReverted:
            case State::kCancelled:
            case State::kConflicted:
            case State::kExpired:
            case State::kRejected:
                continue;
        }
        if (const auto fits = CheckRow(core_, batch.wallet, intent); !fits) {
            core_.Alarm(fits.error().reason, fits.error().detail);
            batch.End(item, State::kRejected, fits.error());
        } else if (intent.cancel_requested) {
            batch.End(item,
                      State::kRejected,
                      base::FailedPrecondition("cancelled", "stopped before it was signed"));
        } else if (intent.lapsed) {
            batch.End(item,
                      State::kExpired,
                      base::FailedPrecondition("order_expired",
                                               "its order's time was over before it was signed"));
        }
        batch.items.push_back(std::move(item));
    }
}

// What is reserved already passes no other look at whether sends are stopped.
base::Result<> Worker::HoldBack(Batch& batch) const {
    const auto items = batch.At(BatchItem::Step::kSign);
    if (items.empty()) {
        return {};
    }
    const auto open = core_.CheckSends();
    if (open || open.error().reason != "sends_stopped") {
        return open;
    }
    for (BatchItem* item : items) {
        batch.Wait(*item,
                   {{}, open.error().reason, open.error().detail, core_.settings.approval_poll});
    }
    return {};
}

void Worker::Price(Batch& batch) {
    const auto items = batch.At(BatchItem::Step::kPrice);
    std::vector<std::optional<base::Result<chain::Quote>>> quotes(items.size());
    core_.node_calls.ForEach(items.size(), [&](std::size_t index) {
        quotes[index].emplace(core_.chain.Price(items[index]->intent.plan));
    });
    for (std::size_t index = 0; index < items.size(); ++index) {
        BatchItem& item = *items[index];
        const auto& quote = *quotes[index];
        if (quote) {
            item.intent.quote = *quote;
            item.intent.amount = quote->amount;
            item.requoted = true;
            item.step = item.intent.state == State::kAuthorised || item.authorised
                            ? BatchItem::Step::kReserve
                            : BatchItem::Step::kAuthorise;
        } else if (IsRefusal(quote.error())) {
            batch.End(item, State::kRejected, quote.error());
        } else {
            const base::Error& why = quote.error();
            batch.Wait(item, {{}, PricingReason(why), why.detail, core_.settings.retry});
        }
    }
}

void Worker::Authorise(Batch& batch) {
    const auto items = batch.At(BatchItem::Step::kAuthorise);
    std::vector<std::optional<base::Result<Authorisation>>> verdicts(items.size());
    core_.gate_calls.ForEach(items.size(), [&](std::size_t index) {
        const Queued& intent = items[index]->intent;
        verdicts[index].emplace(core_.gate.Authorise(intent.order, intent.amount));
    });
    for (std::size_t index = 0; index < items.size(); ++index) {
        ApplyVerdict(batch, *items[index], *verdicts[index]);
    }
}

void Worker::ApplyVerdict(Batch& batch,
                          BatchItem& item,
                          const base::Result<Authorisation>& verdict) {
    if (!verdict) {
        if (IsRefusal(verdict.error())) {
            batch.End(item, State::kRejected, verdict.error());
        } else {
            batch.Wait(item, {{}, kGateReason, verdict.error().detail, core_.settings.retry});
        }
        return;
    }
    switch (verdict->verdict) {
        case Verdict::kAllow:
            item.authorised = true;
            // A human took longer than a price is good for.
            item.step = item.intent.quote_fresh || item.requoted ? BatchItem::Step::kReserve
                                                                 : BatchItem::Step::kPrice;
            return;
        case Verdict::kDeny:
            if (verdict->reason == "order_expired" || verdict->reason == "approval_expired") {
                batch.End(item,
                          State::kExpired,
                          base::FailedPrecondition(verdict->reason, verdict->detail));
                return;
            }
            item.step = BatchItem::Step::kOut;
            batch.denied.push_back(
                {item.intent.id, State::kRejected, verdict->reason, verdict->detail, false});
            return;
        case Verdict::kNeedsApproval:
            item.step = BatchItem::Step::kOut;
            batch.awaiting.push_back({item.intent.id,
                                      verdict->approval.value_or(base::ApprovalId()),
                                      verdict->reason,
                                      verdict->detail});
            return;
        case Verdict::kWait:
            batch.Wait(item, {{}, verdict->reason, verdict->detail, core_.settings.approval_poll});
            return;
    }
}

base::Result<> Worker::EndVoided(const Lease& lease, Batch& batch) {
    auto& list = batch.to_void;
    if (list.empty()) {
        return {};
    }
    std::vector<std::optional<base::Result<bool>>> answers(list.size());
    core_.gate_calls.ForEach(list.size(), [&](std::size_t index) {
        answers[index].emplace(core_.gate.Void(list[index].intent.id, list[index].reason));
    });
    BASE_CRASH_POINT("after_void");
    std::vector<UnsignedEnd> ends;
    std::vector<Waiting> waiting;
    std::vector<base::IntentId> ended;
    for (std::size_t index = 0; index < list.size(); ++index) {
        const ToVoid& entry = list[index];
        const auto& answer = *answers[index];
        if (answer && *answer) {
            ends.push_back({entry.intent.id, entry.state, entry.reason, entry.detail, true});
            ended.push_back(entry.intent.id);
        } else if (!answer) {
            waiting.push_back(
                {entry.intent.id, kGateReason, answer.error().detail, core_.settings.retry});
        }
    }
    const auto write = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(Postpone(tx, waiting));
        return EndUnsigned(tx, ends);
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, write));
    core_.Announce(ended);
    BASE_CRASH_POINT("after_end");

    // Signed after all: Sign's repeat answers the stored bytes.
    Batch signed_after_all;
    signed_after_all.wallet = batch.wallet;
    for (std::size_t index = 0; index < list.size(); ++index) {
        if (answers[index]->has_value() && !**answers[index]) {
            BatchItem item;
            item.intent = list[index].intent;
            item.step = BatchItem::Step::kSign;
            signed_after_all.items.push_back(std::move(item));
        }
    }
    return Sign(lease, signed_after_all);
}

}  // namespace transfer
