#include "transfer/replacer.h"

#include <utility>

#include "base/crash_point.h"
#include "transfer/signing.h"
#include "transfer/store_coins.h"
#include "transfer/store_slots.h"
#include "transfer/store_tracking.h"

namespace transfer {

namespace {

base::Error CancelUnderWay() {
    return base::FailedPrecondition("cancel_under_way",
                                    "a cancel was sent already; cancel it again with a higher fee");
}

}  // namespace

base::Result<bool> Replacer::Run(const Lease& lease, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(const auto orders, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadOpenOrders(tx, wallet);
                          }));
    for (const OpenOrder& open : orders) {
        BASE_RETURN_IF_ERROR(Prepare(lease, wallet, open));
    }
    BASE_ASSIGN_OR_RETURN(const auto requested, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadRequested(tx, wallet);
                          }));
    for (const Requested& entry : requested) {
        BASE_RETURN_IF_ERROR(Sign(lease, entry));
    }
    return !orders.empty() || !requested.empty();
}

base::Result<> Replacer::CheckOrder(const OpenOrder& open) {
    const Subject& subject = open.subject;
    if (subject.state == State::kMined || IsTerminal(subject.state)) {
        return base::FailedPrecondition("already_confirmed",
                                        "one of its transactions is in a block already");
    }
    if (subject.newest_pays_self && open.kind == chain::AttemptKind::kSpeedUp) {
        return CancelUnderWay();
    }
    BASE_RETURN_IF_ERROR(core_.CheckSends());
    if (open.lapsed) {
        return base::FailedPrecondition("order_expired", "the order's time is over");
    }
    if (subject.attempt_count >= core_.settings.attempts_max) {
        return base::FailedPrecondition("too_many_attempts",
                                        "this payment has been replaced too often already");
    }
    // The amount moves nothing new: policy sees a fee alone.
    BASE_ASSIGN_OR_RETURN(const auto answer, core_.gate.Authorise(open.order, money::UInt256()));
    switch (answer.verdict) {
        case Verdict::kAllow:
            return {};
        case Verdict::kDeny:
        case Verdict::kNeedsApproval:
            return base::PermissionDenied(answer.reason, answer.detail);
        case Verdict::kWait:
            return base::Unavailable(answer.reason, answer.detail);
    }
    return {};
}

base::Result<> Replacer::Prepare(const Lease& lease,
                                 const base::WalletId& wallet,
                                 const OpenOrder& open) {
    const auto attempt_of = [&]() -> base::Result<std::optional<NewAttempt>> {
        BASE_RETURN_IF_ERROR(CheckOrder(open));
        if (open.subject.attempt_open) {
            return std::optional<NewAttempt>();  // one after the other
        }
        chain::Plan plan = open.subject.plan;
        plan.fee = open.fee;
        plan.fee_cap = open.fee_cap;
        NewAttempt attempt;
        attempt.intent = open.subject.id;
        attempt.number = open.subject.attempt_count + 1;
        attempt.kind = open.kind;
        attempt.order_digest = open.digest;
        BASE_ASSIGN_OR_RETURN(attempt.unsigned_tx,
                              core_.chain.Bump(plan, open.kind, open.subject.newest));
        attempt.native_need = NativeNeed(open.subject, open.kind, attempt.unsigned_tx);
        return std::optional(std::move(attempt));
    };
    auto attempt = attempt_of();
    if (attempt && *attempt) {
        const auto stored = Store(lease, wallet, open.subject, std::move(**attempt));
        if (stored || !IsRefusal(stored.error())) {
            return stored;
        }
        attempt = stored.error();
    }
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        if (!attempt && IsRefusal(attempt.error())) {
            return RefuseOrder(tx, open.digest, attempt.error());
        }
        return PostponeOrder(tx, open.digest, core_.settings.retry);
    }));
    core_.waiters.Announce(open.subject.id);
    return {};
}

base::Result<> Replacer::Store(const Lease& lease,
                               const base::WalletId& wallet,
                               const Subject& subject,
                               NewAttempt attempt) {
    BASE_ASSIGN_OR_RETURN(const auto account, core_.chain.GetAccount(subject.plan.from));
    const AccountKey native{core_.network, subject.plan.from, "", wallet};
    return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto left,
            LockAccount(tx, native, {account.native_balance, account.block_height}));
        BASE_ASSIGN_OR_RETURN(const auto growth, HoldGrowth(tx, attempt));
        if (growth > left) {
            BASE_ASSIGN_OR_RETURN(const auto landing,
                                  HeldForLanding(tx, native, account.newest_count));
            const auto once_booked = money::CheckedAdd(left, landing);
            if (!once_booked || growth <= *once_booked) {
                return base::Unavailable("payments_settling",
                                         "a payment of this wallet has just landed");
            }
            return base::FailedPrecondition("insufficient_gas",
                                            "the native balance does not cover the higher fee");
        }
        BASE_RETURN_IF_ERROR(TakeMoreCoins(tx, wallet, attempt));
        return InsertAttempt(tx, core_.network, wallet, attempt);
    });
}

// A replacement of a parent would leave its child without an input.
base::Result<> Replacer::TakeMoreCoins(pg::Tx& tx,
                                       const base::WalletId& wallet,
                                       const NewAttempt& attempt) const {
    if (attempt.unsigned_tx.coins.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const bool has_child, HasChild(tx, attempt.intent));
    if (has_child) {
        return base::FailedPrecondition("has_child",
                                        "another payment spends the change of this one");
    }
    const CoinUse use{core_.network, wallet, attempt.intent, attempt.unsigned_tx.coins, false};
    BASE_ASSIGN_OR_RETURN(const bool locked, TakeCoins(tx, use));
    if (!locked) {
        return base::Unavailable("coins_locked", "a further coin was taken by another payment");
    }
    return {};
}

base::Result<> Replacer::Sign(const Lease& lease, const Requested& requested) {
    const bool wanted = requested.state == State::kSigned || requested.state == State::kSubmitted;
    BASE_CRASH_POINT("before_further_sign");
    const auto ask = [&]() -> base::Result<SignedBytes> {
        if (!wanted) {
            return base::FailedPrecondition("already_confirmed",
                                            "one of its transactions is in a block already");
        }
        BASE_RETURN_IF_ERROR(core_.CheckSends());
        return AskSign(core_, requested.call);
    };
    const auto answer = ask();
    BASE_CRASH_POINT("after_further_sign");
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        if (answer) {
            return MarkFurtherSigned(tx, requested, answer->unsigned_tx, answer->signed_tx);
        }
        if (IsSignRefusal(answer.error())) {
            return DropRequested(tx, requested, answer.error());
        }
        return PostponeAttempt(tx, requested, core_.settings.retry);
    }));
    BASE_CRASH_POINT("after_further_signed");
    core_.Announce(std::vector<base::IntentId>{requested.intent});
    core_.wake_broadcaster();
    return {};
}

base::Result<> Replacer::BumpAutomatically(const Lease& lease,
                                           const base::WalletId& wallet,
                                           const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const auto subject, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadSubject(tx, intent);
                          }));
    if (!subject || subject->attempt_open || subject->state != State::kSubmitted) {
        return {};
    }
    if (const auto open = core_.CheckSends(); !open) {
        return open.error().reason == "sends_stopped" ? base::Result<>() : open;
    }
    if (subject->newest_pays_self) {
        const base::Error why = CancelUnderWay();
        return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
            return SetReason(tx, intent, why.reason, why.detail);
        });
    }
    if (subject->bumps >= core_.settings.automatic_bumps_max) {
        return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
            return SetReason(tx, intent, "bumps_exhausted", "speed it up or cancel it");
        });
    }
    // The caller's figures were for the first attempt; the fee cap is for all.
    chain::Plan plan = subject->plan;
    plan.fee.figure = std::monostate();
    auto bumped = core_.chain.Bump(plan, chain::AttemptKind::kSpeedUp, subject->newest);
    if (bumped) {
        NewAttempt attempt;
        attempt.intent = intent;
        attempt.number = subject->attempt_count + 1;
        attempt.unsigned_tx = std::move(*bumped);
        attempt.native_need =
            NativeNeed(*subject, chain::AttemptKind::kSpeedUp, attempt.unsigned_tx);
        const auto stored = Store(lease, wallet, *subject, std::move(attempt));
        if (stored) {
            core_.wake_worker(wallet);
            return {};
        }
        bumped = stored.error();
    }
    const base::Error why = bumped.error();
    if (!IsRefusal(why)) {
        return why;
    }
    return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        return SetReason(
            tx, intent, why.reason, why.detail + "; speed it up with a higher fee or cancel it");
    });
}

}  // namespace transfer
