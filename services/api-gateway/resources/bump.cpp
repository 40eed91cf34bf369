#include <algorithm>

#include "api-gateway/flow/order.h"
#include "api-gateway/flow/payment.h"
#include "api-gateway/flow/twin.h"
#include "api-gateway/resources/payments.h"
#include "api-gateway/views/transfer_view.h"
#include "base/crash_point.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace v1 = platform::chain::v1;

enum class Bump { kSpeedUp, kCancel };

struct Wish {
    bool cpfp = false;  // the payment's change pays for it, in a payment of its own
    v1::FeePreference fee;
    std::optional<money::UInt256> fee_cap;
    std::optional<std::string> key;
    crypto::Hash256 request_hash{};
};

base::Result<Wish> ReadWish(Call& call, const Chain& chain, Bump bump) {
    BASE_ASSIGN_OR_RETURN(const nlohmann::json body, ReadOptionalBody(call));
    net::ObjectReader reader(body);
    Wish wish;
    const auto method =
        bump == Bump::kSpeedUp ? reader.Text("method") : std::optional<std::string>();
    const auto fee_cap = reader.Text("fee_cap");
    auto fee = ReadFee(reader, chain);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (!fee) {
        return fee.error();
    }
    if (method && *method != "replace" && *method != "cpfp") {
        return base::InvalidArgument("wrong_type", "method is replace or cpfp").At("/method");
    }
    wish.cpfp = method && *method == "cpfp";
    wish.fee = std::move(*fee);
    if (fee_cap) {
        const auto cap = money::ParseDecimal(*fee_cap, chain.native.decimals);
        if (!cap) {
            return base::Error(cap.error()).At("/fee_cap");
        }
        wish.fee_cap = *cap;
    }
    BASE_ASSIGN_OR_RETURN(wish.key, ReadIdempotencyKey(call));
    wish.request_hash = HashRequest(call, chain, body);
    return wish;
}

base::Error UnknownPayment() {
    return base::NotFound("unknown_tx", "you have made no payment with this hash or id");
}

// The caller's own payment by one of its hashes, or by its id before it has one.
awaitable<base::Result<v1::TransferView>> FindTarget(App& app,
                                                     const Call& call,
                                                     const Chain& chain) {
    const std::string& segment = call.Segment("hash");
    std::optional<v1::TransferView> view;
    if (segment.starts_with("tx_")) {
        const auto id = ParseId<base::IntentId>(segment, "tx_");
        if (!id) {
            co_return id.error();
        }
        auto found = co_await FindPayment(app, call, chain, *id);
        if (!found) {
            co_return found.error();
        }
        view = std::move(*found);
    } else {
        v1::GetTransactionRequest request;
        request.set_tx_hash(segment);
        request.set_user_id(call.caller.user->id.ToString());
        auto context = app.backends().ContextOf(call);
        auto found = co_await rpc::Await(
            *chain.client, &ChainAsync::GetTransaction, std::move(request), std::move(context));
        if (!found) {
            co_return found.error();
        }
        if (found->has_transfer()) {
            view = std::move(*found->mutable_transfer());
        }
    }
    if (!view || view->user_id() != call.caller.user->id.ToString() || view->incoming()) {
        co_return UnknownPayment();
    }
    co_return std::move(*view);
}

// Three times what the payment was estimated at, or what a fast plain transfer costs now.
awaitable<base::Result<money::UInt256>> CapOf(
    App& app, const Call& call, const Chain& chain, const Wish& wish, std::string former_estimate) {
    if (wish.fee_cap) {
        co_return *wish.fee_cap;
    }
    v1::GetFeesRequest request;
    auto context = app.backends().ContextOf(call);
    const auto fees = co_await rpc::Await(
        *chain.client, &ChainAsync::GetFees, std::move(request), std::move(context));
    if (!fees) {
        co_return fees.error();
    }
    money::UInt256 highest;
    if (const auto former = money::UInt256::Parse(former_estimate)) {
        highest = *former;
    }
    for (const v1::FeeOffer& offer : fees->offers()) {
        if (const auto cost = money::UInt256::Parse(offer.transfer_cost())) {
            highest = std::max(highest, *cost);
        }
    }
    co_return money::CheckedMul(highest, money::UInt256(3));
}

template <class Request, class Method>
awaitable<base::Result<v1::TransferView>> Order(
    App& app, const Call& call, const Chain& chain, Request request, Method method) {
    auto context = app.backends().ContextOf(call);
    auto answer =
        co_await rpc::Await(*chain.client, method, std::move(request), std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return std::move(*answer->mutable_transfer());
}

awaitable<base::Result<v1::TransferView>> Carry(
    App& app, const Call& call, const Chain& chain, const Wish& wish, Bump bump) {
    const auto target = co_await FindTarget(app, call, chain);
    if (!target) {
        co_return target.error();
    }
    const auto cap = co_await CapOf(app, call, chain, wish, target->fee_estimate());
    if (!cap) {
        co_return cap.error();
    }
    auto order = OrderAbout(app, *target);
    order.set_fee_cap(cap->ToDecimal());
    if (bump == Bump::kCancel) {
        order.mutable_cancel()->set_tx_hash(target->tx_hash());
    } else {
        order.mutable_speed_up()->set_tx_hash(target->tx_hash());
    }
    auto sealed = Sign(app, std::move(order));
    if (!sealed) {
        co_return sealed.error();
    }
    if (bump == Bump::kCancel) {
        v1::CancelRequest request;
        *request.mutable_order() = std::move(*sealed);
        *request.mutable_fee() = wish.fee;
        void (ChainAsync::*method)(grpc::ClientContext*,
                                   const v1::CancelRequest*,
                                   v1::CancelResponse*,
                                   std::function<void(grpc::Status)>) = &ChainAsync::Cancel;
        co_return co_await Order(app, call, chain, std::move(request), method);
    }
    v1::SpeedUpRequest request;
    *request.mutable_order() = std::move(*sealed);
    *request.mutable_fee() = wish.fee;
    void (ChainAsync::*method)(grpc::ClientContext*,
                               const v1::SpeedUpRequest*,
                               v1::SpeedUpResponse*,
                               std::function<void(grpc::Status)>) = &ChainAsync::SpeedUp;
    co_return co_await Order(app, call, chain, std::move(request), method);
}

// A key makes a repeated request one attempt: its row is taken before the daemon is asked.
awaitable<base::Result<Settled>> Reserve(
    App& app, Call& call, const Chain& chain, Slot slot, base::IntentId target) {
    auto work = [&pool = app.database(), slot, target] { return ClaimSlot(pool, slot, target); };
    const auto claimed = co_await app.Sql(std::move(work));
    if (!claimed) {
        co_return claimed.error();
    }
    if (claimed->own) {
        co_return Settled{claimed->own, std::nullopt};
    }
    const Twin& twin = *claimed->other;
    switch (JudgeBump(twin)) {
        case TwinVerdict::kReused:
            co_return base::FailedPrecondition("key_reused",
                                               "this idempotency key belongs to another request");
        case TwinVerdict::kReplay: {
            auto view = co_await FindPayment(app, call, chain, twin.claim.intent);
            if (!view) {
                co_return view.error();
            }
            if (!*view) {
                co_return UnknownPayment();
            }
            net::Response response = JsonResponse(200, TransferDetailJson(**view));
            response.headers.Set("Idempotent-Replayed", "true");
            co_return Settled{std::nullopt, std::move(response)};
        }
        case TwinVerdict::kTakeOver: {
            auto take = [&pool = app.database(), slot, twin] {
                return TakeOver(pool, slot, twin, twin.claim.intent);
            };
            auto claim = co_await app.Sql(std::move(take));
            if (!claim) {
                co_return claim.error();
            }
            if (*claim) {
                co_return Settled{std::move(*claim), std::nullopt};
            }
            break;
        }
        case TwinVerdict::kInProgress:
        case TwinVerdict::kDuplicate:
        case TwinVerdict::kNewPayment:
            break;
    }
    base::Error busy = base::MakeError(
        base::ErrorKind::kAborted, "in_progress", "the same request is being worked on right now");
    busy.retry_after = std::chrono::seconds(1);
    co_return busy;
}

// The order that spends the change of a payment that waits, at a rate that is worth a block's room
// for both. It is a payment of its own: the change can be spent once.
base::Result<v1::TransferRequest> MakeCpfpRequest(const App& app,
                                                  const v1::TransferView& parent,
                                                  const v1::FeePreference& fee,
                                                  const money::UInt256& cap,
                                                  base::IntentId intent) {
    auto order = OrderAbout(app, parent);
    order.set_intent_id(intent.ToString());
    order.set_fee_cap(cap.ToDecimal());
    order.mutable_cpfp()->set_parent_tx_hash(parent.tx_hash());
    v1::TransferRequest request;
    BASE_ASSIGN_OR_RETURN(*request.mutable_order(), Sign(app, std::move(order)));
    *request.mutable_fee() = fee;
    return request;
}

Answer PayForParent(
    App& app, Call& call, const Chain& chain, Wish wish, v1::TransferView parent, Slot slot) {
    if (chain.info->family != chain::Family::kUtxo) {
        co_return base::InvalidArgument("unsupported_action", "no change pays for a payment here")
            .At("/method");
    }
    if (parent.tx_hash().empty()) {
        co_return base::FailedPrecondition("not_signed_yet", "the payment has no transaction yet");
    }
    auto earlier = co_await FindEarlier(app, call, chain, slot);
    if (!earlier) {
        co_return earlier.error();
    }
    Settled settled = std::move(*earlier);
    if (!settled.response && !settled.claim) {
        auto begun = co_await Begin(app, call, chain, slot, false);
        if (!begun) {
            co_return begun.error();
        }
        settled = std::move(*begun);
    }
    if (settled.response) {
        co_return std::move(*settled.response);
    }
    auto cap = co_await CapOf(app, call, chain, wish, parent.fee_estimate());
    if (cap && !wish.fee_cap) {
        // A child pays for its parents as well: at least what 1,000 vbytes cost at the rate asked
        // for.
        *cap = std::max(*cap, money::UInt256(wish.fee.utxo().rate_milli_per_vbyte()));
    }
    auto request = cap ? MakeCpfpRequest(app, parent, wish.fee, *cap, settled.claim->intent)
                       : base::Result<v1::TransferRequest>(cap.error());
    const auto view = co_await HandOver(app, call, chain, std::move(request), slot, *settled.claim);
    if (!view) {
        co_return view.error();
    }
    co_return PaymentResponse(*view);
}

Answer Run(App& app, Call& call, Bump bump) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto wish = ReadWish(call, *chain, bump);
    if (!wish) {
        co_return wish.error();
    }
    const auto target = co_await FindTarget(app, call, *chain);
    if (!target) {
        co_return target.error();
    }
    const auto intent = base::IntentId::Parse(target->id());
    if (!intent) {
        co_return base::Internal("a payment's id is not a UUID");
    }
    const Slot slot{
        call.caller.user->id, wish->key, wish->request_hash, std::string(chain->info->name)};
    if (wish->cpfp) {
        co_return co_await PayForParent(app, call, *chain, *wish, *target, slot);
    }
    Settled settled;
    if (wish->key) {
        auto reserved = co_await Reserve(app, call, *chain, slot, *intent);
        if (!reserved) {
            co_return reserved.error();
        }
        settled = std::move(*reserved);
    }
    if (settled.response) {
        co_return std::move(*settled.response);
    }
    BASE_CRASH_POINT("rest_bump_claimed");
    const auto view = co_await Carry(app, call, *chain, *wish, bump);
    BASE_CRASH_POINT("rest_bump_answered");
    if (settled.claim) {
        auto end =
            [&pool = app.database(), slot, claim = *settled.claim, taken = view.has_value()] {
                return taken ? MarkTaken(pool, slot, claim) : ForgetSlot(pool, slot, claim);
            };
        const bool definite = view || !base::IsRetryable(view.error().kind);
        if (definite) {
            const auto ended = co_await app.Sql(std::move(end));
            BASE_CRASH_POINT("rest_bump_taken");
            if (!ended) {
                co_return ended.error();
            }
        }
    }
    if (!view) {
        co_return view.error();
    }
    co_return JsonResponse(200, TransferDetailJson(*view));
}

}  // namespace

Answer SpeedUp(App& app, Call& call) {
    co_return co_await Run(app, call, Bump::kSpeedUp);
}

Answer Cancel(App& app, Call& call) {
    co_return co_await Run(app, call, Bump::kCancel);
}

}  // namespace gateway
