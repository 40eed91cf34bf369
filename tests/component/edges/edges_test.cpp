// deploy/edges.txt, of which the network policies are made, says of every contract what the
// daemons' own tables of callers say: who may open a connection may call something, and the other
// way round.
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "chain/catalog.h"
#include "chain_host/chain_service.h"
#include "rpc/access.h"
#include "wallet-manager/access.h"

namespace {

// "/platform.chain.v1.ChainService/Transfer" is of platform.chain.v1.ChainService.
using Callers = std::map<std::string, std::set<std::string>>;

std::set<std::string> Expanded(const std::string& name) {
    if (name != "chains") {
        return {name};
    }
    std::set<std::string> daemons;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        daemons.insert(std::string(chain.name) + "-service");
    }
    return daemons;
}

Callers OfTables() {
    Callers callers;
    for (const auto& table : {wallet_manager::WalletAccess(),
                              wallet_manager::GateAccess(),
                              chain_host::ChainService::AccessRules()}) {
        for (const rpc::AccessRule& rule : table) {
            const std::string service = rule.method.substr(1, rule.method.rfind('/') - 1);
            callers[service].insert(rule.callers.begin(), rule.callers.end());
        }
    }
    return callers;
}

// Contracts have a package: "platform.wallet.v1.GateService"; the rest of the edges is sql and the
// like.
Callers OfEdges(std::istream& text) {
    Callers callers;
    for (std::string line; std::getline(text, line);) {
        std::istringstream words(line);
        std::string caller;
        std::string callee;
        std::string how;
        if (line.starts_with('#') || !(words >> caller >> callee >> how) ||
            how.find('.') == std::string::npos) {
            continue;
        }
        callers[how].merge(Expanded(caller));
    }
    return callers;
}

TEST(Edges, AreTheCallersThatTheTablesName) {
    std::ifstream file(std::string(PLATFORM_SOURCE_DIR) + "/deploy/edges.txt");
    ASSERT_TRUE(file);
    const Callers edges = OfEdges(file);
    for (const auto& [service, callers] : OfTables()) {
        ASSERT_TRUE(edges.contains(service)) << service;
        EXPECT_EQ(edges.at(service), callers) << service;
    }
}

TEST(Edges, OneTooManyOrTooFewIsSeen) {
    std::istringstream more(
        "chains wallet-manager platform.wallet.v1.GateService\n"
        "api-gateway wallet-manager platform.wallet.v1.GateService\n"
        "chains postgres sql\n");
    std::istringstream fewer("ethereum-service wallet-manager platform.wallet.v1.GateService\n");
    const auto gate = OfTables().at("platform.wallet.v1.GateService");
    EXPECT_EQ(gate.size(), chain::AllChains().size());
    EXPECT_NE(OfEdges(more).at("platform.wallet.v1.GateService"), gate);
    EXPECT_NE(OfEdges(fewer).at("platform.wallet.v1.GateService"), gate);
}

}  // namespace
