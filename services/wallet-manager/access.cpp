#include "wallet-manager/access.h"

#include <string>
#include <utility>

#include "chain/catalog.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace wallet_manager {

namespace {

// One rule for each method of a service of the contract, so that a new method is never forgotten.
std::vector<rpc::AccessRule> RulesOf(const char* service, const std::vector<std::string>& callers) {
    const auto* descriptor =
        platform::wallet::v1::Wallet::descriptor()->file()->FindServiceByName(service);
    std::vector<rpc::AccessRule> rules;
    for (int i = 0; i < descriptor->method_count(); ++i) {
        rpc::AccessRule rule;
        rule.method = "/" + descriptor->full_name() + "/" + descriptor->method(i)->name();
        rule.callers = callers;
        rules.push_back(std::move(rule));
    }
    return rules;
}

}  // namespace

std::vector<rpc::AccessRule> WalletAccess() {
    return RulesOf("WalletService", {"api-gateway"});
}

std::vector<rpc::AccessRule> GateAccess() {
    std::vector<std::string> daemons;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        daemons.push_back(std::string(chain.name) + "-service");
    }
    return RulesOf("GateService", daemons);
}

}  // namespace wallet_manager
