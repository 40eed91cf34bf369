#include "transfer/engine.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/crash_point.h"
#include "transfer/broadcaster.h"
#include "transfer/core.h"
#include "transfer/intake.h"
#include "transfer/loop.h"
#include "transfer/publisher.h"
#include "transfer/recovery.h"
#include "transfer/scheduler.h"
#include "transfer/store_attempts.h"
#include "transfer/store_payments.h"
#include "transfer/tracker.h"
#include "transfer/worker.h"

namespace transfer {

namespace {

// Where no announcement comes, because another process drives the intent.
constexpr std::chrono::milliseconds kLookAgain{250};
constexpr std::size_t kPageMax = 100;

base::Error UnknownIntent() {
    return base::NotFound("unknown_intent", "there is no payment with this id");
}

bool IsOver(const Wait& wait) {
    return wait.cancelled.stop_requested() || std::chrono::steady_clock::now() >= wait.until;
}

}  // namespace

class Engine::Impl {
public:
    explicit Impl(EngineParts parts)
        : core_(std::move(parts)),
          worker_(core_),
          broadcaster_(core_),
          tracker_(core_),
          recovery_(core_),
          publisher_(core_),
          intake_(core_),
          scheduler_([this](const std::vector<base::WalletId>& wallets) { worker_.Run(wallets); }),
          scan_loop_(core_.settings.scan, [this] { recovery_.Scan(); }),
          sweep_loop_(core_.settings.recovery, [this] { Sweep(); }),
          lease_loop_(core_.settings.lease_renewal, [this] { RenewLeases(); }),
          broadcast_loop_(core_.settings.scan, [this] { broadcaster_.Run(); }),
          track_loop_(core_.settings.head_poll, [this] { tracker_.Run(); }),
          publish_loop_(
              core_.settings.scan, [this] { publisher_.Run(); }, core_.settings.publish_spacing) {
        core_.wake_worker = [this](const base::WalletId& wallet) { scheduler_.Wake(wallet); };
        core_.wake_broadcaster = [this] { broadcast_loop_.Wake(); };
        core_.wake_publisher = [this] { publish_loop_.Wake(); };
    }

    void RunOnce() {
        Sweep();
        recovery_.Scan();
        scheduler_.RunAll();
        broadcaster_.Run();
        tracker_.Run();
        scheduler_.RunAll();
        publisher_.Run();
    }

    void Start() {
        scheduler_.Start(core_.settings.rounds_at_once);
        for (Loop* loop : Loops()) {
            loop->Start();
        }
    }

    void Stop() {
        for (Loop* loop : Loops()) {
            loop->Stop();
        }
        scheduler_.Stop();
        std::vector<std::string> names;
        for (const Lease& lease : core_.leases.AllHeld()) {
            names.push_back(lease.name);
        }
        if (const auto released = core_.leases.Release(names); !released) {
            core_.Report("release", released.error());
        }
    }

    // Threads first: nothing may wake a part that is gone.
    void EndThreads() {
        for (Loop* loop : Loops()) {
            loop->Stop();
        }
        scheduler_.Stop();
    }

    base::Result<Payment> Accept(const NewIntent& intent, const Wait& wait) {
        Waiters::Ticket ticket(core_.waiters, intent.id);
        BASE_ASSIGN_OR_RETURN(const auto admission, pg::Read(core_.pool, [&](pg::Tx& tx) {
                                  return FindAdmission(tx, core_.network, intent.id);
                              }));
        bool made = false;
        if (!admission.known) {
            BASE_ASSIGN_OR_RETURN(made, Insert(intent, admission.stopped));
            BASE_CRASH_POINT("after_received");
        }
        scheduler_.Wake(intent.wallet);
        if (made) {
            // Nobody else's: what its worker shows after the commit is the answer.
            if (const auto shown = AwaitShown(ticket, wait)) {
                return *shown;
            }
        }
        return AwaitFound(intent, wait);
    }

    // What it came to, where this process drives it; null where another may.
    static std::shared_ptr<const Payment> AwaitShown(Waiters::Ticket& ticket, const Wait& wait) {
        while (!IsOver(wait)) {
            ticket.WaitFor(kLookAgain);
            auto shown = ticket.Shown();
            if (!shown) {
                return nullptr;
            }
            const auto state = ParseState(shown->state);
            if (state && IsAnswerable(*state)) {
                return shown;
            }
        }
        return nullptr;
    }

    base::Result<Payment> AwaitFound(const NewIntent& intent, const Wait& wait) {
        // What is found may be another caller's, who was first with this id.
        bool same = true;
        bool renewed = false;
        const auto look = [&](const Found& now) -> base::Result<bool> {
            same = now.user == intent.user && now.wallet == intent.wallet &&
                   now.parameters_digest == intent.parameters_digest;
            if (!same) {
                return true;
            }
            if (now.state == State::kAwaitHuman && intent.approved && !renewed &&
                now.order != intent.order.order) {
                BASE_RETURN_IF_ERROR(
                    pg::Transact(core_.pool, [&](pg::Tx& tx) { return RenewOrder(tx, intent); }));
                BASE_CRASH_POINT("after_renew");
                scheduler_.Wake(intent.wallet);
                renewed = true;
                return false;
            }
            return IsAnswerable(now.state) && !(renewed && now.state == State::kAwaitHuman);
        };
        BASE_RETURN_IF_ERROR(Await(intent.id, wait, look));
        if (!same) {
            return base::MakeError(base::ErrorKind::kAlreadyExists,
                                   "intent_mismatch",
                                   "this id belongs to a payment with other parameters");
        }
        return Get(intent.id.ToString());
    }

    base::Result<Payment> Replace(const Replacement& replacement, const Wait& wait) {
        BASE_ASSIGN_OR_RETURN(const auto found, Find(replacement.intent));
        if (!found || !(found->user == replacement.user) ||
            !(found->wallet == replacement.wallet)) {
            return UnknownIntent();
        }
        State state = found->state;
        if (IsUnsigned(state)) {
            BASE_ASSIGN_OR_RETURN(state, StopUnsigned(replacement, wait));
        }
        if (state == State::kMined || IsTerminal(state)) {
            const bool stopped =
                state == State::kRejected || state == State::kExpired || state == State::kCancelled;
            if (stopped && replacement.kind == chain::AttemptKind::kCancel) {
                return Get(replacement.intent.ToString());
            }
            return base::FailedPrecondition("already_confirmed",
                                            "the payment is in a block or has ended");
        }
        if (IsUnsigned(state)) {
            return Get(replacement.intent.ToString());  // the wait is over; the Void goes on
        }
        if (!core_.chain.parameters().replaceable) {
            return base::FailedPrecondition(
                "not_replaceable", "this network does not replace a transaction that was sent");
        }
        return ReplaceSigned(replacement, wait);
    }

    base::Result<Payment> Get(const std::string& id) {
        BASE_ASSIGN_OR_RETURN(auto payment, pg::Read(core_.pool, [&](pg::Tx& tx) {
                                  return LoadPayment(tx, core_.network, id);
                              }));
        if (!payment) {
            return UnknownIntent();
        }
        return std::move(*payment);
    }

    base::Result<std::optional<Payment>> FindByHash(const base::UserId& user,
                                                    const std::string& tx_hash) {
        return pg::Transact(core_.pool, [&](pg::Tx& tx) {
            return LoadPaymentByHash(tx, core_.network, user, tx_hash);
        });
    }

    base::Result<PaymentPage> List(const PageRequest& request) {
        const PageQuery query{core_.network,
                              request.user,
                              request.wallet,
                              std::clamp<std::size_t>(request.limit, 1, kPageMax),
                              request.after};
        return pg::Transact(core_.pool, [&](pg::Tx& tx) { return LoadPage(tx, query); });
    }

    std::shared_ptr<void> Subscribe(std::function<void(const Change&)> on_change) {
        return publisher_.Subscribe(std::move(on_change));
    }

private:
    std::vector<Loop*> Loops() {
        return {&scan_loop_,
                &sweep_loop_,
                &lease_loop_,
                &broadcast_loop_,
                &track_loop_,
                &publish_loop_};
    }

    void Sweep() {
        recovery_.Sweep();
        broadcaster_.RunLost();
    }

    void RenewLeases() {
        if (const auto renewed = core_.leases.RenewAll(); !renewed) {
            core_.Report("lease", renewed.error());
        }
    }

    base::Result<std::optional<Found>> Find(const base::IntentId& id) {
        return pg::Read(core_.pool, [&](pg::Tx& tx) { return FindIntent(tx, core_.network, id); });
    }

    // Prices first: what can never pay is refused and leaves no trace. A node that does not answer
    // refuses nothing: the intent waits for it.
    // False: another caller made it meanwhile.
    base::Result<bool> Insert(const NewIntent& intent, const std::string& stopped) {
        if (!stopped.empty()) {
            return base::Unavailable("sends_stopped", stopped);
        }
        Insertion insertion;
        insertion.intent = intent;
        const auto quote = core_.chain.Price(intent.plan);
        if (quote) {
            insertion.quote = *quote;
        } else if (quote.error().kind == base::ErrorKind::kUnavailable ||
                   quote.error().kind == base::ErrorKind::kDeadlineExceeded) {
            insertion.reason = PricingReason(quote.error());
            insertion.detail = quote.error().detail;
        } else {
            return quote.error();
        }
        return intake_.Put(insertion);
    }

    // Looks at the intent until it is as wanted or the wait is over.
    base::Result<State> Await(const base::IntentId& id,
                              const Wait& wait,
                              const std::function<base::Result<bool>(const Found&)>& wanted) {
        Waiters::Ticket ticket(core_.waiters, id);
        while (true) {
            BASE_ASSIGN_OR_RETURN(const auto found, Find(id));
            if (!found) {
                return UnknownIntent();
            }
            BASE_ASSIGN_OR_RETURN(const bool enough, wanted(*found));
            if (enough || IsOver(wait)) {
                return found->state;
            }
            ticket.WaitFor(kLookAgain);
        }
    }

    // Before signing, a cancel is a Void. Answers the state it came to.
    base::Result<State> StopUnsigned(const Replacement& replacement, const Wait& wait) {
        if (replacement.kind != chain::AttemptKind::kCancel) {
            return base::FailedPrecondition("not_signed_yet",
                                            "the payment has no transaction to speed up yet");
        }
        BASE_RETURN_IF_ERROR(pg::Transact(
            core_.pool, [&](pg::Tx& tx) { return RequestCancel(tx, replacement.intent); }));
        BASE_CRASH_POINT("after_cancel_request");
        scheduler_.Wake(replacement.wallet);
        return Await(
            replacement.intent, wait, [](const Found& now) { return !IsUnsigned(now.state); });
    }

    base::Result<Payment> ReplaceSigned(const Replacement& replacement, const Wait& wait) {
        BASE_RETURN_IF_ERROR(core_.CheckSends());
        BASE_RETURN_IF_ERROR(pg::Transact(
            core_.pool, [&](pg::Tx& tx) { return InsertOrder(tx, core_.network, replacement); }));
        BASE_CRASH_POINT("after_attempt_order");
        scheduler_.Wake(replacement.wallet);
        const crypto::Hash256 digest = crypto::Sha256(replacement.order.order);
        Waiters::Ticket ticket(core_.waiters, replacement.intent);
        while (true) {
            BASE_ASSIGN_OR_RETURN(const auto outcome, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                                      return FindOrder(tx, digest);
                                  }));
            if (outcome.error) {
                return *outcome.error;
            }
            if (outcome.state != "open" || IsOver(wait)) {
                return Get(replacement.intent.ToString());
            }
            ticket.WaitFor(kLookAgain);
        }
    }

    Core core_;
    Worker worker_;
    Broadcaster broadcaster_;
    Tracker tracker_;
    Recovery recovery_;
    Publisher publisher_;
    Intake intake_;
    Scheduler scheduler_;
    Loop scan_loop_;
    Loop sweep_loop_;
    Loop lease_loop_;
    Loop broadcast_loop_;
    Loop track_loop_;
    Loop publish_loop_;
};

Engine::Engine(EngineParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

Engine::~Engine() {
    impl_->EndThreads();
}

void Engine::RunOnce() {
    impl_->RunOnce();
}

void Engine::Start() {
    impl_->Start();
}

void Engine::Stop() {
    impl_->Stop();
}

base::Result<Payment> Engine::Accept(const NewIntent& intent, const Wait& wait) {
    return impl_->Accept(intent, wait);
}

base::Result<Payment> Engine::Replace(const Replacement& replacement, const Wait& wait) {
    return impl_->Replace(replacement, wait);
}

base::Result<Payment> Engine::Get(const std::string& id) {
    return impl_->Get(id);
}

base::Result<std::optional<Payment>> Engine::FindByHash(const base::UserId& user,
                                                        const std::string& tx_hash) {
    return impl_->FindByHash(user, tx_hash);
}

base::Result<PaymentPage> Engine::List(const PageRequest& request) {
    return impl_->List(request);
}

std::shared_ptr<void> Engine::Subscribe(std::function<void(const Change&)> on_change) {
    return impl_->Subscribe(std::move(on_change));
}

}  // namespace transfer
