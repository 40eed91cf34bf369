// Broadcast, status, the proof of death and heads.
#include <gtest/gtest.h>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "solana/node_client.h"
#include "solana/params.h"
#include "solana/pda.h"
#include "solana/terms.h"
#include "solana/transaction.h"
#include "unit/solana/tracked_chain.h"

namespace {

using chain::BroadcastResult;
using chain::Life;
using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::Json;
using solana_test::Rejected;
using solana_test::ScriptedNode;
using solana_test::SignatureOf;

class Tracking : public solana_test::TrackedChain {
protected:
    std::uint8_t page_ = 0;
    std::uint8_t lowest_ = 0;
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

// It was restored from a snapshot, or it cleaned its ledger up: the other one still has the block.
TEST_F(Tracking, ABlockThatOneNodeLacksIsAskedOfTheOthers) {
    const Json block = {{"blockhash", ScriptedNode::HashOf(951)},
                        {"previousBlockhash", ScriptedNode::HashOf(950)}};
    for (const char* code : {"-32001", "-32004", "-32007", "-32009", "-32014"}) {
        node_.Refuses("getBlock", Rejected("Slot was skipped", code));
        node_.other = {};
        EXPECT_EQ(ReasonOf(chain_.GetBlock(951)), "unknown_block") << code;
        node_.other = [&](const Json&) {
            return ScriptedNode::Answer(boost::system::in_place_value, block);
        };
        const auto found = chain_.GetBlock(951);
        ASSERT_TRUE(found) << code << found.error().detail;
        EXPECT_EQ(found->height, 951U);
        EXPECT_EQ(found->hash, ScriptedNode::HashOf(951));
    }
    // One that is silent keeps nobody from believing the one that answers.
    node_.other = [](const Json&) {
        return ScriptedNode::Answer(base::Unavailable("node_unavailable", "gone"));
    };
    EXPECT_EQ(ReasonOf(chain_.GetBlock(951)), "unknown_block");
    // Trouble of the node that is asked first is none of these answers.
    node_.Refuses("getBlock", base::Unavailable("node_unavailable", "gone"));
    EXPECT_EQ(ReasonOf(chain_.GetBlock(951)), "node_unavailable");
}

TEST_F(Tracking, ATransactionThatOneNodeLacksIsAskedOfTheOthers) {
    const std::string signature = SignatureOf(1);
    Land(signature, 990, {from_, to_}, {9'000, 0}, {3'000, 1'000});
    node_.statuses[signature] = {
        {"slot", 990}, {"err", nullptr}, {"confirmationStatus", "confirmed"}};
    const Json kept = node_.transactions[signature];
    node_.transactions.erase(signature);
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kMempool);
    node_.other = [&](const Json&) {
        return ScriptedNode::Answer(boost::system::in_place_value, kept);
    };
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kBlock);
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

TEST_F(Tracking, ARefusalIsReadToItsMeaningInOneOrder) {
    const auto transaction = solana::SignMessage(
        *solana::CompileMessage(samples::Transfer(solana::MessageVersion::kLegacy)),
        std::span(&seed_, 1));
    const base::Bytes raw = solana::SerializeTransaction(*transaction);
    const auto meaning = [&](const base::Error& error) {
        node_.Refuses("sendTransaction", error);
        const auto answer = chain_.Broadcast(raw);
        return answer ? static_cast<int>(answer->result) : -1;
    };
    const std::vector<std::pair<std::string, BroadcastResult>> cases = {
        {"AlreadyProcessed", BroadcastResult::kAlreadyKnown},
        {"BlockhashNotFound", BroadcastResult::kExpired},
        {"Attempt to debit an account but found no record of a prior credit.",
         BroadcastResult::kInsufficientFunds},
        {"Transfer: insufficient lamports 1, need 2", BroadcastResult::kInsufficientFunds},
        {"InsufficientFundsForFee", BroadcastResult::kInsufficientFunds},
        {"InsufficientFundsForRent { account_index: 0 }", BroadcastResult::kInsufficientFunds},
        {"AccountNotFound", BroadcastResult::kInsufficientFunds},
        {"", BroadcastResult::kRejected}};
    for (const auto& [text, result] : cases) {
        EXPECT_EQ(meaning(Rejected(text)), static_cast<int>(result)) << text;
    }
    // Trouble of the node's own, by code or by text: it may have sent it on all the same.
    for (const char* code : {"-32005", "-32016", "-32018", "-32019", "-32603"}) {
        EXPECT_EQ(meaning(Rejected("Blockhash not found", code)), -1) << code;
    }
    for (const char* text :
         {"Rate limit exceeded", "Too many requests for a method", "internal error"}) {
        EXPECT_EQ(meaning(Rejected(text)), -1) << text;
    }
    EXPECT_EQ(meaning(base::Unavailable("node_unavailable", "Blockhash not found")), -1);
    EXPECT_EQ(chain_.Broadcast(base::Bytes{1, 2}).error().reason, "bad_message");
    node_.Refuses("sendTransaction", Rejected(std::string(1'000, 'x')));
    EXPECT_EQ(chain_.Broadcast(raw)->text.size(), 300U);
}

TEST_F(Tracking, OnlyWhatWasAskedForIsRecognised) {
    const auto message = solana::CompileMessage(samples::Transfer(solana::MessageVersion::kLegacy));
    const auto transaction = solana::SignMessage(*message, std::span(&seed_, 1));
    const base::Bytes asked = solana::SerializeMessage(*message);
    const auto seen = chain_.Inspect(solana::SerializeTransaction(*transaction), asked);
    ASSERT_TRUE(seen) << seen.error().detail;
    EXPECT_EQ(seen->tx_hash, solana::TransactionId(*transaction));
    base::Bytes other = asked;
    other.back() ^= 1U;
    EXPECT_EQ(ReasonOf(chain_.Inspect(solana::SerializeTransaction(*transaction), other)),
              "tx_mismatch");
    auto forged = *transaction;
    forged.signatures[0][5] ^= 1U;
    EXPECT_EQ(ReasonOf(chain_.Inspect(solana::SerializeTransaction(forged), asked)), "tx_mismatch");
    EXPECT_EQ(ReasonOf(chain_.Inspect(asked, asked)), "bad_message");
    EXPECT_EQ(ReasonOf(chain_.Fill(from_, 7)), "not_replaceable");
}

TEST_F(Tracking, WhatATransactionCostCountsTheAccountsItMade) {
    const std::string signature = SignatureOf(1);
    const std::string account = samples::Plain(60).ToString();
    Land(signature, 990, {from_, account}, {9'000'000, 0}, {6'955'720, 2'039'280});
    node_.transactions[signature]["meta"]["postTokenBalances"] =
        Json::array({{{"accountIndex", 1},
                      {"mint", samples::Plain(61).ToString()},
                      {"uiTokenAmount", {{"amount", "7"}, {"decimals", 0}}}}});
    node_.statuses[signature] = {
        {"slot", 990}, {"err", {{"Custom", 1}}}, {"confirmationStatus", "confirmed"}};
    const auto status = chain_.Status(signature);
    ASSERT_TRUE(status) << status.error().detail;
    EXPECT_EQ(status->fee_paid, UInt256(5'000 + 2'039'280));
    EXPECT_TRUE(status->succeeded);
    // Somebody had sent a part of the rent there before.
    node_.transactions[signature]["meta"]["preBalances"] = {9'000'000, 39'280};
    EXPECT_EQ(chain_.Status(signature)->fee_paid, UInt256(5'000 + 2'000'000));
    // An account that was there before is none that it made.
    node_.transactions[signature]["meta"]["preTokenBalances"] =
        node_.transactions[signature]["meta"]["postTokenBalances"];
    EXPECT_EQ(chain_.Status(signature)->fee_paid, UInt256(5'000));
    // The transaction itself says whether it failed, and in which slot it is.
    node_.transactions[signature]["meta"]["err"] = {{"InstructionError", {0, "Custom"}}};
    EXPECT_FALSE(chain_.Status(signature)->succeeded);
    node_.transactions[signature]["slot"] = 989;
    EXPECT_EQ(chain_.Status(signature)->place, chain::TxPlace::kMempool);
}

TEST_F(Tracking, AViewSaysWhoGotWhat) {
    const std::string signature = SignatureOf(1);
    Land(signature,
         990,
         {from_, to_, samples::Plain(60).ToString()},
         {9'000'000'000, 0, 5},
         {7'499'995'000, 1'500'000'000, 5});
    node_.statuses[signature] = {
        {"slot", 990}, {"err", nullptr}, {"confirmationStatus", "finalized"}};
    auto view = chain_.View(signature).value();
    EXPECT_EQ(view.from, from_);
    EXPECT_EQ(view.to, to_);
    EXPECT_EQ(view.value, UInt256(1'500'000'000));
    EXPECT_EQ(view.status.place, chain::TxPlace::kBlock);
    EXPECT_EQ(view.decoded, std::vector<std::string>{"pay 1.5 SOL to " + to_});
    node_.transactions[signature]["meta"]["postTokenBalances"] =
        Json::array({{{"accountIndex", 2},
                      {"mint", samples::Plain(61).ToString()},
                      {"owner", to_},
                      {"uiTokenAmount", {{"amount", "1500"}, {"decimals", 3}}}}});
    view = chain_.View(signature).value();
    ASSERT_EQ(view.decoded.size(), 2U);
    EXPECT_EQ(view.decoded[1], "transfer 1.5 of " + samples::Plain(61).ToString() + " to " + to_);
    EXPECT_EQ(ReasonOf(chain_.View(SignatureOf(2))), "unknown_tx");
    EXPECT_EQ(ReasonOf(chain_.View("1")), "unknown_tx");
}

TEST_F(Tracking, TheHistoryIsReadPageByPageToWhereThePaymentBegan) {
    node_.accounts[from_] = {7'000};
    // The node answers pages of one row.
    node_.overrides["getSignaturesForAddress"] = [&](const Json& parameters) {
        Json page = Json::array();
        const std::string before = parameters[1].value("before", "");
        const std::uint8_t next = before.empty() ? 90 : static_cast<std::uint8_t>(page_ - 1);
        page_ = next;
        if (next >= lowest_) {
            page.push_back({{"signature", SignatureOf(next)}, {"slot", 10 * next}});
        }
        return ScriptedNode::Answer(boost::system::in_place_value, page);
    };
    lowest_ = 69;  // the payer was read at slot 700
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kGone);
    lowest_ = 71;
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    lowest_ = 1;
    auto old = Sent();
    solana::Terms terms = solana::ReadTerms(old.terms).value();
    terms.payer.block_height = 100;
    old.terms = solana::WriteTerms(terms);
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kUnproven);  // more than fifty pages
    node_.calls.clear();
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kGone);  // which go on where they ended
    EXPECT_EQ(node_.CallsOf("getSignaturesForAddress"), 31U);
    // A node that does not know that place: all is read again.
    page_ = 0;
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kUnproven);
    lowest_ = 100;
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kUnproven);
    lowest_ = 1;
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kUnproven);
    EXPECT_EQ(page_, 41);
    EXPECT_EQ(chain_.FateOf(old)->life, Life::kGone);
}

TEST_F(Tracking, AnEmptiedWalletIsNoReasonToDoubt) {
    node_.history[from_] = {{SignatureOf(2), 700}};
    const auto fate = chain_.FateOf(Sent());
    ASSERT_TRUE(fate);
    EXPECT_EQ(fate->life, Life::kGone);
    EXPECT_TRUE(fate->after.amount.IsZero());
    // The node that shows the balance is behind the one that told the epoch.
    node_.Answers("getMultipleAccounts",
                  {{"context", {{"slot", 967}}}, {"value", Json::array({nullptr})}});
    EXPECT_EQ(chain_.FateOf(Sent())->life, Life::kUnproven);
    auto broken = Sent();
    broken.terms = "{}";
    EXPECT_EQ(ReasonOf(chain_.FateOf(broken)), "internal");
}

TEST_F(Tracking, BalancesAreOfTheAccountThatHoldsThem) {
    node_.accounts[from_] = {77};
    EXPECT_EQ(chain_.GetAccount(from_)->native_balance, UInt256(77));
    EXPECT_EQ(chain_.GetAccount(from_)->block_height, 1'000U);
    EXPECT_TRUE(chain_.GetBalance(to_, chain_.parameters().native)->amount.IsZero());
    EXPECT_EQ(ReasonOf(chain_.GetAccount("0x12")), "wrong_network");
    money::Asset token = chain_.parameters().native;
    token.contract = samples::Plain(61).ToString();
    EXPECT_EQ(ReasonOf(chain_.GetBalance(from_, token)), "unknown_token");
    base::Bytes mint(82);
    mint[45] = 1;
    node_.accounts[token.contract] = {1, solana::TokenProgram(), mint};
    EXPECT_TRUE(chain_.GetBalance(from_, token)->amount.IsZero());  // no account yet
    const auto holder =
        solana::AssociatedTokenAddress({KeyOf(1), samples::Plain(61), solana::TokenProgram()});
    node_.accounts[holder->address.ToString()] = {1};  // sent there ahead of it
    ASSERT_TRUE(chain_.GetBalance(from_, token));
    EXPECT_TRUE(chain_.GetBalance(from_, token)->amount.IsZero());
    base::Bytes held = base::ToBytes(samples::Plain(61).bytes);
    base::Append(held, KeyOf(1).bytes);
    held.resize(165);
    held[70] = 1;
    held[108] = 1;
    node_.accounts[holder->address.ToString()] = {2'039'280, solana::TokenProgram(), held};
    EXPECT_EQ(chain_.GetBalance(from_, token)->amount, UInt256(1ULL << 48U));
    node_.accounts[holder->address.ToString()].data.pop_back();
    EXPECT_EQ(ReasonOf(chain_.GetBalance(from_, token)), "token_not_supported");
    token.program = solana::SystemProgram().ToString();
    EXPECT_EQ(ReasonOf(chain_.GetBalance(from_, token)), "token_not_supported");
}

TEST_F(Tracking, AddressesAreOfAKeyOrOfAProgram) {
    EXPECT_EQ(chain_.CheckAddress(from_).type, "account");
    const auto derived = solana::FindProgramAddress({base::Bytes{1}}, KeyOf(3));
    EXPECT_EQ(chain_.CheckAddress(derived->address.ToString()).type, "program_derived");
    EXPECT_FALSE(chain_.CheckAddress("0x12").valid);
    EXPECT_EQ(chain_.CheckAddress("0x12").reason, "wrong_network");
}

TEST(SolanaNetworks, AreServedInTheirOwnModeAlone) {
    using chain::Mode;
    EXPECT_TRUE(solana::ParametersOfNetwork("solana:localnet", Mode::kDevnet));
    EXPECT_EQ(ReasonOf(solana::ParametersOfNetwork("solana:localnet", Mode::kMainnet)),
              "unsupported_network");
    EXPECT_EQ(ReasonOf(solana::ParametersOfNetwork("eip155:1", Mode::kMainnet)),
              "unsupported_network");
}

// A payment whose transaction died is priced and built anew, with another serial.
TEST_F(Tracking, ARenewalIsAnotherTransactionOfTheSamePayment) {
    node_.accounts[from_] = {10'000'000'000};
    node_.accounts[to_] = {1'000'000'000};
    chain::Plan plan;
    plan.from = from_;
    plan.asset = chain_.parameters().native;
    plan.action = chain::Transfer{{{to_, UInt256(5'000)}}};
    plan.fee_cap = chain_.parameters().fee_ceiling;
    const chain::Slot slot{std::nullopt, {}, 3};
    const auto first = chain_.Build(plan, chain_.Price(plan).value(), slot).value();
    node_.slot += 200;
    node_.height += 200;
    const auto renewal = chain_.Renew(plan, Sent(), slot).value();
    EXPECT_EQ(renewal.amount, UInt256(5'000));
    EXPECT_NE(renewal.unsigned_tx.payload, first.payload);
    node_.Refuses("getLatestBlockhash", base::Unavailable("node_unavailable", "gone"));
    EXPECT_EQ(ReasonOf(chain_.Renew(plan, Sent(), slot)), "node_unavailable");
}

}  // namespace
