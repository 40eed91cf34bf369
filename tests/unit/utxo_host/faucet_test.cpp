// The devnet's faucet over a node in memory.
#include "utxo_host/faucet.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "unit/utxo/fakes.h"
#include "unit/utxo_host/reward_node.h"
#include "utxo/branch_id.h"
#include "utxo/coin.h"
#include "utxo/sighash.h"
#include "utxo/utxo_chain.h"
#include "utxo/zcash_transaction.h"

namespace {

using money::UInt256;
using utxo_host_test::FaucetScript;

constexpr std::uint64_t kReward = 5'000'000'000;

class Faucet : public ::testing::TestWithParam<const char*> {
protected:
    Faucet()
        : params_(utxo::ParamsOf(GetParam(), chain::Mode::kDevnet).value()),
          node_(*params_.format),
          chain_(params_, node_, ledger_),
          faucet_(chain_, node_, GetParam()),
          to_(params_.format->AddressOf(utxo::PayToKeyHash({}), params_.network).value()) {
        node_.answers["getblockchaininfo"] = {
            {"consensus", {{"nextblock", utxo::BranchIdText(utxo::kBranchNu5)}}}};
    }

    std::string GiveReason(std::uint64_t amount = 100'000'000) {
        const auto given = faucet_.Give(to_, UInt256(amount));
        return given ? "" : given.error().reason;
    }

    const utxo::Params params_;
    utxo_host_test::RewardNode node_;
    utxo_test::FakeLedger ledger_;
    utxo::UtxoChain chain_;
    utxo_host::DevnetFaucet faucet_;
    const std::string to_;
};

TEST_P(Faucet, PaysFromRewardsOnceTheyAreMature) {
    node_.Mine(99, kReward, FaucetScript());
    EXPECT_EQ(GiveReason(), "faucet_empty");
    node_.Mine(1, kReward, FaucetScript());  // the first is spent in block 101
    const auto hash = faucet_.Give(to_, UInt256(100'000'000));
    ASSERT_TRUE(hash) << hash.error().detail;
    ASSERT_EQ(node_.sent().size(), 1U);
    const utxo::Transaction& sent = node_.sent()[0];
    EXPECT_EQ(*hash, utxo::TxHashText(params_.format->TxHash(sent)));
    std::uint64_t paid = 0;
    std::uint64_t change = 0;
    for (const utxo::Output& output : sent.outputs) {
        (output.script == FaucetScript() ? change : paid) += output.amount;
    }
    EXPECT_EQ(paid, 100'000'000U);
    EXPECT_GT(change, kReward - paid - params_.common.fee_ceiling.ToUint64().value());
    EXPECT_FALSE(sent.inputs.at(0).script_sig.empty());
    // That was the only one.
    EXPECT_EQ(GiveReason(), "faucet_empty");
}

TEST_P(Faucet, NoCoinIsSpentTwiceAndChangeComesWithItsBlock) {
    node_.Mine(102, kReward, FaucetScript());
    EXPECT_EQ(GiveReason(), "");
    EXPECT_EQ(GiveReason(), "");
    EXPECT_EQ(GiveReason(), "");
    EXPECT_EQ(GiveReason(), "faucet_empty");
    std::set<utxo::OutPoint> spent;
    for (const utxo::Transaction& sent : node_.sent()) {
        for (const utxo::Input& input : sent.inputs) {
            EXPECT_TRUE(spent.insert(input.prevout).second);
        }
    }
    // Three pieces of change, and one more reward is mature.
    node_.Mine(1, kReward, utxo::PayToKeyHash({}));
    EXPECT_EQ(GiveReason(3 * kReward), "");
}

TEST_P(Faucet, OthersWhoHaveItsKeyMakeItTryOtherCoins) {
    node_.Mine(104, kReward, FaucetScript());
    node_.refusals = {"bad-txns-inputs-missingorspent", "txn-mempool-conflict"};
    EXPECT_EQ(GiveReason(), "");
    node_.refusals = std::vector<std::string>(5, "txn-mempool-conflict");
    node_.Mine(10, kReward, FaucetScript());
    EXPECT_EQ(GiveReason(), "faucet_busy");
    node_.refusals = {"mempool-script-verify-flag-failed"};
    EXPECT_EQ(GiveReason(), "node_rejected");
}

TEST_P(Faucet, AReorgIsReadFromTheBeginning) {
    node_.Mine(110, kReward, FaucetScript());
    EXPECT_EQ(GiveReason(), "");
    node_.Replace(5);  // four rewards are left, long mature
    EXPECT_EQ(GiveReason(4 * kReward - 1'000'000), "");
    EXPECT_EQ(GiveReason(), "faucet_empty");
}

TEST_P(Faucet, RefusesWhatItCannotPay) {
    node_.Mine(101, kReward, FaucetScript());
    EXPECT_EQ(faucet_.Give("hello", UInt256(1)).error().reason, "bad_address");
    EXPECT_EQ(faucet_.Give(to_, UInt256::Max()).error().reason, "amount_overflow");
    EXPECT_TRUE(node_.sent().empty());
}

INSTANTIATE_TEST_SUITE_P(Utxo, Faucet, ::testing::Values("bitcoin", "zcash"));

TEST(FaucetOfZcash, SignsForTheRulesOfTheNextBlock) {
    const auto params = utxo::ParamsOf("zcash", chain::Mode::kDevnet).value();
    utxo_host_test::RewardNode node(*params.format);
    utxo_test::FakeLedger ledger;
    utxo::UtxoChain chain(params, node, ledger);
    utxo_host::DevnetFaucet faucet(chain, node, "zcash");
    const auto to = params.format->AddressOf(utxo::PayToKeyHash({}), params.network).value();
    node.Mine(101, kReward, FaucetScript());
    EXPECT_EQ(faucet.Give(to, UInt256(1'000'000)).error().reason, "node_rejected");
    node.answers["getblockchaininfo"] = {
        {"consensus", {{"nextblock", utxo::BranchIdText(utxo::kBranchNu5)}}}};
    ASSERT_TRUE(faucet.Give(to, UInt256(1'000'000)));
    EXPECT_EQ(node.sent().at(0).version, utxo::kZcashVersion5);
    EXPECT_EQ(node.sent().at(0).branch_id, utxo::kBranchNu5);
    EXPECT_EQ(node.sent().at(0).expiry_height, 101U + utxo::kZcashExpiryBlocks);
}

TEST(FaucetDeathTest, IsOfNoLiveNetwork) {
    const auto params = utxo::ParamsOf("bitcoin", chain::Mode::kMainnet).value();
    utxo_host_test::RewardNode node(*params.format);
    utxo_test::FakeLedger ledger;
    utxo::UtxoChain chain(params, node, ledger);
    EXPECT_DEATH(utxo_host::DevnetFaucet(chain, node, "bitcoin"), "");
}

}  // namespace
