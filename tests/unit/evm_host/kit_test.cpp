// What the daemons of Ethereum and BNB Smart Chain are made of.
#include "evm_host/kit.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "unit/evm/fake_node.h"
#include "unit/utxo/fakes.h"

namespace {

using money::UInt256;

class Kit : public ::testing::TestWithParam<const char*> {
protected:
    Kit() : kit_(evm_host::KitOf(GetParam())) {
        node_.chain_id = kit_.chain_name == "ethereum" ? 31337 : 97;
    }

    chain_host::ChainKit kit_;
    evm_test::FakeNode node_;
    utxo_test::FakeLedger ledger_;  // no EVM chain asks it
    const std::string to_ = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
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
    EXPECT_FALSE(evm_host::KitOf("bitcoin").make_chain({chain::Mode::kDevnet, node_, ledger_}));
}

TEST_P(Kit, ItsFaucetGives) {
    const auto chain = kit_.make_chain({chain::Mode::kDevnet, node_, ledger_}).value();
    const auto give = kit_.make_faucet(*chain, node_);
    EXPECT_EQ(give(to_, UInt256(1'000)).error().reason, "insufficient_funds");
    node_.balances["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"] = "0xde0b6b3a7640000";
    const auto given = give(to_, UInt256(1'000));
    ASSERT_TRUE(given) << given.error().detail;
    EXPECT_EQ(node_.CountOf("eth_sendRawTransaction"), 1U);
}

// A method without a name of its own hides among the others in the metrics.
TEST_P(Kit, EveryMethodThatIsAskedForHasMetrics) {
    const auto chain = kit_.make_chain({chain::Mode::kDevnet, node_, ledger_}).value();
    const auto give = kit_.make_faucet(*chain, node_);
    node_.balances["0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"] = "0xde0b6b3a7640000";
    node_.codes[to_] = "0x60";  // a contract: its gas is estimated
    EXPECT_TRUE(give(to_, UInt256(1'000)));
    EXPECT_TRUE(chain->GetHead());
    EXPECT_TRUE(chain->GetFees());
    EXPECT_TRUE(chain->ClientVersion());
    EXPECT_TRUE(chain->Identity());
    EXPECT_TRUE(chain->ReadBlock(5, {to_}));
    EXPECT_FALSE(chain->View(evm_test::HashOf("none")));
    EXPECT_FALSE(chain->GetToken(to_));
    const std::set<std::string> asked = [this] {
        std::set<std::string> names;
        for (const auto& [method, parameters] : node_.calls) {
            names.insert(method);
        }
        return names;
    }();
    for (const std::string& method : asked) {
        EXPECT_EQ(std::count(kit_.node_methods.begin(), kit_.node_methods.end(), method), 1)
            << method;
    }
    for (const auto& [method, time] : kit_.shared_reads) {
        EXPECT_EQ(std::count(kit_.node_methods.begin(), kit_.node_methods.end(), method), 1)
            << method;
        EXPECT_NE(method, "eth_sendRawTransaction");
    }
}

INSTANTIATE_TEST_SUITE_P(Evm, Kit, ::testing::Values("ethereum", "binance"));

}  // namespace
