#include "chain_host/chain_service.h"

#include <utility>

namespace chain_host {

ChainService::ChainService(ServiceParts parts)
    : parts_(std::move(parts)),
      book_(parts_.pool, parts_.chain.parameters().network),
      hub_(parts_.engine) {
    Unary("ValidateAddress", &ChainService::ValidateAddress);
    Unary("GetBalance", &ChainService::GetBalance);
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

base::Result<money::Asset> ChainService::Resolve(const platform::common::v1::Asset& asset) {
    if (asset.contract().empty()) {
        return parameters().native;
    }
    BASE_ASSIGN_OR_RETURN(const auto token, parts_.chain.GetToken(asset.contract()));
    return token.asset;
}

}  // namespace chain_host
