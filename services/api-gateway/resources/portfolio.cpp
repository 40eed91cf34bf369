// What a user holds over all wallets and chains, asset by asset. Values need prices, which this
// installation does not have yet: they are null, and nothing is estimated.
#include <map>
#include <set>

#include "api-gateway/resources/chain_call.h"
#include "api-gateway/resources/wallet.h"
#include "api-gateway/views/time.h"
#include "api-gateway/views/transfer_view.h"
#include "auth/proto_time.h"
#include "base/text.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace wallet_v1 = platform::wallet::v1;
namespace chain_v1 = platform::chain::v1;
using Json = nlohmann::json;

// Each costs its chain two calls.
constexpr std::size_t kWalletsMax = 50;

struct Holding {
    money::UInt256 amount;
    unsigned decimals = 0;
    std::string symbol;
    std::string name;
    bool listed = true;
    bool stale = false;
    std::optional<google::protobuf::Timestamp> as_of;  // of the oldest figure
    Json wallets = Json::array();
};

// Of one chain: contract, empty for the native coin.
using Holdings = std::map<std::string, Holding>;

struct Portfolio {
    std::map<std::string, Holdings> chains;
    std::map<std::string, std::string> errors;  // chain -> stable code
};

struct Figure {
    std::string units;
    unsigned decimals = 0;
    std::string symbol;
};

base::Result<> Add(Holding& holding, const wallet_v1::Wallet& wallet, const Figure& figure) {
    BASE_ASSIGN_OR_RETURN(const auto units, money::UInt256::Parse(figure.units));
    BASE_ASSIGN_OR_RETURN(holding.amount, money::CheckedAdd(holding.amount, units));
    holding.decimals = figure.decimals;
    holding.symbol = figure.symbol;
    holding.wallets.push_back({{"wallet_id", wallet.wallet_id()},
                               {"address", wallet.address()},
                               {"balance", DecimalText(figure.units, figure.decimals)},
                               {"balance_atomic", figure.units}});
    return {};
}

void Date(Holding& holding, bool stale, const google::protobuf::Timestamp& as_of) {
    holding.stale = holding.stale || stale;
    if (!holding.as_of || as_of.seconds() < holding.as_of->seconds()) {
        holding.as_of = as_of;
    }
}

// The last known figure of a default wallet, where its chain does not answer.
base::Result<> AddKnown(Portfolio& portfolio,
                        const wallet_v1::Wallet& wallet,
                        const wallet_v1::ChainBalance& known) {
    if (known.balance().empty()) {
        return {};
    }
    Holding& holding = portfolio.chains[wallet.chain()][""];
    Date(holding, known.stale(), known.as_of());
    return Add(holding, wallet, {known.balance(), known.decimals(), known.currency()});
}

awaitable<base::Result<>> AddNative(Portfolio& portfolio,
                                    const ChainCall& at,
                                    const wallet_v1::Wallet& wallet) {
    chain_v1::GetBalanceRequest request;
    request.set_address(wallet.address());
    const auto balance = co_await Ask(at, &ChainAsync::GetBalance, std::move(request));
    if (!balance) {
        portfolio.errors.emplace(wallet.chain(), balance.error().reason);
        co_return base::Result<>();
    }
    Holding& holding = portfolio.chains[wallet.chain()][""];
    Date(holding, balance->stale(), balance->as_of());
    const Figure figure{
        balance->balance(), at.chain.native.decimals, std::string(at.chain.info->symbol)};
    co_return Add(holding, wallet, figure);
}

awaitable<base::Result<>> AddTokens(Portfolio& portfolio,
                                    const ChainCall& at,
                                    const wallet_v1::Wallet& wallet) {
    chain_v1::ListTokensRequest request;
    request.set_address(wallet.address());
    const auto tokens = co_await Ask(at, &ChainAsync::ListTokens, std::move(request));
    if (!tokens) {
        portfolio.errors.emplace(wallet.chain(), tokens.error().reason);
        co_return base::Result<>();
    }
    for (const chain_v1::TokenBalance& token : tokens->tokens()) {
        Holding& holding = portfolio.chains[wallet.chain()][token.asset().contract()];
        holding.name = token.name();
        holding.listed = token.listed();
        Date(holding, false, auth::ToTimestamp(at.app.clock().Now()));
        const Figure figure{token.balance(), token.asset().decimals(), token.asset().symbol()};
        BASE_CO_RETURN_IF_ERROR(Add(holding, wallet, figure));
    }
    co_return base::Result<>();
}

// A chain that did not answer once is not asked again.
awaitable<base::Result<>> AddWallet(Portfolio& portfolio,
                                    App& app,
                                    Call& call,
                                    const wallet_v1::Wallet& wallet,
                                    const wallet_v1::GetBalancesResponse& balances) {
    const auto chain = app.backends().FindChain(wallet.chain());
    if (!chain) {
        portfolio.errors.emplace(wallet.chain(), chain.error().reason);
        co_return base::Result<>();
    }
    bool native_known = false;
    for (const wallet_v1::ChainBalance& known : balances.balances()) {
        if (known.chain() == wallet.chain() && known.address() == wallet.address()) {
            native_known = true;
            BASE_CO_RETURN_IF_ERROR(AddKnown(portfolio, wallet, known));
        }
    }
    const ChainCall at{app, call, *chain};
    if (!native_known && !portfolio.errors.contains(wallet.chain())) {
        const auto added = co_await AddNative(portfolio, at, wallet);
        BASE_CO_RETURN_IF_ERROR(added);
    }
    if (chain->info->family != chain::Family::kUtxo && !portfolio.errors.contains(wallet.chain())) {
        const auto added = co_await AddTokens(portfolio, at, wallet);
        BASE_CO_RETURN_IF_ERROR(added);
    }
    co_return base::Result<>();
}

Json HoldingJson(const std::string& chain, const std::string& contract, const Holding& holding) {
    const std::string units = holding.amount.ToDecimal();
    return {{"chain", chain},
            {"token", contract.empty() ? Json() : Json(contract)},
            {"currency", holding.symbol},
            {"name", holding.name.empty() ? Json() : Json(holding.name)},
            {"listed", holding.listed},
            {"balance", DecimalText(units, holding.decimals)},
            {"balance_atomic", units},
            {"decimals", holding.decimals},
            {"wallets", holding.wallets},
            {"as_of", holding.as_of ? TimeJson(*holding.as_of) : Json()},
            {"stale", holding.stale},
            {"price", nullptr},
            {"value", nullptr},
            {"share", nullptr},
            {"24h_change", nullptr}};
}

Json PortfolioJson(const Portfolio& portfolio, const std::string& currency) {
    Json assets = Json::array();
    for (const chain::ChainInfo& info : chain::AllChains()) {
        const auto found = portfolio.chains.find(std::string(info.name));
        if (found == portfolio.chains.end()) {
            continue;
        }
        for (const auto& [contract, holding] : found->second) {
            assets.push_back(HoldingJson(found->first, contract, holding));
        }
    }
    Json errors = Json::object();
    for (const auto& [chain, code] : portfolio.errors) {
        errors[chain] = code;
    }
    return {{"vs_currency", currency},
            {"total", nullptr},
            {"24h_change", nullptr},
            {"assets", std::move(assets)},
            {"errors", std::move(errors)}};
}

base::Result<std::string> ReadCurrency(const Call& call) {
    const std::string text = base::ToLower(call.query.Find("vs_currency").value_or("usd"));
    const bool letters = text.size() == 3 &&
                         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    if (!letters) {
        return base::InvalidArgument("invalid_request", "vs_currency is three letters, such as usd")
            .At("/vs_currency");
    }
    return text;
}

}  // namespace

Answer GetPortfolio(App& app, Call& call) {
    const auto currency = ReadCurrency(call);
    if (!currency) {
        co_return currency.error();
    }
    // First: it makes the default wallets.
    wallet_v1::GetBalancesRequest ask_balances;
    ask_balances.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto balances = co_await rpc::Await(app.backends().wallets(),
                                              &WalletAsync::GetBalances,
                                              std::move(ask_balances),
                                              std::move(context));
    if (!balances) {
        co_return balances.error();
    }
    wallet_v1::ListWalletsRequest ask_wallets;
    ask_wallets.set_user_id(call.caller.user->id.ToString());
    context = app.backends().ContextOf(call);
    const auto wallets = co_await rpc::Await(app.backends().wallets(),
                                             &WalletAsync::ListWallets,
                                             std::move(ask_wallets),
                                             std::move(context));
    if (!wallets) {
        co_return wallets.error();
    }
    if (wallets->wallets_size() > static_cast<int>(kWalletsMax)) {
        co_return base::FailedPrecondition("too_many_wallets",
                                           "a portfolio covers 50 wallets at most");
    }
    Portfolio portfolio;
    for (const wallet_v1::ChainBalance& balance : balances->balances()) {
        if (!balance.error().empty()) {
            portfolio.errors.emplace(balance.chain(), balance.error());
        }
    }
    for (const wallet_v1::Wallet& wallet : wallets->wallets()) {
        const auto added = co_await AddWallet(portfolio, app, call, wallet, *balances);
        if (!added) {
            co_return added.error();
        }
    }
    Json body = PortfolioJson(portfolio, *currency);
    body["as_of"] = base::FormatRfc3339(app.clock().Now());
    co_return JsonResponse(200, body);
}

}  // namespace gateway
