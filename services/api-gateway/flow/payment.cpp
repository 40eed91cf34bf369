#include "api-gateway/flow/payment.h"

#include "api-gateway/flow/shown.h"
#include "api-gateway/flow/twin.h"
#include "api-gateway/views/transfer_view.h"
#include "base/crash_point.h"
#include "orders/transfer_status.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace v1 = platform::chain::v1;

std::string PublicId(base::IntentId intent) {
    return "tx_" + intent.ToString();
}

base::Error InProgress(base::IntentId intent) {
    base::Error error = base::MakeError(base::ErrorKind::kAborted,
                                        "in_progress",
                                        "the same request is being worked on right now")
                            .With("id", PublicId(intent));
    error.retry_after = std::chrono::seconds(1);
    return error;
}

base::Error KeyReused() {
    return base::FailedPrecondition("key_reused",
                                    "this idempotency key belongs to a request with another body");
}

base::Error Duplicate(base::IntentId intent, const std::optional<v1::TransferView>& view) {
    std::string detail = "the same payment was made before as " + PublicId(intent);
    base::Error error =
        base::MakeError(base::ErrorKind::kAlreadyExists, "possible_duplicate", std::move(detail))
            .With("id", PublicId(intent));
    if (view) {
        error.detail += " and is " + std::string(orders::StatusName(view->status()));
        error.metadata.emplace("payment_status", orders::StatusName(view->status()));
        error.metadata.emplace("tx_hash", view->tx_hash());
    }
    return error;
}

std::optional<v1::TransferStatus> StatusOf(const std::optional<v1::TransferView>& view) {
    return view ? std::optional(view->status()) : std::nullopt;
}

// Compare-and-set; whoever was faster is at work right now.
awaitable<base::Result<Settled>> Take(App& app, Slot slot, Twin twin, base::IntentId intent) {
    const bool keyed = slot.key.has_value();
    auto work = [&pool = app.database(), slot = std::move(slot), twin, intent] {
        return TakeOver(pool, slot, twin, intent);
    };
    const auto claim = co_await app.Sql(std::move(work));
    if (!claim) {
        co_return claim.error();
    }
    if (!*claim) {
        co_return keyed ? InProgress(twin.claim.intent)
                        : Duplicate(twin.claim.intent, std::nullopt);
    }
    co_return Settled{*claim, std::nullopt};
}

awaitable<base::Result<Settled>> Replay(v1::TransferView view) {
    auto response = PaymentResponse(view);
    if (!response) {
        co_return response.error();
    }
    response->headers.Set("Idempotent-Replayed", "true");
    co_return Settled{std::nullopt, std::move(*response)};
}

awaitable<base::Result<Settled>> RefuseDuplicate(App& app,
                                                 const Call& call,
                                                 base::IntentId intent,
                                                 std::optional<v1::TransferView> view) {
    if (view) {
        std::vector<v1::TransferView> views{*view};
        const auto shown = co_await RememberShown(app, call.caller.user->id, std::move(views));
        if (!shown) {
            co_return shown.error();
        }
    }
    co_return Duplicate(intent, view);
}

awaitable<base::Result<Settled>> Settle(
    App& app, Call& call, const Chain& chain, Slot slot, Twin twin) {
    const base::IntentId intent = twin.claim.intent;
    if (slot.key && !twin.same_request) {
        co_return KeyReused();
    }
    std::optional<v1::TransferView> view;
    if (slot.key || !IsFresh(twin)) {
        auto found = co_await FindPayment(app, call, chain, intent);
        if (!found) {
            co_return found.error();
        }
        view = std::move(*found);
    }
    const TwinVerdict verdict =
        slot.key ? JudgeKeyed(twin, StatusOf(view)) : JudgeKeyless(twin, StatusOf(view));
    switch (verdict) {
        case TwinVerdict::kReused:
            co_return KeyReused();
        case TwinVerdict::kReplay:
            co_return co_await Replay(std::move(*view));
        case TwinVerdict::kInProgress:
            co_return InProgress(intent);
        case TwinVerdict::kDuplicate:
            co_return co_await RefuseDuplicate(app, call, intent, std::move(view));
        case TwinVerdict::kTakeOver:
            co_return co_await Take(app, std::move(slot), std::move(twin), intent);
        case TwinVerdict::kNewPayment:
            break;
    }
    const auto fresh = base::IntentId::Random();
    co_return co_await Take(app, std::move(slot), std::move(twin), fresh);
}

// Nothing can have been stored: the daemon refused the request itself.
bool IsDefiniteRefusal(const base::Error& error) {
    switch (error.kind) {
        case base::ErrorKind::kInvalidArgument:
        case base::ErrorKind::kFailedPrecondition:
        case base::ErrorKind::kNotFound:
        case base::ErrorKind::kPermissionDenied:
        case base::ErrorKind::kUnauthenticated:
        case base::ErrorKind::kUnimplemented:
            return true;
        case base::ErrorKind::kAlreadyExists:
        case base::ErrorKind::kAborted:
        case base::ErrorKind::kResourceExhausted:
        case base::ErrorKind::kUnavailable:
        case base::ErrorKind::kDeadlineExceeded:
        case base::ErrorKind::kCancelled:
        case base::ErrorKind::kDataLoss:
        case base::ErrorKind::kInternal:
            return false;
    }
    return false;
}

}  // namespace

awaitable<base::Result<Settled>> FindEarlier(App& app, Call& call, const Chain& chain, Slot slot) {
    auto work = [&pool = app.database(), slot] { return FindTwin(pool, slot); };
    auto twin = co_await app.Sql(std::move(work));
    if (!twin) {
        co_return twin.error();
    }
    if (!*twin) {
        co_return Settled{};
    }
    co_return co_await Settle(app, call, chain, std::move(slot), std::move(**twin));
}

awaitable<base::Result<Settled>> Begin(
    App& app, Call& call, const Chain& chain, Slot slot, bool allow_duplicate) {
    const auto intent = base::IntentId::Random();
    if (!slot.key && allow_duplicate) {
        auto replace = [&pool = app.database(), slot, intent] {
            return ReplaceGuard(pool, slot, intent);
        };
        auto claim = co_await app.Sql(std::move(replace));
        if (!claim) {
            co_return claim.error();
        }
        co_return Settled{std::move(*claim), std::nullopt};
    }
    auto work = [&pool = app.database(), slot, intent] { return ClaimSlot(pool, slot, intent); };
    auto claimed = co_await app.Sql(std::move(work));
    if (!claimed) {
        co_return claimed.error();
    }
    if (claimed->own) {
        BASE_CRASH_POINT("rest_claimed");
        co_return Settled{std::move(claimed->own), std::nullopt};
    }
    co_return co_await Settle(app, call, chain, std::move(slot), std::move(*claimed->other));
}

awaitable<base::Result<std::optional<v1::TransferView>>> FindPayment(App& app,
                                                                     const Call& call,
                                                                     const Chain& chain,
                                                                     base::IntentId intent) {
    v1::GetTransferRequest request;
    request.set_intent_id(intent.ToString());
    auto context = app.backends().ContextOf(call);
    auto found = co_await rpc::Await(
        *chain.client, &ChainAsync::GetTransfer, std::move(request), std::move(context));
    if (!found) {
        if (found.error().reason == "unknown_intent") {
            co_return std::optional<v1::TransferView>();
        }
        co_return found.error();
    }
    co_return std::optional<v1::TransferView>(std::move(*found->mutable_transfer()));
}

awaitable<base::Result<v1::TransferView>> HandOver(App& app,
                                                   const Call& call,
                                                   const Chain& chain,
                                                   base::Result<v1::TransferRequest> request,
                                                   Slot slot,
                                                   Claim claim) {
    base::Error refusal;
    if (request) {
        auto context = app.backends().ContextOf(call);
        auto answer = co_await rpc::Await(
            *chain.client, &ChainAsync::Transfer, std::move(*request), std::move(context));
        BASE_CRASH_POINT("rest_answered");
        if (answer) {
            co_return std::move(*answer->mutable_transfer());
        }
        refusal = answer.error();
    } else {
        refusal = request.error();
    }
    if (!request || IsDefiniteRefusal(refusal)) {
        // The claim's own time stamp keeps this from removing what another caller took over.
        auto forget = [&pool = app.database(), slot = std::move(slot), claim] {
            return ForgetSlot(pool, slot, claim);
        };
        const auto forgotten = co_await app.Sql(std::move(forget));
        if (!forgotten) {
            co_return forgotten.error();
        }
        co_return refusal;
    }
    refusal.metadata.emplace("id", PublicId(claim.intent));
    co_return refusal;
}

base::Result<net::Response> PaymentResponse(const v1::TransferView& view) {
    const bool refused = view.tx_hash().empty() && (view.status() == v1::TRANSFER_STATUS_FAILED ||
                                                    view.status() == v1::TRANSFER_STATUS_EXPIRED);
    if (refused) {
        const std::string reason = view.reason().empty() ? "expired" : view.reason();
        return base::FailedPrecondition(
                   reason,
                   view.detail().empty() ? "the payment was refused: " + reason : view.detail())
            .With("id", "tx_" + view.id())
            .With("payment_status", std::string(orders::StatusName(view.status())));
    }
    const bool waits = view.status() == v1::TRANSFER_STATUS_AWAITING_APPROVAL ||
                       (view.tx_hash().empty() && view.status() == v1::TRANSFER_STATUS_PENDING);
    return JsonResponse(waits ? 202 : 200, TransferJson(view));
}

}  // namespace gateway
