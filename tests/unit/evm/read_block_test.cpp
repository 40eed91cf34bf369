// EvmChain::ReadBlock over a node in memory.
#include <gtest/gtest.h>

#include "evm/erc20.h"
#include "evm/evm_chain.h"
#include "unit/evm/fake_node.h"
#include "unit/evm/plans.h"

namespace {

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
using money::UInt256;

std::string Topic(const evm::Address& address) {
    return "0x" + std::string(24, '0') + base::HexEncode(address.bytes());
}

class ReadBlock : public testing::Test {
protected:
    ReadBlock() { node_.Contract(kToken, evm::EncodeErc20Decimals(), UInt256(6).ToBigEndian()); }

    // A Transfer event in the receipt of `hash`.
    Json& AddTransfer(const std::string& hash,
                      const evm::Address& from,
                      const evm::Address& to,
                      std::uint64_t amount) {
        Json& receipt = node_.receipts[hash];
        receipt["logs"].push_back(
            {{"address", kToken.ToString()},
             {"topics",
              {base::HexEncodePrefixed(evm::Erc20TransferTopic()), Topic(from), Topic(to)}},
             {"data", base::HexEncodePrefixed(UInt256(amount).ToBigEndian())},
             {"logIndex", Quantity(40 + receipt["logs"].size())},
             {"transactionHash", hash},
             {"blockHash", receipt["blockHash"]}});
        return receipt["logs"].back();
    }

    base::Result<chain::BlockContent> Read() { return chain_.ReadBlock(20, watched_); }

    FakeNode node_;
    evm::EvmChain chain_{Devnet(), node_};
    std::set<std::string> watched_ = {kBob.ToString()};
    std::string hash_ = HashOf("tx");
};

TEST_F(ReadBlock, FindsNativePayments) {
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5");
    node_.Mine(HashOf("other"), kAlice, kOther.ToString(), "0x5");
    node_.Mine(HashOf("empty"), kAlice, kBob.ToString(), "0x0");
    node_.Mine(HashOf("self"), kBob, kBob.ToString(), "0x5");
    node_.Mine(HashOf("creation"), kAlice, Json(), "0x5");
    const auto content = Read();
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(content->block.height, 20U);
    ASSERT_EQ(content->incoming.size(), 1U);
    EXPECT_EQ(content->incoming[0].tx_hash, hash_);
    EXPECT_EQ(content->incoming[0].position, "native");
    EXPECT_EQ(content->incoming[0].from, kAlice.ToString());
    EXPECT_EQ(content->incoming[0].to, kBob.ToString());
    EXPECT_EQ(content->incoming[0].amount, UInt256(5));
    EXPECT_TRUE(content->incoming[0].asset.IsNative());
    EXPECT_EQ(node_.CountOf("eth_getTransactionReceipt"), 1U);
}

TEST_F(ReadBlock, CountsNothingOfAFailedTransaction) {
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5")["status"] = "0x0";
    EXPECT_TRUE(Read()->incoming.empty());
}

TEST_F(ReadBlock, GivesTokenPaymentsTheirPlaceInTheReceipt) {
    node_.Mine(hash_, kAlice, kToken.ToString(), "0x0");
    AddTransfer(hash_, kAlice, kOther, 1);
    AddTransfer(hash_, kAlice, kBob, 2);
    AddTransfer(hash_, kAlice, kBob, 0);
    AddTransfer(hash_, kBob, kBob, 3);
    AddTransfer(hash_, kOther, kBob, 4);
    const auto content = Read();
    ASSERT_TRUE(content.has_value());
    ASSERT_EQ(content->incoming.size(), 2U);
    EXPECT_EQ(content->incoming[0].position, "1");
    EXPECT_EQ(content->incoming[0].amount, UInt256(2));
    EXPECT_EQ(content->incoming[0].asset.contract, kToken.ToString());
    EXPECT_EQ(content->incoming[0].asset.decimals, 6U);
    EXPECT_EQ(content->incoming[1].position, "4");
    EXPECT_EQ(content->incoming[1].from, kOther.ToString());
}

TEST_F(ReadBlock, IgnoresEventsThatAreNoErc20Transfer) {
    node_.Mine(hash_, kAlice, kToken.ToString(), "0x0");
    AddTransfer(hash_, kAlice, kBob, 1)["topics"].push_back(Topic(kBob));  // ERC-721
    AddTransfer(hash_, kAlice, kBob, 1)["data"] = "0x";
    AddTransfer(hash_, kAlice, kBob, 1)["topics"][2] = HashOf("no address");
    AddTransfer(hash_, kAlice, kBob, 1)["topics"][1] = HashOf("no address");
    AddTransfer(hash_, kAlice, kBob, 1)["topics"][0] = HashOf("another event");
    EXPECT_TRUE(Read()->incoming.empty());
}

TEST_F(ReadBlock, BooksTokensWithoutMetadata) {
    node_.Mine(hash_, kAlice, kOther.ToString(), "0x0");
    AddTransfer(hash_, kAlice, kBob, 2)["address"] = kOther.ToString();
    const auto content = Read();
    ASSERT_EQ(content->incoming.size(), 1U);
    EXPECT_EQ(content->incoming[0].asset.contract, kOther.ToString());
    EXPECT_EQ(content->incoming[0].asset.decimals, 0U);
}

TEST_F(ReadBlock, FailsRatherThanMissAPayment) {
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5");
    AddTransfer(hash_, kAlice, kBob, 2);
    for (const char* method :
         {"eth_getBlockByNumber", "eth_getLogs", "eth_getTransactionReceipt", "eth_getCode"}) {
        node_.overrides.clear();
        node_.Refuses(method, NoAnswer());
        EXPECT_EQ(Read().error().reason, "node_unavailable") << method;
    }
    node_.overrides.clear();
    node_.Answers("eth_getTransactionReceipt", Json());
    EXPECT_EQ(Read().error().reason, "node_unavailable");
    node_.overrides.clear();
    node_.receipts[hash_]["blockHash"] = HashOf("an orphan");
    EXPECT_EQ(Read().error().reason, "node_unavailable");
}

TEST_F(ReadBlock, RefusesHostileBlocksAndLogs) {
    node_.Mine(hash_, kAlice, kBob.ToString(), "0x5");
    EXPECT_EQ(chain_.ReadBlock(21, watched_).error().reason, "unknown_block");
    for (const Json& bad : {Json(5), Json::object(), Json::array({5})}) {
        node_.Answers("eth_getLogs", bad);
        EXPECT_EQ(Read().error().reason, "node_unavailable") << bad;
    }
    AddTransfer(hash_, kAlice, kBob, 2);
    Json foreign = node_.receipts[hash_]["logs"][0];
    foreign["blockHash"] = HashOf("another");
    node_.Answers("eth_getLogs", Json::array({foreign}));
    EXPECT_EQ(Read().error().reason, "node_unavailable");
    node_.overrides.clear();
    node_.Answers("eth_getBlockByNumber", node_.blocks[3]);
    EXPECT_EQ(Read().error().reason, "node_unavailable");
    node_.overrides.clear();
    node_.blocks.back()["transactions"] = 5;
    EXPECT_EQ(Read().error().reason, "node_unavailable");
    node_.blocks.back()["transactions"] = Json::array({"0x12"});
    EXPECT_EQ(Read().error().reason, "node_unavailable");
}

}  // namespace
