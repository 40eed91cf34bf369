// UtxoChain with Zcash's format: transactions that expire, and rules that change by height.
#include <gtest/gtest.h>
#include <string>

#include "crypto/secp256k1.h"
#include "unit/utxo/fakes.h"
#include "utxo/address.h"
#include "utxo/branch_id.h"
#include "utxo/script.h"
#include "utxo/utxo_chain.h"

namespace {

using money::UInt256;
using nlohmann::json;

constexpr std::uint32_t kNu62 = 0x5437f330;
constexpr std::uint32_t kNu63 = 0x37a5165b;

std::string HashOf(std::uint64_t height) {
    std::string digits = std::to_string(height);
    return std::string(64 - digits.size(), '0') + digits;
}

// Blocks up to a tip, whose hashes are their heights.
class Blocks final : public utxo_test::FakeNode {
public:
    base::Result<json> Call(std::string_view method, json parameters) override {
        const auto value = [](json answer) {
            return base::Result<json>(boost::system::in_place_value, std::move(answer));
        };
        if (method == "getbestblockhash") {
            return value(HashOf(tip));
        }
        if (method == "getblockhash") {
            return value(HashOf(parameters.at(0).get<std::uint64_t>()));
        }
        if (method == "getblockheader") {
            const std::uint64_t height = std::stoull(parameters.at(0).get<std::string>());
            return value({{"hash", HashOf(height)},
                          {"height", std::to_string(height)},
                          {"time", "1"},
                          {"previousblockhash", HashOf(height - 1)}});
        }
        return FakeNode::Call(method, std::move(parameters));
    }

    void SaysBranch(std::uint32_t branch_id) {
        Answer("getblockchaininfo",
               {{"consensus", {{"nextblock", utxo::BranchIdText(branch_id)}}}});
    }

    std::uint64_t tip = 200;
};

class ZcashChainTest : public ::testing::Test {
protected:
    ZcashChainTest()
        : params_(utxo::ParamsOf("zcash", chain::Mode::kDevnet).value()),
          chain_(params_, node_, ledger_) {
        const auto key = secret::Bytes::Copy(base::Bytes(32, 0x11));
        const auto point = crypto::Secp256k1PublicKey::FromPrivate(key).value();
        const auto script = utxo::ScriptOfKey(point, utxo::ScriptType::kP2pkh).value();
        own_ = params_.format->AddressOf(script, params_.network).value();
        to_ = params_.format->AddressOf(utxo::PayToKeyHash({}), params_.network).value();
        SetTip(200);
        node_.SaysBranch(kNu62);
        chain::FreeCoin coin;
        coin.coin = {HashOf(77), 1, UInt256(50'000'000)};
        coin.address = own_;
        coin.block_height = 150;
        ledger_.holdings.free.push_back(coin);
        ledger_.holdings.left = coin.coin.amount;
        ledger_.sources[coin.coin.tx_hash] = {};
    }

    // The node has this newest block, and our books have read it.
    void SetTip(std::uint64_t height) {
        node_.tip = height;
        ledger_.holdings.tip_height = height;
    }

    [[nodiscard]] chain::Plan Pay() const {
        chain::Plan plan;
        plan.from = own_;
        plan.asset = params_.common.native;
        plan.action = chain::Transfer{{{to_, UInt256(10'000'000)}}, chain::TransferMode::kExact};
        plan.fee_cap = params_.common.fee_ceiling;
        return plan;
    }

    // A payment that was signed at the tip; it may be in a block up to 40 more.
    chain::SentTx Send() { return {own_, std::string(64, 'c'), chain_.Price(Pay())->terms}; }

    [[nodiscard]] utxo::UnsignedTx Read(const chain::Unsigned& made) const {
        return params_.format->DecodeUnsigned(made.payload).value();
    }

    utxo::Params params_;
    Blocks node_;
    utxo_test::FakeLedger ledger_;
    utxo::UtxoChain chain_;
    std::string own_;
    std::string to_;
};

TEST_F(ZcashChainTest, ATransactionIsDeadWhenItsLastBlockIsFinalAndInOurBooks) {
    const chain::SentTx sent = Send();
    SetTip(248);
    EXPECT_EQ(chain_.FateOf(sent)->life, chain::Life::kMayLand);  // 240 is not ten deep
    SetTip(249);
    const auto fate = chain_.FateOf(sent).value();
    EXPECT_EQ(fate.life, chain::Life::kDead);
    EXPECT_NE(fate.detail.find("expired at height 240"), std::string::npos) << fate.detail;
    ledger_.holdings.tip_height = 239;
    EXPECT_EQ(chain_.FateOf(sent)->life, chain::Life::kMayLand);  // the books are behind
}

TEST_F(ZcashChainTest, WhatOurBooksHaveIsNotDead) {
    const chain::SentTx sent = Send();
    SetTip(300);
    ledger_.found = utxo_test::InBlock();
    EXPECT_EQ(chain_.FateOf(sent)->life, chain::Life::kMayLand);
}

TEST_F(ZcashChainTest, ARenewalSpendsTheSameCoinsUnderTheRulesOfItsTime) {
    const chain::SentTx sent = Send();
    const auto first = Read(chain_.Build(Pay(), chain_.Price(Pay()).value(), {}).value());
    EXPECT_EQ(first.transaction.expiry_height, 240U);
    EXPECT_EQ(first.transaction.branch_id, kNu62);
    SetTip(250);
    node_.SaysBranch(kNu63);
    ledger_.holdings.free.clear();  // its coins are its own still
    const auto renewal = chain_.Renew(Pay(), sent, {}).value();
    EXPECT_FALSE(renewal.amount);
    const auto again = Read(renewal.unsigned_tx);
    EXPECT_EQ(again.transaction.expiry_height, 290U);
    EXPECT_EQ(again.transaction.branch_id, kNu63);
    ASSERT_EQ(again.inputs.size(), 1U);
    EXPECT_EQ(again.transaction.inputs[0].prevout, first.transaction.inputs[0].prevout);
    EXPECT_EQ(renewal.unsigned_tx.coins[0].tx_hash, HashOf(77));
    EXPECT_EQ(again.transaction.outputs.size(), first.transaction.outputs.size());
}

TEST_F(ZcashChainTest, ChangeOfWhatNeverLandedIsGone) {
    const chain::SentTx sent = Send();
    SetTip(250);
    ledger_.sources.clear();
    const auto renewal = chain_.Renew(Pay(), sent, {});
    ASSERT_FALSE(renewal);
    EXPECT_EQ(renewal.error().reason, "anchor_gone");
}

TEST_F(ZcashChainTest, NothingIsSignedForRulesThatCannotBe) {
    node_.SaysBranch(0xdeadbeef);
    const auto refused = chain_.Price(Pay());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "branch_id_mismatch");
    EXPECT_EQ(refused.error().kind, base::ErrorKind::kUnavailable);
    node_.SaysBranch(kNu63);
    EXPECT_TRUE(chain_.Price(Pay()));
}

TEST_F(ZcashChainTest, NoChildPaysForAParent) {
    auto plan = Pay();
    plan.action = chain::Cpfp{HashOf(77)};
    EXPECT_EQ(chain_.Price(plan).error().reason, "unsupported_action");
}

TEST(BranchId, ANodesWordIsCheckedAgainstTheTable) {
    using utxo::Network;
    const auto reason = [](Network network, std::uint32_t height, std::uint32_t branch_id) {
        const auto checked = utxo::CheckBranchId(network, height, branch_id);
        return checked ? std::string() : checked.error().reason;
    };
    EXPECT_EQ(reason(Network::kMain, 3'428'142, kNu62), "");
    EXPECT_EQ(reason(Network::kMain, 3'428'142, kNu63), "branch_id_mismatch");
    EXPECT_EQ(reason(Network::kMain, 3'428'143, kNu63), "");
    EXPECT_EQ(reason(Network::kMain, 3'428'143, kNu62), "branch_id_mismatch");
    // Newer than the table: only where its last upgrade is past.
    EXPECT_EQ(reason(Network::kMain, 3'500'000, 0x12345678), "");
    EXPECT_EQ(reason(Network::kMain, 3'400'000, 0x12345678), "branch_id_mismatch");
    EXPECT_EQ(reason(Network::kTest, 4'134'000, kNu63), "");
    EXPECT_EQ(reason(Network::kRegtest, 5, kNu62), "");
    EXPECT_EQ(reason(Network::kRegtest, 5, 0x12345678), "branch_id_mismatch");
}

}  // namespace
