#include "api-gateway/flow/proof.h"
#include "api-gateway/resources/wallet.h"
#include "api-gateway/views/time.h"
#include "api-gateway/views/wallet_view.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
namespace wallet_v1 = platform::wallet::v1;
namespace chain_v1 = platform::chain::v1;

constexpr std::size_t kLimitsMax = 100;
constexpr std::size_t kAllowMax = 1'000;

// One entry of `limits` before its token's decimals are known.
struct LimitWish {
    Chain chain;
    std::string token;
    std::optional<std::string> per_tx;
    std::optional<std::string> per_day;
    std::optional<std::string> approval_above;
    std::string pointer;
};

struct PolicyWish {
    std::vector<LimitWish> limits;
    wallet_v1::SetPolicyRequest request;
};

base::Result<LimitWish> ReadLimit(App& app,
                                  Call& call,
                                  const nlohmann::json& value,
                                  const std::string& pointer) {
    net::ObjectReader reader(value, pointer);
    LimitWish wish;
    wish.pointer = pointer;
    const std::string name = reader.Text("chain", net::kNeeded);
    wish.token = reader.Text("token").value_or("");
    wish.per_tx = reader.Text("per_tx");
    wish.per_day = reader.Text("per_day");
    wish.approval_above = reader.Text("approval_above");
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    auto chain = app.backends().FindChain(name);
    if (!chain) {
        return base::Error(chain.error()).At(pointer + "/chain");
    }
    wish.chain = std::move(*chain);
    return wish;
}

base::Result<std::vector<LimitWish>> ReadLimits(App& app, Call& call, const nlohmann::json* list) {
    std::vector<LimitWish> wishes;
    if (list == nullptr) {
        return wishes;
    }
    if (!list->is_array() || list->size() > kLimitsMax) {
        return base::InvalidArgument("wrong_type", "limits is an array of at most 100 entries")
            .At("/limits");
    }
    for (std::size_t index = 0; index < list->size(); ++index) {
        BASE_ASSIGN_OR_RETURN(
            LimitWish wish,
            ReadLimit(app, call, (*list)[index], "/limits/" + std::to_string(index)));
        wishes.push_back(std::move(wish));
    }
    return wishes;
}

base::Result<PolicyWish> ReadPolicyWish(App& app, Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    const nlohmann::json* const limits = reader.Any("limits");
    const auto allow_list = reader.TextList("allow_list", kAllowMax);
    const auto chains = reader.TextList("chains");
    const bool approval = reader.Flag("require_approval").value_or(false);
    const bool proven = reader.Any("password") != nullptr;
    const Proof proof = proven ? ReadProof(reader) : Proof();
    BASE_RETURN_IF_ERROR(Finish(call, reader));

    PolicyWish wish;
    wish.request.set_user_id(call.caller.user->id.ToString());
    wallet_v1::Policy& policy = *wish.request.mutable_policy();
    policy.set_require_approval(approval);
    for (const std::string& entry : allow_list.value_or(std::vector<std::string>())) {
        policy.add_allow_list(entry);
    }
    for (const std::string& name : chains.value_or(std::vector<std::string>())) {
        const auto info = chain::FindChain(name);
        if (!info) {
            return base::Error(info.error()).At("/chains");
        }
        policy.add_chains(std::string((*info)->name));
    }
    if (proven) {
        SetProof(*wish.request.mutable_proof(), proof);
    }
    BASE_ASSIGN_OR_RETURN(wish.limits, ReadLimits(app, call, limits));
    return wish;
}

base::Result<std::string> Units(const std::optional<std::string>& text,
                                unsigned decimals,
                                const std::string& pointer) {
    if (!text) {
        return std::string();
    }
    const auto units = money::ParseDecimal(*text, decimals);
    if (!units) {
        return base::Error(units.error()).At(std::string(pointer));
    }
    return units->ToDecimal();
}

// Amounts of a token are in its own decimals, which its chain knows.
awaitable<base::Result<money::Asset>> AssetOf(App& app, const Call& call, const LimitWish& wish) {
    if (wish.token.empty()) {
        co_return wish.chain.native;
    }
    chain_v1::GetTokenRequest request;
    request.set_contract(wish.token);
    auto context = app.backends().ContextOf(call);
    const auto token = co_await rpc::Await(
        *wish.chain.client, &ChainAsync::GetToken, std::move(request), std::move(context));
    if (!token) {
        co_return base::Error(token.error()).At(wish.pointer + "/token");
    }
    money::Asset asset = wish.chain.native;
    asset.contract = token->asset().contract();
    asset.decimals = token->asset().decimals();
    co_return asset;
}

base::Result<> AddLimit(wallet_v1::Policy& policy,
                        const LimitWish& wish,
                        const money::Asset& asset) {
    wallet_v1::AssetLimit& limit = *policy.add_limits();
    limit.set_network(wish.chain.network);
    limit.set_contract(asset.contract);
    BASE_ASSIGN_OR_RETURN(*limit.mutable_per_transaction(),
                          Units(wish.per_tx, asset.decimals, wish.pointer + "/per_tx"));
    BASE_ASSIGN_OR_RETURN(*limit.mutable_per_day(),
                          Units(wish.per_day, asset.decimals, wish.pointer + "/per_day"));
    BASE_ASSIGN_OR_RETURN(
        *limit.mutable_approval_above(),
        Units(wish.approval_above, asset.decimals, wish.pointer + "/approval_above"));
    return {};
}

}  // namespace

Answer GetPolicy(App& app, Call& call) {
    wallet_v1::GetPolicyRequest request;
    request.set_user_id(call.caller.user->id.ToString());
    auto context = app.backends().ContextOf(call);
    const auto answer = co_await rpc::Await(
        app.backends().wallets(), &WalletAsync::GetPolicy, std::move(request), std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    nlohmann::json body = PolicyJson(answer->policy());
    body["pending"] = nullptr;
    body["effective_at"] = nullptr;
    if (answer->has_pending()) {
        body["pending"] = PolicyJson(answer->pending());
        body["effective_at"] = TimeJson(answer->pending_at());
    }
    co_return JsonResponse(200, body);
}

Answer SetPolicy(App& app, Call& call) {
    auto wish = ReadPolicyWish(app, call);
    if (!wish) {
        co_return wish.error();
    }
    for (const LimitWish& limit : wish->limits) {
        const auto asset = co_await AssetOf(app, call, limit);
        if (!asset) {
            co_return asset.error();
        }
        BASE_CO_RETURN_IF_ERROR(AddLimit(*wish->request.mutable_policy(), limit, *asset));
    }
    auto context = app.backends().ContextOf(call);
    const auto answer = co_await rpc::Await(app.backends().wallets(),
                                            &WalletAsync::SetPolicy,
                                            std::move(wish->request),
                                            std::move(context));
    if (!answer) {
        co_return answer.error();
    }
    nlohmann::json body = PolicyJson(answer->policy());
    body["pending"] = answer->has_pending() ? PolicyJson(answer->pending()) : nlohmann::json();
    body["effective_at"] = TimeJson(answer->effective_at());
    co_return JsonResponse(200, body);
}

}  // namespace gateway
