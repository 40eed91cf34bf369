#include "api-gateway/web/backends.h"

namespace gateway {

namespace {

constexpr std::size_t kTokensMax = 10'000;
constexpr std::chrono::milliseconds kTokenReuse = rpc::kUserContextLifetime / 3;

}  // namespace

Backends::Backends(rpc::UserContextSigner signer, const base::Clock& clock)
    : signer_(std::move(signer)), clock_(clock), tokens_(kTokensMax, kTokenReuse) {}

base::Result<std::unique_ptr<Backends>> Backends::Make(const Config& config,
                                                       const base::Clock& clock,
                                                       const Connect& connect) {
    BASE_ASSIGN_OR_RETURN(auto signer,
                          rpc::UserContextSigner::Make(config.context_signing_key.Clone()));
    std::unique_ptr<Backends> backends(new Backends(std::move(signer), clock));
    BASE_ASSIGN_OR_RETURN(auto wallet_peer,
                          connect("wallet-manager", config.wallet_manager_address));
    backends->wallets_ = std::make_unique<const WalletClient>(std::move(wallet_peer));
    for (const auto& [name, address] : config.chain_addresses) {
        BASE_ASSIGN_OR_RETURN(const auto* const info, chain::FindChain(name));
        BASE_ASSIGN_OR_RETURN(auto peer, connect(name + "-service", address));
        backends->chains_.emplace(name,
                                  Chain{info,
                                        std::string(chain::NetworkId(*info, config.mode)),
                                        chain::NativeAsset(*info, config.mode),
                                        std::make_shared<const ChainClient>(std::move(peer))});
    }
    return backends;
}

base::Result<Chain> Backends::FindChain(std::string_view name) const {
    BASE_ASSIGN_OR_RETURN(const auto* const info, chain::FindChain(name));
    const auto found = chains_.find(info->name);
    if (found == chains_.end()) {
        return base::Unavailable("chain_unavailable",
                                 "this installation runs no daemon for " + std::string(info->name));
    }
    return found->second;
}

std::vector<const Chain*> Backends::Chains() const {
    std::vector<const Chain*> chains;
    for (const chain::ChainInfo& info : chain::AllChains()) {
        if (const auto found = chains_.find(info.name); found != chains_.end()) {
            chains.push_back(&found->second);
        }
    }
    return chains;
}

rpc::Context Backends::ContextOf(const Call& call) const {
    rpc::Context context;
    context.request = call.trace;
    context.deadline = call.deadline;
    if (call.caller.IsSomebody()) {
        context.user_token = UserToken(call.caller);
    }
    return context;
}

std::string Backends::ServiceToken(base::UserId user) const {
    rpc::UserContext context;
    context.user = user;
    context.role = auth::RoleName(auth::Role::kService);
    context.caller = "api-gateway";
    context.scopes = {std::string(auth::ScopeName(auth::Scope::kRead))};
    context.issued = clock_.Now();
    return signer_.Sign(context);
}

std::string Backends::UserToken(const Caller& caller) const {
    const std::string who = caller.user->id.ToString() + " " + caller.label + " " +
                            std::string(auth::RoleName(caller.rights.role));
    if (const auto known = tokens_.Find(who)) {
        return *known;
    }
    const auto now = TtlCache<std::string, std::string>::Clock::now();
    rpc::UserContext context;
    context.user = caller.user->id;
    context.role = auth::RoleName(caller.rights.role);
    context.caller = caller.label;
    context.scopes = auth::ScopeNames(caller.rights.credential == auth::Credential::kApiKey
                                          ? caller.rights.scopes
                                          : auth::AllScopes());
    context.issued = clock_.Now();
    auto token = std::make_shared<const std::string>(signer_.Sign(context));
    tokens_.Put(who, token, now);
    return *token;
}

}  // namespace gateway
