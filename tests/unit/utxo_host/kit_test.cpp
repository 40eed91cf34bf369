// What the daemons of Bitcoin and Zcash are made of.
#include "utxo_host/kit.h"

#include <gtest/gtest.h>
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

INSTANTIATE_TEST_SUITE_P(Utxo, Kit, ::testing::Values("bitcoin", "zcash"));

}  // namespace
