// Broadcast, status, the proof of death, heads and incoming payments.
#include <gtest/gtest.h>
#include <string>

#include "crypto/base58.h"
#include "solana/params.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "solana/transaction.h"
#include "unit/solana/samples.h"
#include "unit/solana/scripted_node.h"

namespace {

using chain::BroadcastResult;
using chain::Life;
using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::Json;
using solana_test::Rejected;
using solana_test::ScriptedNode;

std::string SignatureOf(std::uint8_t number) {
    return crypto::Base58Encode(base::Bytes(64, number));
}

class Tracking : public ::testing::Test {
protected:
    Tracking() : chain_(solana::ParametersOf(chain::Mode::kDevnet), node_) {}

    // A transaction of two accounts at a slot; the first pays.
    void Land(const std::string& signature,
              std::uint64_t slot,
              std::vector<std::string> keys,
              std::vector<std::uint64_t> before,
              std::vector<std::uint64_t> after) {
        node_.transactions[signature] = {
            {"slot", slot},
            {"transaction", {{"signatures", {signature}}, {"message", {{"accountKeys", keys}}}}},
            {"meta",
             {{"err", nullptr},
              {"fee", 5'000},
              {"preBalances", before},
              {"postBalances", after},
              {"preTokenBalances", Json::array()},
              {"postTokenBalances", Json::array()}}}};
        for (const std::string& key : keys) {
            auto& list = node_.history[key];
            list.insert(list.begin(), {signature, slot});
        }
    }

    [[nodiscard]] chain::SentTx Sent() const {
        solana::Terms terms;
        terms.last_valid_height = 800;
        terms.payer = {UInt256(7'000), 700};
        return {from_, SignatureOf(1), solana::WriteTerms(terms)};
    }

    ScriptedNode node_;
    solana::SolanaChain chain_;
    const std::string from_ = KeyOf(1).ToString();
    const std::string to_ = KeyOf(2).ToString();
};

TEST_F(Tracking, ABroadcastAnswersWhatTheNodeMeans) {
    const auto message = solana::CompileMessage(samples::Transfer(solana::MessageVersion::kLegacy));
    const std::vector<secret::Bytes> seeds = [] {
        std::vector<secret::Bytes> list;
        list.push_back(samples::Seed(1));
        return list;
    }();
    const auto transaction = solana::SignMessage(*message, seeds);
    ASSERT_TRUE(transaction);
    const base::Bytes raw = solana::SerializeTransaction(*transaction);
    node_.Answers("sendTransaction", solana::TransactionId(*transaction));
    ASSERT_TRUE(chain_.Broadcast(raw));
    EXPECT_EQ(chain_.Broadcast(raw)->result, BroadcastResult::kAccepted);
    node_.Answers("sendTransaction", SignatureOf(4));
    EXPECT_EQ(ReasonOf(chain_.Broadcast(raw)), "node_unavailable");
    const auto meaning = [&](const std::string& text, const std::string& code = "-32002") {
        node_.Refuses("sendTransaction", Rejected(text, code));
        const auto answer = chain_.Broadcast(raw);
        return answer ? static_cast<int>(answer->result) : -1;
    };
    const auto is = [](BroadcastResult result) { return static_cast<int>(result); };
    EXPECT_EQ(meaning("Transaction simulation failed: Blockhash not found"),
              is(BroadcastResult::kExpired));
    EXPECT_EQ(meaning("Transaction simulation failed: This transaction has already been processed"),
              is(BroadcastResult::kAlreadyKnown));
    EXPECT_EQ(meaning("Transaction simulation failed: Error processing Instruction 2: custom "
                      "program error: 0x1"),
              is(BroadcastResult::kInsufficientFunds));
    EXPECT_EQ(meaning("Transaction signature verification failure", "-32003"),
              is(BroadcastResult::kRejected));
    EXPECT_EQ(meaning("Node is behind by 42 slots", "-32005"), -1);
    EXPECT_EQ(meaning("Internal error", "-32603"), -1);
}

TEST_F(Tracking, AStatusIsInABlockFromConfirmedOn) {
    const std::string signature = SignatureOf(1);
    Land(signature, 990, {from_, to_}, {9'000, 0}, {3'000, 1'000});
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kUnknown);
    node_.statuses[signature] = {
        {"slot", 990}, {"err", nullptr}, {"confirmationStatus", "processed"}};
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kMempool);
    node_.statuses[signature]["confirmationStatus"] = "confirmed";
    const auto status = chain_.Status(signature);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->place, chain::TxPlace::kBlock);
    EXPECT_EQ(status->block_height, 990U);
    EXPECT_EQ(status->block_hash, ScriptedNode::HashOf(990));
    EXPECT_TRUE(status->succeeded);
    EXPECT_EQ(status->fee_paid, UInt256(5'000));
    node_.transactions.erase(signature);
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kMempool);
    EXPECT_EQ(ReasonOf(chain_.Status("0x12")), "unknown_tx");
}

TEST_F(Tracking, BeforeItsLastBlockIsFinalItMayLand) {
    node_.final_height = 800;
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kMayLand);
    EXPECT_EQ(node_.CallsOf("getSignatureStatuses"), 0U);
}

TEST_F(Tracking, ItIsGoneWhereNothingShowsItAndTheHistoryReachesBack) {
    node_.accounts[from_] = {7'000};
    node_.history[from_] = {{SignatureOf(3), 950}, {SignatureOf(2), 700}};
    const auto fate = chain_.FateOf(Sent());
    ASSERT_TRUE(fate) << fate.error().detail;
    EXPECT_EQ(fate->life, Life::kGone);
    EXPECT_EQ(fate->before.amount, UInt256(7'000));
    EXPECT_EQ(fate->before.block_height, 700U);
    EXPECT_EQ(fate->after.amount, UInt256(7'000));
    EXPECT_EQ(fate->after.block_height, 968U);
}

TEST_F(Tracking, AnythingElseProvesNothing) {
    node_.accounts[from_] = {7'000};
    // A history that does not reach back.
    node_.history[from_] = {{SignatureOf(3), 950}};
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    // It is in the history alone.
    node_.history[from_] = {{SignatureOf(1), 750}, {SignatureOf(2), 700}};
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    // A node that is behind the one that told the epoch.
    node_.history[from_] = {{SignatureOf(2), 700}};
    node_.slot = 967;
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    node_.slot = 1'000;
    // A status.
    node_.statuses[SignatureOf(1)] = {
        {"slot", 750}, {"err", nullptr}, {"confirmationStatus", "finalized"}};
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    // No answer is none.
    node_.Refuses("getSignatureStatuses", base::Unavailable("node_unavailable", "gone"));
    EXPECT_FALSE(chain_.FateOf(Sent()));
}

TEST_F(Tracking, HeadsSkipSlotsWithoutABlock) {
    node_.slot = 1'015;  // 63 x 16 + 7
    const auto head = chain_.GetHead();
    ASSERT_TRUE(head);
    EXPECT_EQ(head->newest.height, 1'014U);
    EXPECT_EQ(head->final.height, 968U);
    EXPECT_EQ(ReasonOf(chain_.GetBlock(1'015)), "unknown_block");
}

TEST_F(Tracking, TheIdentityIsOfTheConfiguredNetworkAlone) {
    EXPECT_EQ(*chain_.Identity(), "solana:localnet " + ScriptedNode::HashOf(0));
    node_.Answers("getGenesisHash", "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d");
    EXPECT_EQ(ReasonOf(chain_.Identity()), "wrong_network");
    solana::SolanaChain live(solana::ParametersOf(chain::Mode::kMainnet), node_);
    EXPECT_EQ(ReasonOf(live.Identity()), "");
    node_.Answers("getGenesisHash", ScriptedNode::HashOf(3));
    EXPECT_EQ(ReasonOf(live.Identity()), "wrong_network");
}

TEST_F(Tracking, IncomingPaymentsAreReadSlotBySlotOnceFinal) {
    const std::set<std::string> watched = {to_};
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 960, {from_, to_}, {84'000, 1'000}, {77'000, 3'000});
    Land(SignatureOf(3), 990, {from_, to_}, {77'000, 3'000}, {70'000, 5'000});
    auto content = chain_.ReadBlock(940, watched);
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    EXPECT_EQ(content->block.parent_hash, ScriptedNode::HashOf(939));
    ASSERT_EQ(content->incoming.size(), 1U);
    EXPECT_EQ(content->incoming[0].amount, UInt256(1'000));
    EXPECT_EQ(content->incoming[0].from, from_);
    EXPECT_EQ(content->incoming[0].position, "1");
    content = chain_.ReadBlock(951, watched);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->block.height, 960U);
    EXPECT_EQ(content->incoming.size(), 1U);
    content = chain_.ReadBlock(961, watched);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->block.height, 968U);
    EXPECT_TRUE(content->incoming.empty());
    content = chain_.ReadBlock(969, watched);
    ASSERT_TRUE(content);
    EXPECT_LT(content->block.height, 969U);
    node_.final_slot = 991;
    content = chain_.ReadBlock(969, watched);
    ASSERT_TRUE(content);
    EXPECT_EQ(content->block.height, 990U);
    EXPECT_EQ(content->incoming.at(0).amount, UInt256(2'000));
}

// Such a payment names the token account and nobody else of ours.
TEST_F(Tracking, APaymentIntoAnExistingTokenAccountIsFound) {
    const std::string account = samples::Plain(60).ToString();
    const std::string mint = samples::Plain(61).ToString();
    node_.token_accounts[to_] = {account};
    Land(SignatureOf(1), 950, {from_, account}, {90'000, 2'039'280}, {85'000, 2'039'280});
    const auto balance = [&](const std::string& units) {
        return Json::array({{{"accountIndex", 1},
                             {"mint", mint},
                             {"owner", to_},
                             {"programId", solana::TokenProgram().ToString()},
                             {"uiTokenAmount", {{"amount", units}, {"decimals", 6}}}}});
    };
    node_.transactions[SignatureOf(1)]["meta"]["preTokenBalances"] = balance("5");
    // More than a double holds.
    node_.transactions[SignatureOf(1)]["meta"]["postTokenBalances"] = balance("9007199254740998");
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    ASSERT_EQ(content->incoming.size(), 1U);
    EXPECT_EQ(content->incoming[0].to, to_);
    EXPECT_EQ(content->incoming[0].asset.contract, mint);
    EXPECT_EQ(content->incoming[0].asset.decimals, 6U);
    EXPECT_EQ(content->incoming[0].amount.ToDecimal(), "9007199254740993");
}

TEST_F(Tracking, AFailedTransactionBringsNothing) {
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    node_.transactions[SignatureOf(1)]["meta"]["err"] = "AccountInUse";
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content);
    EXPECT_TRUE(content->incoming.empty());
    EXPECT_EQ(content->block.height, 968U);
}

TEST_F(Tracking, AnswersOfAnotherShapeAreNone) {
    node_.Answers("getMultipleAccounts", {{"context", {{"slot", 1}}}, {"value", Json::array()}});
    EXPECT_EQ(ReasonOf(chain_.GetBalance(from_, chain_.parameters().native)), "node_unavailable");
    node_.Answers("getSlot", -5);
    EXPECT_EQ(ReasonOf(chain_.GetHead()), "node_unavailable");
}

TEST_F(Tracking, NothingIsReplacedHere) {
    EXPECT_EQ(ReasonOf(chain_.Bump({}, chain::AttemptKind::kSpeedUp, {})), "not_replaceable");
    EXPECT_FALSE(chain_.parameters().replaceable);
}

}  // namespace
