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
awaitable<base::Result<std::string>> AddressOf(ChainCall at) {
    if (const auto address = at.call.query.Find("address")) {
        co_return std::string(*address);
    }
    auto wallet_id = WalletIdOf(at.call);
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, std::move(wallet_id));
    if (!wallet) {
        co_return wallet.error();
    }
    co_return wallet->address();
}

nlohmann::json AddressJson(const Chain& chain,
                           const platform::wallet::v1::Wallet& wallet,
                           const std::string& address) {
    const std::string scheme(chain.info->alias == "bnb" ? "ethereum" : chain.info->name);
    return {{"chain", chain.info->name},
            {"network", chain.network},
            {"wallet_id", wallet.wallet_id()},
            {"address", address},
            {"type", wallet.kind()},
            {"qr_uri", scheme + ":" + address}};
}

}  // namespace

Answer GetAddress(ChainCall at) {
    auto wallet_id = WalletIdOf(at.call);
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, std::move(wallet_id));
    if (!wallet) {
        co_return wallet.error();
    }
    co_return JsonResponse(200, AddressJson(at.chain, *wallet, wallet->address()));
}

Answer AddAddress(ChainCall at) {
    auto wallet_id = WalletIdOf(at.call);
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, std::move(wallet_id));
    if (!wallet) {
        co_return wallet.error();
    }
    platform::wallet::v1::AddAddressRequest request;
    request.set_user_id(wallet->user_id());
    request.set_wallet_id(wallet->wallet_id());
    auto context = at.app.backends().ContextOf(at.call);
    const auto added = co_await rpc::Await(at.app.backends().wallets(),
                                           &WalletAsync::AddAddress,
                                           std::move(request),
                                           std::move(context));
    if (!added) {
        co_return added.error();
    }
    nlohmann::json body = AddressJson(at.chain, *wallet, added->address().address());
    body["path"] = added->address().path();
    co_return JsonResponse(201, body);
}

Answer ListAddresses(ChainCall at) {
    auto wallet_id = WalletIdOf(at.call);
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, std::move(wallet_id));
    if (!wallet) {
        co_return wallet.error();
    }
    platform::wallet::v1::ListOwnAddressesRequest request;
    request.set_user_id(wallet->user_id());
    request.set_wallet_id(wallet->wallet_id());
    auto context = at.app.backends().ContextOf(at.call);
    const auto listed = co_await rpc::Await(at.app.backends().wallets(),
                                            &WalletAsync::ListOwnAddresses,
                                            std::move(request),
                                            std::move(context));
    if (!listed) {
        co_return listed.error();
    }
    nlohmann::json addresses = nlohmann::json::array();
    for (const platform::wallet::v1::ReceiveAddress& address : listed->addresses()) {
        addresses.push_back(
            {{"address", address.address()}, {"path", address.path()}, {"used", address.used()}});
    }
    co_return JsonResponse(200,
                           {{"chain", at.chain.info->name},
                            {"wallet_id", wallet->wallet_id()},
                            {"data", std::move(addresses)}});
}

Answer ValidateAddress(ChainCall at) {
    const auto address = at.call.query.Find("address");
    constexpr std::size_t kAddressMax = 200;
    if (!address || address->size() > kAddressMax) {
        co_return base::InvalidArgument("missing_field",
                                        "address is a query parameter of 1 to 200 characters")
            .At("/address");
    }
    v1::ValidateAddressRequest request;
    request.set_address(std::string(*address));
    const auto answer = co_await Ask(at, &ChainAsync::ValidateAddress, std::move(request));
    if (!answer) {
        co_return answer.error();
    }
    co_return JsonResponse(200, AddressCheckJson(*answer, *address));
}

Answer GetBalance(ChainCall at) {
    auto address = co_await AddressOf(at);
    if (!address) {
        co_return address.error();
    }
    v1::GetBalanceRequest request;
    request.set_address(*address);
    if (const auto token = at.call.query.Find("token")) {
        request.mutable_asset()->set_contract(std::string(*token));
    }
    const auto balance = co_await Ask(at, &ChainAsync::GetBalance, std::move(request));
    if (!balance) {
        co_return balance.error();
    }
    co_return JsonResponse(200, BalanceJson(at.chain, *address, *balance));
}

Answer ListTokens(ChainCall at) {
    auto address = co_await AddressOf(at);
    if (!address) {
        co_return address.error();
    }
    v1::ListTokensRequest request;
    request.set_address(*address);
    const auto tokens = co_await Ask(at, &ChainAsync::ListTokens, std::move(request));
    if (!tokens) {
        co_return tokens.error();
    }
    nlohmann::json data = nlohmann::json::array();
    for (const v1::TokenBalance& token : tokens->tokens()) {
        data.push_back(TokenBalanceJson(token));
    }
    co_return PageResponse(at.call, std::move(data), "");
}

Answer GetToken(ChainCall at) {
    v1::GetTokenRequest request;
    request.set_contract(at.call.Segment("token"));
    const auto token = co_await Ask(at, &ChainAsync::GetToken, std::move(request));
    if (!token) {
        co_return token.error();
    }
    co_return JsonResponse(200, TokenJson(*token));
}

Answer GetFees(ChainCall at) {
    v1::GetFeesRequest request;
    const auto fees = co_await Ask(at, &ChainAsync::GetFees, std::move(request));
    if (!fees) {
        co_return fees.error();
    }
    co_return JsonResponse(200, FeesJson(at.chain, *fees));
}

Answer GetChainTransaction(ChainCall at) {
    v1::GetTransactionRequest request;
    request.set_tx_hash(at.call.Segment("hash"));
    request.set_user_id(at.call.caller.user->id.ToString());
    const auto found = co_await Ask(at, &ChainAsync::GetTransaction, std::move(request));
    if (!found) {
        co_return found.error();
    }
    if (found->has_transfer()) {
        std::vector<v1::TransferView> views{found->transfer()};
        const auto shown =
            co_await RememberShown(at.app, at.call.caller.user->id, std::move(views));
        if (!shown) {
            co_return shown.error();
        }
    }
    co_return JsonResponse(200, ChainTransactionJson(at.chain, *found));
}

Answer GetHistory(ChainCall at) {
    const auto limit = PageLimit(at.call);
    if (!limit) {
        co_return limit.error();
    }
    auto wallet_id = WalletIdOf(at.call);
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, std::move(wallet_id));
    if (!wallet) {
        co_return wallet.error();
    }
    v1::ListHistoryRequest request;
    request.set_user_id(at.call.caller.user->id.ToString());
    request.set_wallet_id(wallet->wallet_id());
    request.mutable_page()->set_limit(*limit);
    request.mutable_page()->set_cursor(std::string(at.call.query.Find("cursor").value_or("")));
    const auto page = co_await Ask(at, &ChainAsync::ListHistory, std::move(request));
    if (!page) {
        co_return page.error();
    }
    nlohmann::json data = nlohmann::json::array();
    std::vector<v1::TransferView> views;
    for (const v1::TransferView& view : page->transfers()) {
        data.push_back(TransferJson(view));
        views.push_back(view);
    }
    const auto shown = co_await RememberShown(at.app, at.call.caller.user->id, std::move(views));
    if (!shown) {
        co_return shown.error();
    }
    co_return PageResponse(at.call, std::move(data), page->page().next_cursor());
}

Answer GetChainStatus(ChainCall at) {
    v1::GetNodeStatusRequest request;
    const auto status = co_await Ask(at, &ChainAsync::GetNodeStatus, std::move(request));
    if (!status) {
        co_return status.error();
    }
    co_return JsonResponse(200, NodeStatusJson(at.chain, *status));
}

Answer RequestFaucet(ChainCall at) {
    const auto body = ReadOptionalBody(at.call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const auto amount = reader.Text("amount");
    const auto wallet_id = reader.Text("wallet_id");
    BASE_CO_RETURN_IF_ERROR(Finish(at.call, reader));
    v1::RequestFaucetRequest request;
    if (amount) {
        const auto units = money::ParseDecimal(*amount, at.chain.native.decimals);
        if (!units) {
            co_return base::Error(units.error()).At("/amount");
        }
        request.set_amount(units->ToDecimal());
    }
    const auto wallet = co_await FindWallet(at.app, at.call, at.chain, wallet_id);
    if (!wallet) {
        co_return wallet.error();
    }
    request.set_address(wallet->address());
    const auto gift = co_await Ask(at, &ChainAsync::RequestFaucet, std::move(request));
    if (!gift) {
        co_return gift.error();
    }
    co_return JsonResponse(200,
                           {{"chain", at.chain.info->name},
                            {"address", wallet->address()},
                            {"tx_hash", gift->tx_hash()},
                            {"amount", DecimalText(gift->amount(), at.chain.native.decimals)},
                            {"amount_atomic", gift->amount()},
                            {"currency", at.chain.info->symbol}});
}

}  // namespace gateway
