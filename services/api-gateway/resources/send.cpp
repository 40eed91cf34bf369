#include "api-gateway/flow/estimate.h"
#include "api-gateway/flow/paying_wallet.h"
#include "api-gateway/flow/payment.h"
#include "api-gateway/resources/payments.h"
#include "api-gateway/store/found_store.h"
#include "api-gateway/views/chain_view.h"
#include "net/json.h"
#include "net/problem.h"

namespace gateway {

namespace {

using boost::asio::awaitable;

constexpr unsigned kFoundMax = 100;

base::Result<bool> IsDryRun(const Call& call) {
    const auto text = call.query.Find("dry_run");
    if (!text || *text == "false") {
        return false;
    }
    if (*text == "true") {
        return true;
    }
    return base::InvalidArgument("wrong_type", "dry_run is true or false").At("/dry_run");
}

// The row of this request. Errors: `idempotency_key_required` for API keys without one.
base::Result<Slot> SlotOf(const Call& call, const Chain& chain, nlohmann::json body) {
    Slot slot;
    slot.refuse_restored = !body.value("after_restore", false);
    // Not a part of what is paid: said of the same payment.
    body.erase("after_restore");
    slot.user = call.caller.user->id;
    slot.chain = chain.info->name;
    BASE_ASSIGN_OR_RETURN(slot.key, ReadIdempotencyKey(call));
    if (!slot.key && call.caller.rights.credential == auth::Credential::kApiKey) {
        return base::InvalidArgument("idempotency_key_required",
                                     "a program sends the header Idempotency-Key with a payment");
    }
    slot.request_hash =
        HashRequest(call, chain, std::move(body), slot.key ? "" : "allow_duplicate");
    return slot;
}

awaitable<base::Result<net::Response>> ShowEstimate(App& app,
                                                    Call& call,
                                                    const Chain& chain,
                                                    const PaymentWish& wish) {
    const auto wallet = co_await FindWallet(app, call, chain, wish.wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    const auto estimate = co_await Estimate(app, call, chain, wish, *wallet);
    if (!estimate) {
        co_return estimate.error();
    }
    nlohmann::json body = EstimateJson(chain, *estimate);
    body["from"] = wallet->address();
    body["wallet_id"] = wallet->wallet_id();
    const auto cap = FeeCap(wish.fee_cap, *estimate);
    if (!cap) {
        co_return cap.error();
    }
    body["fee_cap"] = money::FormatDecimal(*cap, chain.native.decimals);
    body["fee_cap_atomic"] = cap->ToDecimal();
    co_return JsonResponse(200, body);
}

awaitable<base::Result<net::Response>> Pay(
    App& app, Call& call, const Chain& chain, const PaymentWish& wish, Slot slot) {
    Settled settled;
    if (!wish.allow_duplicate || slot.key) {
        auto earlier = co_await FindEarlier(app, call, chain, slot);
        if (!earlier) {
            co_return earlier.error();
        }
        settled = std::move(*earlier);
    }
    if (settled.response) {
        co_return std::move(*settled.response);
    }
    const auto wallet = co_await FindWallet(app, call, chain, wish.wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    const auto estimate = co_await Estimate(app, call, chain, wish, *wallet);
    if (!estimate) {
        co_return estimate.error();
    }
    if (!settled.claim) {
        auto begun = co_await Begin(app, call, chain, slot, wish.allow_duplicate);
        if (!begun) {
            co_return begun.error();
        }
        settled = std::move(*begun);
    }
    if (settled.response) {
        co_return std::move(*settled.response);
    }
    const PaymentPlan plan{chain, wish, *wallet, *estimate};
    auto request = MakeTransferRequest(app, plan, settled.claim->intent);
    const auto view = co_await HandOver(app, call, chain, std::move(request), slot, *settled.claim);
    if (!view) {
        co_return view.error();
    }
    auto response = PaymentResponse(*view);
    if (!response && !slot.key) {
        // It never pays, so that an equal request is no duplicate.
        auto forget = [&pool = app.database(), slot, claim = *settled.claim] {
            return ForgetSlot(pool, slot, claim);
        };
        const auto forgotten = co_await app.Sql(std::move(forget));
        if (!forgotten) {
            co_return forgotten.error();
        }
    }
    co_return response;
}

// The refusal with what the chain shows instead: the client finds its payment there, or not.
awaitable<base::Result<net::Response>> ShowFound(App& app,
                                                 Call& call,
                                                 const Chain& chain,
                                                 const base::Error& restored) {
    auto list = [&pool = app.database(), user = call.caller.user->id, network = chain.network] {
        return ListFoundPayments(pool, user, network, kFoundMax);
    };
    const auto found = co_await app.Sql(std::move(list));
    if (!found) {
        co_return found.error();
    }
    net::Response response = net::ProblemResponse(restored, call.trace, call.request.path);
    nlohmann::json body = nlohmann::json::parse(response.body);
    body["payments"] = nlohmann::json::array();
    for (const FoundPayment& payment : *found) {
        body["payments"].push_back(
            {{"tx_hash", payment.tx_hash},
             {"to", payment.to},
             {"amount", money::FormatDecimal(payment.amount, chain.native.decimals)},
             {"amount_atomic", payment.amount.ToDecimal()},
             {"does", payment.lines},
             {"block_height", payment.block_height},
             {"time", base::FormatRfc3339(payment.at)}});
    }
    response.body = net::WriteJson(body);
    co_return response;
}

}  // namespace

Answer EstimatePayment(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto body = ReadBody(call);
    if (!body) {
        co_return body.error();
    }
    const auto wish = ReadPaymentWish(call, *chain, *body);
    if (!wish) {
        co_return wish.error();
    }
    co_return co_await ShowEstimate(app, call, *chain, *wish);
}

Answer Send(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto body = ReadBody(call);
    if (!body) {
        co_return body.error();
    }
    const auto wish = ReadPaymentWish(call, *chain, *body);
    if (!wish) {
        co_return wish.error();
    }
    const auto dry_run = IsDryRun(call);
    if (!dry_run) {
        co_return dry_run.error();
    }
    if (*dry_run) {
        co_return co_await ShowEstimate(app, call, *chain, *wish);
    }
    auto slot = SlotOf(call, *chain, *body);
    if (!slot) {
        co_return slot.error();
    }
    auto answer = co_await Pay(app, call, *chain, *wish, std::move(*slot));
    if (!answer && answer.error().reason == "restored") {
        co_return co_await ShowFound(app, call, *chain, answer.error());
    }
    co_return answer;
}

}  // namespace gateway
