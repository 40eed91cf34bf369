#include "api-gateway/flow/paying_wallet.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace wallet_v1 = platform::wallet::v1;

base::Error UnknownWallet() {
    return base::NotFound("unknown_wallet", "you have no such wallet on this chain");
}

awaitable<base::Result<wallet_v1::Wallet>> GetWallet(App& app,
                                                     const Call& call,
                                                     const Chain& chain,
                                                     std::string wallet_id) {
    const auto parsed = base::WalletId::Parse(wallet_id);
    if (!parsed) {
        co_return base::Error(parsed.error()).At("/wallet_id");
    }
    wallet_v1::GetWalletRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_wallet_id(parsed->ToString());
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(
        app.backends().wallets(), &WalletAsync::GetWallet, std::move(request), std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    if (answer->wallet().network() != chain.network) {
        co_return UnknownWallet();
    }
    co_return std::move(*answer->mutable_wallet());
}

}  // namespace

awaitable<base::Result<wallet_v1::Wallet>> FindWallet(App& app,
                                                      const Call& call,
                                                      const Chain& chain,
                                                      std::optional<std::string> wallet_id) {
    if (wallet_id) {
        co_return co_await GetWallet(app, call, chain, std::move(*wallet_id));
    }
    wallet_v1::EnsureWalletRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_chain(std::string(chain.info->name));
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(app.backends().wallets(),
                                      &WalletAsync::EnsureWallet,
                                      std::move(request),
                                      std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    co_return std::move(*answer->mutable_wallet());
}

awaitable<base::Result<wallet_v1::Wallet>> FindExistingWallet(
    App& app, const Call& call, const Chain& chain, std::optional<std::string> wallet_id) {
    if (wallet_id) {
        co_return co_await GetWallet(app, call, chain, std::move(*wallet_id));
    }
    wallet_v1::ListWalletsRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    request.set_chain(std::string(chain.info->name));
    auto context = app.backends().ContextOf(call);
    auto answer = co_await rpc::Await(app.backends().wallets(),
                                      &WalletAsync::ListWallets,
                                      std::move(request),
                                      std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    for (wallet_v1::Wallet& wallet : *answer->mutable_wallets()) {
        if (wallet.is_default() && wallet.network() == chain.network) {
            co_return std::move(wallet);
        }
    }
    co_return UnknownWallet();
}

std::optional<std::string> WalletIdOf(const Call& call) {
    const auto id = call.query.Find("wallet_id");
    return id ? std::optional<std::string>(*id) : std::nullopt;
}

}  // namespace gateway
