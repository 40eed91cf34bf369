#include "api-gateway/resources/wallet.h"

#include "api-gateway/flow/paying_wallet.h"
#include "api-gateway/flow/proof.h"
#include "api-gateway/flow/shown.h"
#include "api-gateway/views/transfer_view.h"
#include "api-gateway/views/wallet_view.h"
#include "auth/proto_time.h"

namespace gateway {

namespace {

namespace wallet_v1 = platform::wallet::v1;

base::Result<> ReadPeriod(const Call& call, wallet_v1::ListTransactionsRequest& request) {
    if (const auto text = call.query.Find("from")) {
        BASE_ASSIGN_OR_RETURN(const base::Time from, base::ParseRfc3339(*text));
        *request.mutable_from() = auth::ToTimestamp(from);
    }
    if (const auto text = call.query.Find("to")) {
        BASE_ASSIGN_OR_RETURN(const base::Time to, base::ParseRfc3339(*text));
        *request.mutable_to() = auth::ToTimestamp(to);
    }
    return {};
}

base::Result<wallet_v1::ListTransactionsRequest> ReadFilter(const App& app, const Call& call) {
    wallet_v1::ListTransactionsRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    if (const auto name = call.query.Find("chain")) {
        BASE_ASSIGN_OR_RETURN(const Chain chain, app.backends().FindChain(*name));
        request.set_chain(std::string(chain.info->name));
    }
    if (const auto name = call.query.Find("status")) {
        BASE_ASSIGN_OR_RETURN(const auto status, ParseStatus(*name));
        request.set_status(status);
    }
    if (const auto direction = call.query.Find("direction")) {
        if (*direction != "in" && *direction != "out") {
            return base::InvalidArgument("invalid_request", "direction is in or out")
                .At("/direction");
        }
        request.set_direction(std::string(*direction));
    }
    BASE_RETURN_IF_ERROR(ReadPeriod(call, request));
    BASE_ASSIGN_OR_RETURN(const unsigned limit, PageLimit(call));
    request.mutable_page()->set_limit(limit);
    request.mutable_page()->set_cursor(std::string(call.query.Find("cursor").value_or("")));
    return request;
}

}  // namespace

Answer GetBalances(App& app, Call& call) {
    wallet_v1::GetBalancesRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto balances = co_await rpc::Await(app.backends().wallets(),
                                              &WalletAsync::GetBalances,
                                              std::move(request),
                                              std::move(context));
    if (!balances) {
        co_return balances.error();
    }
    co_return JsonResponse(200, BalancesJson(*balances));
}

Answer ListWallets(App& app, Call& call) {
    wallet_v1::ListWalletsRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto wallets = co_await rpc::Await(app.backends().wallets(),
                                             &WalletAsync::ListWallets,
                                             std::move(request),
                                             std::move(context));
    if (!wallets) {
        co_return wallets.error();
    }
    nlohmann::json data = nlohmann::json::array();
    for (const wallet_v1::Wallet& wallet : wallets->wallets()) {
        data.push_back(WalletJson(wallet));
    }
    co_return PageResponse(call, std::move(data), "");
}

Answer ListTransactions(App& app, Call& call) {
    auto request = ReadFilter(app, call);
    if (!request) {
        co_return request.error();
    }
    auto context = app.backends().ContextOf(call);
    const auto page = co_await rpc::Await(app.backends().wallets(),
                                          &WalletAsync::ListTransactions,
                                          std::move(*request),
                                          std::move(context));
    if (!page) {
        co_return page.error();
    }
    nlohmann::json data = nlohmann::json::array();
    std::vector<platform::chain::v1::TransferView> views;
    for (const auto& view : page->transactions()) {
        data.push_back(TransferJson(view));
        views.push_back(view);
    }
    const auto shown = co_await RememberShown(app, call.caller.user->id, std::move(views));
    if (!shown) {
        co_return shown.error();
    }
    co_return PageResponse(call, std::move(data), page->page().next_cursor());
}

Answer GetTransaction(App& app, Call& call) {
    auto id = StripPrefix(call.Segment("id"), "tx_");
    if (!id) {
        co_return id.error();
    }
    wallet_v1::GetTransactionRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_id(std::move(*id));
    auto context = app.backends().ContextOf(call);
    const auto found = co_await rpc::Await(app.backends().wallets(),
                                           &WalletAsync::GetTransaction,
                                           std::move(request),
                                           std::move(context));
    if (!found) {
        co_return found.error();
    }
    std::vector<platform::chain::v1::TransferView> views{found->transaction()};
    const auto shown = co_await RememberShown(app, call.caller.user->id, std::move(views));
    if (!shown) {
        co_return shown.error();
    }
    co_return JsonResponse(200, TransferDetailJson(found->transaction()));
}

Answer PauseWallet(App& app, Call& call) {
    auto id = StripPrefix(call.Segment("wallet_id"), "");
    if (!id) {
        co_return id.error();
    }
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const std::string reason = reader.Text("reason", kReasonMax).value_or("by its owner");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::PauseRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(*id);
    request.set_reason(reason);
    auto context = app.backends().ContextOf(call);
    const auto paused = co_await rpc::Await(
        app.backends().wallets(), &WalletAsync::Pause, std::move(request), std::move(context));
    if (!paused) {
        co_return paused.error();
    }
    co_return JsonResponse(200, {{"wallet_id", *id}, {"paused", true}, {"reason", reason}});
}

Answer ResumeWallet(App& app, Call& call) {
    auto id = StripPrefix(call.Segment("wallet_id"), "");
    if (!id) {
        co_return id.error();
    }
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::ResumeRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(*id);
    SetProof(*request.mutable_proof(), proof);
    auto context = app.backends().ContextOf(call);
    const auto resumed = co_await rpc::Await(
        app.backends().wallets(), &WalletAsync::Resume, std::move(request), std::move(context));
    if (!resumed) {
        co_return resumed.error();
    }
    co_return JsonResponse(200, {{"wallet_id", *id}, {"paused", false}});
}

}  // namespace gateway
