// What the daemons of Bitcoin and Zcash are made of.
#include "utxo_host/kit.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "unit/utxo/fakes.h"
#include "unit/utxo_host/reward_node.h"
#include "utxo/branch_id.h"
#include "utxo/utxo_chain.h"

namespace {

using money::UInt256;
using utxo_host_test::FaucetScript;

class Kit : public ::testing::TestWithParam<const char*> {
protected:
    Kit() : kit_(utxo_host::KitOf(GetParam())), node_(*utxo::FindFormat(GetParam()).value()) {
        node_.answers = {{"getnetworkinfo", {{"subversion", "/node:1/"}}},
                         {"estimatesmartfee", {{"feerate", "0.00002"}}},
                         {"getblockchaininfo",
                          {{"consensus", {{"nextblock", utxo::BranchIdText(utxo::kBranchNu5)}}}}}};
    }

    chain_host::ChainKit kit_;
    utxo_host_test::RewardNode node_;
    utxo_test::FakeLedger ledger_;
};

TEST_P(Kit, MakesTheChainThatItNames) {
    EXPECT_EQ(kit_.chain_name, GetParam());
    for (const chain::Mode mode :
         {chain::Mode::kDevnet, chain::Mode::kTestnet, chain::Mode::kMainnet}) {
        const auto chain = kit_.make_chain({mode, node_, ledger_});
        ASSERT_TRUE(chain);
        EXPECT_EQ((*chain)->parameters().info->name, GetParam());
        EXPECT_EQ((*chain)->parameters().mode, mode);
    }
    EXPECT_FALSE(utxo_host::KitOf("ethereum").make_chain({chain::Mode::kDevnet, node_, ledger_}));
    EXPECT_TRUE(kit_.numbers_as_text);  // no amount passes through a binary fraction
}

TEST_P(Kit, ItsFaucetGives) {
    const auto chain = kit_.make_chain({chain::Mode::kDevnet, node_, ledger_}).value();
    const auto give = kit_.make_faucet(*chain, node_);
    node_.Mine(101, 5'000'000'000, FaucetScript());
    const auto format = utxo::FindFormat(GetParam()).value();
    const auto to = format->AddressOf(utxo::PayToKeyHash({}), utxo::Network::kRegtest).value();
    EXPECT_TRUE(give(to, UInt256(100'000'000)));
    EXPECT_EQ(node_.sent().size(), 1U);
}

// A method without a name of its own hides among the others in the metrics.
TEST_P(Kit, EveryMethodThatIsAskedForHasMetrics) {
    const auto chain = kit_.make_chain({chain::Mode::kDevnet, node_, ledger_}).value();
    const auto give = kit_.make_faucet(*chain, node_);
    node_.Mine(101, 5'000'000'000, FaucetScript());
    const auto format = utxo::FindFormat(GetParam()).value();
    const auto to = format->AddressOf(utxo::PayToKeyHash({}), utxo::Network::kRegtest).value();
    EXPECT_TRUE(give(to, UInt256(100'000'000)));
    EXPECT_TRUE(chain->GetHead());
    EXPECT_TRUE(chain->GetFees());
    EXPECT_TRUE(chain->ClientVersion());
    EXPECT_FALSE(chain->View(std::string(64, 'a')));
    const std::set<std::string> asked(node_.calls.begin(), node_.calls.end());
    for (const std::string& method : asked) {
        EXPECT_EQ(std::count(kit_.node_methods.begin(), kit_.node_methods.end(), method), 1)
            << method;
    }
    for (const auto& [method, time] : kit_.shared_reads) {
        EXPECT_EQ(std::count(kit_.node_methods.begin(), kit_.node_methods.end(), method), 1)
            << method;
        EXPECT_NE(method, "sendrawtransaction");
    }
}

INSTANTIATE_TEST_SUITE_P(Utxo, Kit, ::testing::Values("bitcoin", "zcash"));

}  // namespace
