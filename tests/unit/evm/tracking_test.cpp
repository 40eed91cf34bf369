// EvmChain's reads and broadcasts over a node in memory, honest and hostile.
#include <gtest/gtest.h>

#include "evm/abi.h"
#include "evm/erc20.h"
#include "evm/evm_chain.h"
#include "unit/evm/fake_node.h"
#include "unit/evm/plans.h"

namespace {

using chain::BroadcastResult;
using chain::TxPlace;
using evm_test::Devnet;
using evm_test::FakeNode;
using evm_test::HashOf;
using evm_test::Json;
using evm_test::kAlice;
using evm_test::kBob;
using evm_test::kOther;
using evm_test::kToken;
using evm_test::NoAnswer;
using evm_test::Quantity;
using evm_test::Rejected;
using money::UInt256;

class Tracking : public testing::Test {
protected:
    FakeNode node_;
    evm::EvmChain chain_{Devnet(), node_};
    std::string hash_ = HashOf("tx");
};

TEST_F(Tracking, ChecksAddressesWithoutTheNode) {
    const auto good = chain_.CheckAddress(kBob.ToString());
    EXPECT_TRUE(good.valid);
    EXPECT_EQ(good.checksum, "valid");
    EXPECT_EQ(good.canonical, kBob.ToString());
    const auto lower = chain_.CheckAddress("0x" + std::string(40, 'a'));
    EXPECT_EQ(lower.checksum, "absent");
    EXPECT_EQ(lower.canonical, "0xaAaAaAaaAaAaAaaAaAAAAAAAAaaaAaAaAaaAaaAa");
    const auto wrong = chain_.CheckAddress("0xD8dA6BF26964aF9D7eEd9e03E53415D37aA96045");
    EXPECT_FALSE(wrong.valid);
    EXPECT_EQ(wrong.reason, "bad_checksum");
    EXPECT_EQ(wrong.checksum, "wrong");
    EXPECT_EQ(wrong.suggestion, "");
    const auto bare = chain_.CheckAddress(kBob.ToString().substr(2));
    EXPECT_EQ(bare.reason, "bad_address");
    EXPECT_EQ(bare.suggestion, kBob.ToString());
    EXPECT_EQ(chain_.CheckAddress(std::string(40, 'x')).suggestion, "");
    EXPECT_TRUE(node_.calls.empty());
    EXPECT_EQ(chain_.parameters().network, "eip155:31337");
}

TEST_F(Tracking, BroadcastsAndChecksTheHash) {
    const base::Bytes raw{1, 2, 3};
    EXPECT_EQ(chain_.Broadcast(raw)->result, BroadcastResult::kAccepted);
    node_.Answers("eth_sendRawTransaction", hash_);
    EXPECT_EQ(chain_.Broadcast(raw).error().reason, "node_unavailable");
    node_.Answers("eth_sendRawTransaction", Json());
    EXPECT_EQ(chain_.Broadcast(raw).error().reason, "node_unavailable");
    node_.Refuses("eth_sendRawTransaction", NoAnswer());
    EXPECT_EQ(chain_.Broadcast(raw).error().reason, "node_unavailable");
}

TEST_F(Tracking, TellsWhyANodeRefuses) {
    node_.Refuses("eth_sendRawTransaction", Rejected("nonce too low"));
    EXPECT_EQ(chain_.Broadcast({})->result, BroadcastResult::kSlotTaken);
    EXPECT_EQ(chain_.Broadcast({})->text, "nonce too low");
    node_.Refuses("eth_sendRawTransaction", Rejected("rate limit"));
    EXPECT_EQ(chain_.Broadcast({}).error().reason, "node_unavailable");
    node_.Refuses("eth_sendRawTransaction", Rejected(std::string(1000, 'x') + "\n\x01"));
    EXPECT_EQ(chain_.Broadcast({})->text.size(), 300U);
    base::Error bare = base::FailedPrecondition("node_rejected", "already known");
    node_.Refuses("eth_sendRawTransaction", bare);
    EXPECT_EQ(chain_.Broadcast({})->result, BroadcastResult::kAlreadyKnown);
}

TEST_F(Tracking, LearnsTheTipThatANodeAsksFor) {
    node_.rewards = {};
    node_.Answers("eth_maxPriorityFeePerGas", "0x1");
    const auto tip = [this] {
        return std::get<chain::EvmFeeWish>(chain_.GetFees()->at(1).figures.figure)
            .max_priority_fee_per_gas;
    };
    EXPECT_EQ(tip(), UInt256(1000000));
    node_.Refuses("eth_sendRawTransaction",
                  Rejected("transaction underpriced: gas tip cap 1, minimum needed 50000000"));
    EXPECT_EQ(chain_.Broadcast({})->result, BroadcastResult::kUnderpriced);
    EXPECT_EQ(tip(), UInt256(50000000));
    node_.Refuses("eth_sendRawTransaction",
                  Rejected("underpriced: minimum needed " + std::string(60, '9')));
    EXPECT_EQ(chain_.Broadcast({})->result, BroadcastResult::kUnderpriced);
    EXPECT_EQ(tip(), Devnet().tip_ceiling);
}

TEST_F(Tracking, FindsATransactionInItsBlock) {
    EXPECT_EQ(chain_.Status(hash_)->place, TxPlace::kUnknown);
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5")["status"] = "0x0";
    const auto status = chain_.Status(hash_);
    ASSERT_TRUE(status.has_value());
    EXPECT_EQ(status->place, TxPlace::kBlock);
    EXPECT_EQ(status->block_height, 20U);
    EXPECT_FALSE(status->succeeded);
    EXPECT_EQ(status->fee_paid, UInt256(21000 * 2000000000ULL));
    node_.receipts.clear();
    EXPECT_EQ(chain_.Status(hash_)->place, TxPlace::kMempool);
}

TEST_F(Tracking, DoesNotCountAReceiptOfAnotherChainOfBlocks) {
    Json& receipt = node_.Mine(hash_, kAlice, kBob.ToString(), "0x5");
    receipt["blockHash"] = HashOf("an orphan");
    EXPECT_EQ(chain_.Status(hash_)->place, TxPlace::kUnknown);
    receipt["blockNumber"] = Quantity(500);
    EXPECT_EQ(chain_.Status(hash_)->place, TxPlace::kUnknown);
}

TEST_F(Tracking, RefusesAnswersAboutOtherTransactions) {
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5")["transactionHash"] = HashOf("other");
    EXPECT_EQ(chain_.Status(hash_).error().reason, "node_unavailable");
    node_.receipts.clear();
    node_.transactions[hash_]["hash"] = HashOf("other");
    EXPECT_EQ(chain_.Status(hash_).error().reason, "node_unavailable");
    EXPECT_EQ(chain_.Status("0x12").error().reason, "unknown_tx");
    EXPECT_EQ(chain_.Status("").error().reason, "unknown_tx");
}

TEST_F(Tracking, ShowsTransactionsToPeople) {
    EXPECT_EQ(chain_.View(hash_).error().reason, "unknown_tx");
    EXPECT_EQ(chain_.View("x").error().reason, "unknown_tx");
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x16345785d8a0000");
    EXPECT_EQ(chain_.View(hash_)->decoded,
              std::vector<std::string>{"pay 0.1 ETH to " + kBob.ToString()});
    EXPECT_EQ(chain_.View(hash_)->status.place, TxPlace::kBlock);
    node_.transactions[hash_]["to"] = Json();
    EXPECT_EQ(chain_.View(hash_)->decoded, std::vector<std::string>{"create a contract"});
    node_.transactions[hash_]["to"] = kToken.ToString();
    node_.transactions[hash_]["value"] = "0x0";
    node_.transactions[hash_]["input"] = "0x010203";
    EXPECT_EQ(chain_.View(hash_)->decoded,
              std::vector<std::string>{"call " + kToken.ToString() + " with 3 bytes"});
    node_.transactions[hash_]["input"] =
        base::HexEncodePrefixed(evm::EncodeErc20Approve(kBob, UInt256(7)));
    EXPECT_EQ(chain_.View(hash_)->decoded.front(),
              "approve 7 base units of " + kToken.ToString() + " for " + kBob.ToString());
    node_.Refuses("eth_getCode", NoAnswer());
    EXPECT_EQ(chain_.View(hash_).error().reason, "node_unavailable");
}

TEST_F(Tracking, TellsTheHead) {
    const auto head = chain_.GetHead();
    ASSERT_TRUE(head.has_value());
    EXPECT_EQ(head->newest.height, 20U);
    EXPECT_EQ(head->final.height, 18U);
    EXPECT_EQ(chain_.GetBlock(7)->parent_hash, chain_.GetBlock(6)->hash);
    EXPECT_EQ(chain_.GetBlock(21).error().reason, "unknown_block");
    node_.overrides["eth_getBlockByNumber"] = [this](const Json&) {
        return FakeNode::Answer(boost::system::in_place_value, node_.blocks[3]);
    };
    EXPECT_EQ(chain_.GetBlock(7).error().reason, "node_unavailable");
    node_.Answers("eth_getBlockByNumber", Json());
    EXPECT_EQ(chain_.GetHead().error().reason, "node_unavailable");
}

// Answers "finalized" by `answer`, all other tags honestly.
void OverrideFinal(FakeNode& node, const FakeNode::Answer& answer) {
    node.overrides["eth_getBlockByNumber"] = [&node, answer](const Json& parameters) {
        if (parameters[0] == "finalized") {
            return answer;
        }
        const std::uint64_t height = parameters[0] == "latest"
                                         ? node.blocks.size() - 1
                                         : *evm::ReadQuantity64(parameters[0], "tag");
        return FakeNode::Answer(boost::system::in_place_value,
                                height < node.blocks.size() ? node.blocks[height] : Json());
    };
}

TEST_F(Tracking, CountsDepthWhereTheTagIsUnknown) {
    OverrideFinal(node_, Rejected("invalid block tag", "-32602"));
    EXPECT_EQ(chain_.GetHead()->final.height, 8U);
    node_.overrides.clear();  // once found out, it stays
    EXPECT_EQ(chain_.GetHead()->final.height, 8U);
    node_.blocks.resize(5);
    EXPECT_EQ(chain_.GetHead()->final.height, 0U);
}

TEST_F(Tracking, TakesGenesisForFinalWhereNothingElseIs) {
    OverrideFinal(node_, FakeNode::Answer(boost::system::in_place_value, Json()));
    EXPECT_EQ(chain_.GetHead()->final.height, 0U);
    OverrideFinal(node_, Rejected("finalized block not found", "-39001"));
    EXPECT_EQ(chain_.GetHead()->final.height, 0U);
    node_.overrides.clear();
    EXPECT_EQ(chain_.GetHead()->final.height, 18U);
    OverrideFinal(node_, Rejected("finalized block not found", "-39001"));
    EXPECT_EQ(chain_.GetHead().error().reason, "node_unavailable");  // it was there before
}

TEST_F(Tracking, DoesNotDecideFinalityOnOtherFailures) {
    OverrideFinal(node_, Rejected("daily request count exceeded", "-32005"));
    EXPECT_EQ(chain_.GetHead().error().reason, "node_rejected");
    OverrideFinal(node_, NoAnswer());
    EXPECT_EQ(chain_.GetHead().error().reason, "node_unavailable");
    Json above = node_.blocks.back();
    above["number"] = Quantity(21);
    OverrideFinal(node_, FakeNode::Answer(boost::system::in_place_value, above));
    EXPECT_EQ(chain_.GetHead().error().reason, "node_unavailable");
    node_.overrides.clear();
    EXPECT_EQ(chain_.GetHead()->final.height, 18U);
}

TEST_F(Tracking, ReadsAccounts) {
    node_.balances[kAlice.ToString()] = "0x64";
    const auto account = chain_.GetAccount(kAlice.ToString());
    ASSERT_TRUE(account.has_value());
    EXPECT_EQ(account->final_count, 7U);
    EXPECT_EQ(account->newest_count, 7U);
    EXPECT_EQ(account->pending_count, 9U);
    EXPECT_EQ(account->native_balance, UInt256(100));
    EXPECT_EQ(account->block_height, 20U);
    EXPECT_EQ(chain_.GetAccount("me").error().reason, "bad_address");
    for (const char* method :
         {"eth_getBlockByNumber", "eth_getTransactionCount", "eth_getBalance"}) {
        node_.overrides.clear();
        node_.Answers(method, 5);
        EXPECT_EQ(chain_.GetAccount(kAlice.ToString()).error().reason, "node_unavailable")
            << method;
    }
}

TEST_F(Tracking, AFinalCountIsConfirmedByTwoNodes) {
    const std::string alice = kAlice.ToString();
    EXPECT_EQ(*chain_.ConfirmedCount(alice), 7U);
    const auto says = [](std::uint64_t count) {
        return [count](std::string_view, const Json&) {
            return FakeNode::Answer(boost::system::in_place_value, evm_test::Quantity(count));
        };
    };
    const auto silent = [](std::string_view, const Json&) {
        return FakeNode::Answer(evm_test::NoAnswer());
    };
    node_.others = {says(5)};
    EXPECT_EQ(*chain_.ConfirmedCount(alice), 5U);
    node_.others = {says(9), silent};
    EXPECT_EQ(*chain_.ConfirmedCount(alice), 7U);
    node_.others = {silent};
    EXPECT_EQ(chain_.ConfirmedCount(alice).error().reason, "node_unavailable");
    node_.others = {[](std::string_view, const Json&) {
        return FakeNode::Answer(boost::system::in_place_value, Json("seven"));
    }};
    EXPECT_FALSE(chain_.ConfirmedCount(alice));
}

TEST_F(Tracking, ReadsBalancesAtOneHeight) {
    node_.balances[kAlice.ToString()] = "0x64";
    const auto balance = chain_.GetBalance(kAlice.ToString(), Devnet().common.native);
    EXPECT_EQ(balance->amount, UInt256(100));
    EXPECT_EQ(balance->block_height, 20U);
    node_.Contract(kToken, evm::EncodeErc20BalanceOf(kAlice), UInt256(9).ToBigEndian());
    EXPECT_EQ(chain_.GetBalance(kAlice.ToString(), evm_test::TokenAsset())->amount, UInt256(9));
    EXPECT_EQ(chain_.GetBalance(kBob.ToString(), evm_test::TokenAsset()).error().reason,
              "unknown_token");
    node_.Contract(kToken, evm::EncodeErc20BalanceOf(kAlice), base::Bytes{1});
    EXPECT_EQ(chain_.GetBalance(kAlice.ToString(), evm_test::TokenAsset()).error().reason,
              "unknown_token");
    node_.Refuses("eth_call", NoAnswer());
    EXPECT_EQ(chain_.GetBalance(kAlice.ToString(), evm_test::TokenAsset()).error().reason,
              "node_unavailable");
    node_.Refuses("eth_call", Rejected("missing trie node 12ab"));
    EXPECT_EQ(chain_.GetBalance(kAlice.ToString(), evm_test::TokenAsset()).error().reason,
              "node_rejected");
    EXPECT_EQ(chain_.GetBalance("x", evm_test::TokenAsset()).error().reason, "bad_address");
}

base::Bytes StringAnswer(const std::string& text) {
    const auto call = evm::EncodeCall("f(string)", {evm::AbiValue{text}});
    return base::ToBytes(base::ByteView(*call).subspan(4));
}

TEST_F(Tracking, ReadsTokenMetadataOnce) {
    EXPECT_EQ(chain_.GetToken(kToken.ToString()).error().reason, "unknown_token");
    EXPECT_EQ(chain_.GetToken("x").error().reason, "bad_address");
    node_.codes[kToken.ToString()] = "0x60";
    EXPECT_EQ(chain_.GetToken(kToken.ToString()).error().reason, "unknown_token");
    node_.Contract(kToken, evm::EncodeErc20Decimals(), UInt256(6).ToBigEndian());
    node_.Contract(kToken,
                   evm::EncodeErc20Symbol(),
                   StringAnswer("US\x01"
                                "DC"));
    const auto token = chain_.GetToken(kToken.ToString());
    ASSERT_TRUE(token.has_value());
    EXPECT_EQ(token->asset.symbol, "USDC");
    EXPECT_EQ(token->asset.decimals, 6U);
    EXPECT_EQ(token->asset.network, "eip155:31337");
    EXPECT_EQ(token->name, "");
    const std::size_t calls = node_.calls.size();
    EXPECT_EQ(chain_.GetToken(kToken.ToString())->asset.decimals, 6U);
    EXPECT_EQ(node_.calls.size(), calls);
}

TEST_F(Tracking, OffersRisingFees) {
    const auto offers = chain_.GetFees();
    ASSERT_TRUE(offers.has_value());
    ASSERT_EQ(offers->size(), 3U);
    EXPECT_LT(offers->at(0).transfer_cost, offers->at(2).transfer_cost);
    EXPECT_GT(offers->at(0).expected_seconds, offers->at(2).expected_seconds);
    node_.Answers("eth_feeHistory", Json());
    EXPECT_EQ(chain_.GetFees().error().reason, "node_unavailable");
    const std::string top = "0x" + std::string(64, 'f');
    node_.Answers("eth_feeHistory", {{"baseFeePerGas", {top, top}}});
    EXPECT_EQ(chain_.GetFees().error().reason, "fee_cap_exceeded");
}

TEST_F(Tracking, ComparesTheChainId) {
    EXPECT_EQ(*chain_.Identity(), "eip155:31337 " + HashOf("block0"));
    EXPECT_EQ(*chain_.ClientVersion(), "Fake/v1");
    node_.chain_id = 1;
    EXPECT_EQ(chain_.Identity().error().reason, "wrong_network");
    node_.Answers("eth_chainId", 31337);
    EXPECT_EQ(chain_.Identity().error().reason, "node_unavailable");
    node_.overrides.clear();
    node_.chain_id = 31337;
    node_.Answers("eth_getBlockByNumber", Json());
    EXPECT_EQ(chain_.Identity().error().reason, "node_unavailable");
    node_.Answers("web3_clientVersion", 5);
    EXPECT_EQ(chain_.ClientVersion().error().reason, "node_unavailable");
}

}  // namespace
