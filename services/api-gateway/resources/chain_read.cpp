#include "api-gateway/flow/paying_wallet.h"
#include "api-gateway/flow/shown.h"
#include "api-gateway/resources/chain.h"
#include "api-gateway/views/chain_view.h"
#include "api-gateway/views/transfer_view.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace v1 = platform::chain::v1;

// ?address=, or that of the caller's wallet.
awaitable<base::Result<std::string>> AddressOf(App& app, const Call& call, const Chain& chain) {
    if (const auto address = call.query.Find("address")) {
        co_return std::string(*address);
    }
    const auto wallet = co_await FindWallet(app, call, chain, WalletIdOf(call));
    if (!wallet) {
        co_return wallet.error();
    }
    co_return wallet->address();
}

}  // namespace

Answer GetAddress(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto wallet = co_await FindWallet(app, call, *chain, WalletIdOf(call));
    if (!wallet) {
        co_return wallet.error();
    }
    const std::string scheme(chain->info->alias == "bnb" ? "ethereum" : chain->info->name);
    co_return JsonResponse(200,
                           {{"chain", chain->info->name},
                            {"network", chain->network},
                            {"wallet_id", wallet->wallet_id()},
                            {"address", wallet->address()},
                            {"type", wallet->kind()},
                            {"qr_uri", scheme + ":" + wallet->address()}});
}

Answer ValidateAddress(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto address = call.query.Find("address");
    constexpr std::size_t kAddressMax = 200;
    if (!address || address->size() > kAddressMax) {
        co_return base::InvalidArgument("missing_field",
                                        "address is a query parameter of 1 to 200 characters")
            .At("/address");
    }
    v1::ValidateAddressRequest request;
    request.set_address(std::string(*address));
    auto context = app.backends().ContextOf(call);
    const auto answer = co_await rpc::Await(
        *chain->client, &ChainAsync::ValidateAddress, std::move(request), std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return JsonResponse(200, AddressCheckJson(*answer, *address));
}

Answer GetBalance(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    auto address = co_await AddressOf(app, call, *chain);
    if (!address) {
        co_return address.error();
    }
    v1::GetBalanceRequest request;
    request.set_address(*address);
    if (const auto token = call.query.Find("token")) {
        request.mutable_asset()->set_contract(std::string(*token));
    }
    auto context = app.backends().ContextOf(call);
    const auto balance = co_await rpc::Await(
        *chain->client, &ChainAsync::GetBalance, std::move(request), std::move(context));
    if (!balance) {
        co_return balance.error();
    }
    co_return JsonResponse(200, BalanceJson(*chain, *address, *balance));
}

Answer ListTokens(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    auto address = co_await AddressOf(app, call, *chain);
    if (!address) {
        co_return address.error();
    }
    v1::ListTokensRequest request;
    request.set_address(*address);
    auto context = app.backends().ContextOf(call);
    const auto tokens = co_await rpc::Await(
        *chain->client, &ChainAsync::ListTokens, std::move(request), std::move(context));
    if (!tokens) {
        co_return tokens.error();
    }
    nlohmann::json data = nlohmann::json::array();
    for (const v1::TokenBalance& token : tokens->tokens()) {
        data.push_back(TokenBalanceJson(token));
    }
    co_return PageResponse(call, std::move(data), "");
}

Answer GetToken(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    v1::GetTokenRequest request;
    request.set_contract(call.Segment("token"));
    auto context = app.backends().ContextOf(call);
    const auto token = co_await rpc::Await(
        *chain->client, &ChainAsync::GetToken, std::move(request), std::move(context));
    if (!token) {
        co_return token.error();
    }
    co_return JsonResponse(200, TokenJson(*token));
}

Answer GetFees(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    v1::GetFeesRequest request;
    auto context = app.backends().ContextOf(call);
    const auto fees = co_await rpc::Await(
        *chain->client, &ChainAsync::GetFees, std::move(request), std::move(context));
    if (!fees) {
        co_return fees.error();
    }
    co_return JsonResponse(200, FeesJson(*chain, *fees));
}

Answer GetChainTransaction(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    v1::GetTransactionRequest request;
    request.set_tx_hash(call.Segment("hash"));
    request.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto found = co_await rpc::Await(
        *chain->client, &ChainAsync::GetTransaction, std::move(request), std::move(context));
    if (!found) {
        co_return found.error();
    }
    if (found->has_transfer()) {
        std::vector<v1::TransferView> views{found->transfer()};
        const auto shown = co_await RememberShown(app, call.caller.user->id, std::move(views));
        if (!shown) {
            co_return shown.error();
        }
    }
    co_return JsonResponse(200, ChainTransactionJson(*chain, *found));
}

Answer GetHistory(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto limit = PageLimit(call);
    if (!limit) {
        co_return limit.error();
    }
    const auto wallet = co_await FindWallet(app, call, *chain, WalletIdOf(call));
    if (!wallet) {
        co_return wallet.error();
    }
    v1::ListHistoryRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(wallet->wallet_id());
    request.mutable_page()->set_limit(*limit);
    request.mutable_page()->set_cursor(std::string(call.query.Find("cursor").value_or("")));
    auto context = app.backends().ContextOf(call);
    const auto page = co_await rpc::Await(
        *chain->client, &ChainAsync::ListHistory, std::move(request), std::move(context));
    if (!page) {
        co_return page.error();
    }
    nlohmann::json data = nlohmann::json::array();
    std::vector<v1::TransferView> views;
    for (const v1::TransferView& view : page->transfers()) {
        data.push_back(TransferJson(view));
        views.push_back(view);
    }
    const auto shown = co_await RememberShown(app, call.caller.user->id, std::move(views));
    if (!shown) {
        co_return shown.error();
    }
    co_return PageResponse(call, std::move(data), page->page().next_cursor());
}

Answer GetChainStatus(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    v1::GetNodeStatusRequest request;
    auto context = app.backends().ContextOf(call);
    const auto status = co_await rpc::Await(
        *chain->client, &ChainAsync::GetNodeStatus, std::move(request), std::move(context));
    if (!status) {
        co_return status.error();
    }
    co_return JsonResponse(200, NodeStatusJson(*chain, *status));
}

Answer RequestFaucet(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const auto amount = reader.Text("amount");
    const auto wallet_id = reader.Text("wallet_id");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    v1::RequestFaucetRequest request;
    if (amount) {
        const auto units = money::ParseDecimal(*amount, chain->native.decimals);
        if (!units) {
            co_return base::Error(units.error()).At("/amount");
        }
        request.set_amount(units->ToDecimal());
    }
    const auto wallet = co_await FindWallet(app, call, *chain, wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    request.set_address(wallet->address());
    auto context = app.backends().ContextOf(call);
    const auto gift = co_await rpc::Await(
        *chain->client, &ChainAsync::RequestFaucet, std::move(request), std::move(context));
    if (!gift) {
        co_return gift.error();
    }
    co_return JsonResponse(200,
                           {{"chain", chain->info->name},
                            {"address", wallet->address()},
                            {"tx_hash", gift->tx_hash()},
                            {"amount", DecimalText(gift->amount(), chain->native.decimals)},
                            {"amount_atomic", gift->amount()},
                            {"currency", chain->info->symbol}});
}

}  // namespace gateway
