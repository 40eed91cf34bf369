#include "chain_host/chain_service.h"

#include <optional>
#include <utility>

namespace chain_host {

ChainService::ChainService(ServiceParts parts)
    : parts_(std::move(parts)),
      book_(parts_.pool, parts_.chain.parameters().network),
      registry_(parts_.pool, parts_.chain.parameters().network),
      hub_(parts_.engine) {
    Unary("ValidateAddress", &ChainService::ValidateAddress);
    Unary("GetBalance", &ChainService::GetBalance);
    Unary("ListUsedAddresses", &ChainService::ListUsedAddresses);
    Unary("ListTokens", &ChainService::ListTokens);
    Unary("GetToken", &ChainService::GetToken);
    Unary("EstimateTransfer", &ChainService::EstimateTransfer);
    Unary("Transfer", &ChainService::Transfer);
    Unary("GetTransfer", &ChainService::GetTransfer);
    Unary("GetTransaction", &ChainService::GetTransaction);
    Unary("ListHistory", &ChainService::ListHistory);
    Unary("GetFees", &ChainService::GetFees);
    Unary("SpeedUp", &ChainService::SpeedUp);
    Unary("Cancel", &ChainService::Cancel);
    Unary("GetNodeStatus", &ChainService::GetNodeStatus);
    Unary("RequestFaucet", &ChainService::RequestFaucet);
    Unary("GetFinalBlock", &ChainService::GetFinalBlock);
    Unary("AdoptFinalBlock", &ChainService::AdoptFinalBlock);
    Stream("WatchTransfers", &ChainService::WatchTransfers);
}

std::vector<rpc::AccessRule> ChainService::AccessRules() {
    constexpr const char* kGateway = "api-gateway";
    constexpr const char* kWallets = "wallet-manager";
    constexpr const char* kDex = "dex-service";
    constexpr const char* kTools = "tool-executor";
    const std::vector<std::pair<const char*, std::vector<std::string>>> rules = {
        {"ValidateAddress", {kGateway, kWallets, kDex, kTools}},
        {"GetBalance", {kGateway, kWallets, kDex, kTools}},
        {"ListUsedAddresses", {kWallets}},
        {"ListTokens", {kGateway, kWallets, kDex, kTools}},
        {"GetToken", {kGateway, kWallets, kDex, kTools}},
        {"EstimateTransfer", {kGateway, kDex, kTools}},
        {"Transfer", {kGateway, kDex}},
        {"GetTransfer", {kGateway, kDex, kTools}},
        {"GetTransaction", {kGateway, kDex, kTools}},
        {"ListHistory", {kGateway, kTools}},
        {"GetFees", {kGateway, kDex, kTools}},
        {"SpeedUp", {kGateway}},
        {"Cancel", {kGateway}},
        {"GetNodeStatus", {kGateway, kWallets, kDex, kTools}},
        {"RequestFaucet", {kGateway, kWallets}},
        {"GetFinalBlock", {kGateway}},
        {"AdoptFinalBlock", {kGateway}},
        {"WatchTransfers", {kGateway}},
    };
    std::vector<rpc::AccessRule> table;
    for (const auto& [method, callers] : rules) {
        table.push_back({std::string("/platform.chain.v1.ChainService/") + method, callers, ""});
    }
    return table;
}

bool MayAct(const rpc::Context& context, const base::UserId& user) {
    return !context.user || context.user->user == user || context.user->role == "admin" ||
           context.user->role == "auditor";
}

base::Result<> ChainService::RequireOpen() const {
    if (!parts_.open.load()) {
        return base::Unavailable("starting", "the service has not finished its start");
    }
    return {};
}

base::Result<std::string> ChainService::Canonical(const std::string& address) const {
    const chain::AddressCheck check = parts_.chain.CheckAddress(address);
    if (!check.valid) {
        return base::InvalidArgument(check.reason, check.detail);
    }
    return check.canonical;
}

base::Result<ChainService::KnownToken> ChainService::FindToken(const std::string& name) {
    std::optional<chain::Token> listed;
    if (LooksLikeSymbol(name)) {
        BASE_ASSIGN_OR_RETURN(listed, registry_.FindSymbol(name));
        if (!listed) {
            return base::NotFound("unknown_token", "no listed token has the symbol " + name);
        }
    }
    BASE_ASSIGN_OR_RETURN(chain::Token token,
                          parts_.chain.GetToken(listed ? listed->asset.contract : name));
    if (!listed) {
        BASE_ASSIGN_OR_RETURN(listed, registry_.Find(token.asset.contract));
    }
    if (listed) {
        token.asset.symbol = listed->asset.symbol;
        token.asset.decimals = listed->asset.decimals;
        token.name = listed->name;
    }
    return KnownToken{std::move(token), listed.has_value()};
}

base::Result<ChainService::KnownToken> ChainService::Resolve(
    const platform::common::v1::Asset& asset) {
    if (asset.contract().empty()) {
        return KnownToken{{parameters().native, ""}, true};
    }
    return FindToken(asset.contract());
}

}  // namespace chain_host
