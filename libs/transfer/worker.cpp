#include "transfer/worker.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/crash_point.h"
#include "transfer/row_check.h"

namespace transfer {

namespace {

constexpr const char* kGateReason = "wallet_manager_unavailable";

}  // namespace

void Worker::Run(const std::vector<base::WalletId>& wallets) {
    std::vector<Held> held;
    for (const base::WalletId& wallet : wallets) {
        auto lease = core_.leases.Acquire(WalletLease(wallet));
        if (!lease) {
            core_.Report("lease", lease.error());
        } else if (*lease) {
            held.push_back({wallet, std::move(**lease)});
        }
    }
    if (!held.empty()) {
        RunHeld(held);
    }
}

void Worker::RunHeld(const std::vector<Held>& held) {
    const auto more = Round(held);
    if (more) {
        for (const base::WalletId& wallet : *more) {
            core_.wake_worker(wallet);
        }
        return;
    }
    if (held.size() > 1) {
        // What stops one of them must not stop the others.
        for (const Held& one : held) {
            RunHeld({one});
        }
        return;
    }
    if (more.error().reason == "lease_lost") {
        core_.leases.Forget(held.front().lease.name);
    }
    core_.Report("worker", more.error());
}

base::Result<std::vector<base::WalletId>> Worker::Round(const std::vector<Held>& held) {
    std::vector<base::WalletId> wallets;
    for (const Held& one : held) {
        wallets.push_back(one.wallet);
    }
    const QueueLimits limits{std::max<std::size_t>(1, core_.settings.batch / held.size()),
                             core_.settings.quote_age_max};
    Queues queues;
    std::map<base::WalletId, Chores> chores;
    BASE_RETURN_IF_ERROR(pg::Read(core_.pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(queues, LoadQueues(tx, wallets, limits));
        BASE_ASSIGN_OR_RETURN(chores, LoadChores(tx, core_.network, wallets));
        return {};
    }));
    Batches batches;
    for (const Held& one : held) {
        if (const auto queue = queues.find(one.wallet); queue != queues.end()) {
            Batch& batch = batches.emplace_back();
            batch.wallet = one.wallet;
            batch.lease = one.lease;
            Sort(batch, std::move(queue->second));
        }
    }
    BASE_RETURN_IF_ERROR(RunBatches(batches));
    std::vector<base::WalletId> more;
    for (const Held& one : held) {
        const bool any = queues.count(one.wallet) > 0;
        const Chores chore = chores[one.wallet];
        bool replaced = false;
        if (chore.further) {
            BASE_ASSIGN_OR_RETURN(replaced, replacer_.Run(one.lease, one.wallet));
        }
        if (chore.gaps && !any) {
            BASE_RETURN_IF_ERROR(filler_.Run(one.lease, one.wallet));
        }
        if (any || replaced) {
            more.push_back(one.wallet);
        }
    }
    return more;
}

base::Result<> Worker::RunBatches(Batches& batches) {
    if (batches.empty()) {
        return {};
    }
    for (Batch& batch : batches) {
        BASE_RETURN_IF_ERROR(HoldBack(batch));
    }
    Price(batches);
    BASE_CRASH_POINT("before_authorise");
    Authorise(batches);
    Price(batches);
    BASE_CRASH_POINT("after_authorise");
    BASE_RETURN_IF_ERROR(Reserve(batches));
    BASE_CRASH_POINT("after_reserve");
    BASE_RETURN_IF_ERROR(Sign(batches));
    for (Batch& batch : batches) {
        BASE_RETURN_IF_ERROR(FindLanded(batch));
        BASE_RETURN_IF_ERROR(EndVoided(batch));
    }
    return {};
}

void Worker::Sort(Batch& batch, std::vector<Queued> queue) const {
    for (Queued& queued : queue) {
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

void Worker::Price(Batches& batches) {
    const auto items = ItemsAt(batches, BatchItem::Step::kPrice);
    std::vector<std::optional<base::Result<chain::Quote>>> quotes(items.size());
    core_.node_calls.ForEach(items.size(), [&](std::size_t index) {
        const BatchItem& item = *items[index].item;
        chain::Plan plan = item.intent.plan;
        if (item.intent.state == State::kAuthorised || item.authorised) {
            // More may have come in since: no more leaves than what was authorised.
            plan.amount_max = item.intent.amount;
        }
        quotes[index].emplace(core_.chain.Price(plan));
    });
    for (std::size_t index = 0; index < items.size(); ++index) {
        Batch& batch = *items[index].batch;
        BatchItem& item = *items[index].item;
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

void Worker::Authorise(Batches& batches) {
    const auto items = ItemsAt(batches, BatchItem::Step::kAuthorise);
    if (items.empty()) {
        return;
    }
    std::vector<AuthoriseCall> calls;
    for (const PlacedItem& place : items) {
        calls.push_back({place.item->intent.order, place.item->intent.amount});
    }
    const auto verdicts = core_.gate.AuthoriseAll(calls);
    for (std::size_t index = 0; index < items.size(); ++index) {
        ApplyVerdict(*items[index].batch, *items[index].item, verdicts[index]);
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

base::Result<> Worker::EndVoided(Batch& batch) {
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
    BASE_RETURN_IF_ERROR(core_.Fenced(batch.lease, write));
    core_.Announce(ended);
    BASE_CRASH_POINT("after_end");

    // Signed after all: Sign's repeat answers the stored bytes.
    Batches signed_after_all(1);
    signed_after_all.front().wallet = batch.wallet;
    signed_after_all.front().lease = batch.lease;
    for (std::size_t index = 0; index < list.size(); ++index) {
        if (answers[index]->has_value() && !**answers[index]) {
            BatchItem item;
            item.intent = list[index].intent;
            item.step = BatchItem::Step::kSign;
            signed_after_all.front().items.push_back(std::move(item));
        }
    }
    return Sign(signed_after_all);
}

}  // namespace transfer
