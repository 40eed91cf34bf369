// Incoming payments: nothing is read before it is final, nothing is left out and nothing comes
// twice.
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "solana/node_client.h"
#include "solana/params.h"
#include "solana/solana_chain.h"
#include "unit/solana/tracked_chain.h"

namespace {

using money::UInt256;
using samples::KeyOf;
using samples::ReasonOf;
using solana_test::Json;
using solana_test::ScriptedNode;
using solana_test::SignatureOf;

class Incoming : public solana_test::TrackedChain {};

TEST_F(Incoming, IncomingPaymentsAreReadSlotBySlotOnceFinal) {
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
TEST_F(Incoming, APaymentIntoAnExistingTokenAccountIsFound) {
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

TEST_F(Incoming, AFailedTransactionBringsNothing) {
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    node_.transactions[SignatureOf(1)]["meta"]["err"] = "AccountInUse";
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content);
    EXPECT_TRUE(content->incoming.empty());
    EXPECT_EQ(content->block.height, 968U);
}

TEST_F(Incoming, WhatAWatchedAddressSignedIsShownAsItsOwn) {
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 960, {to_, from_}, {9'000, 0}, {3'000, 1'000});
    node_.transactions[SignatureOf(1)]["meta"]["err"] = "AccountInUse";  // it paid its fee
    auto content = chain_.ReadBlock(940, {from_});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    EXPECT_TRUE(content->incoming.empty());
    ASSERT_EQ(content->senders.size(), 1U);
    EXPECT_EQ(content->senders[0].tx_hash, SignatureOf(1));
    EXPECT_EQ(content->senders[0].address, from_);
    content = chain_.ReadBlock(951, {from_});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 960U);
    EXPECT_TRUE(content->senders.empty());
}

TEST_F(Incoming, APaymentToThePayerOfTheFeeIsFoundBehindIt) {
    Land(SignatureOf(1), 950, {to_, from_}, {10'000, 90'000}, {7'000, 88'000});
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content) << content.error().detail;
    ASSERT_EQ(content->incoming.size(), 1U);  // 2,000 came, 5,000 were the fee
    EXPECT_EQ(content->incoming[0].amount, UInt256(2'000));
    EXPECT_EQ(content->incoming[0].from, "");
    EXPECT_EQ(content->incoming[0].position, "0");
}

TEST_F(Incoming, AReaderThatGoesBackReadsAllAgain) {
    const std::set<std::string> watched = {to_};
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 960, {from_, to_}, {84'000, 1'000}, {77'000, 3'000});
    EXPECT_EQ(chain_.ReadBlock(940, watched)->block.height, 950U);
    EXPECT_EQ(chain_.ReadBlock(955, watched)->block.height, 960U);
    EXPECT_EQ(chain_.ReadBlock(940, watched)->block.height, 950U);
    EXPECT_EQ(chain_.ReadBlock(951, watched)->block.height, 960U);
    EXPECT_EQ(chain_.ReadBlock(0, watched)->block.height, 0U);
}

TEST_F(Incoming, ALookThatFailedHalfWayIsMadeAgain) {
    const std::set<std::string> watched = {to_};
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    node_.Refuses("getTokenAccountsByOwner", base::Unavailable("node_unavailable", "gone"));
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, watched)), "node_unavailable");
    node_.overrides.clear();
    const Json kept = node_.transactions[SignatureOf(1)];
    node_.transactions.clear();  // final, and the node does not show it
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, watched)), "node_unavailable");
    node_.transactions[SignatureOf(1)] = kept;
    node_.transactions[SignatureOf(1)]["slot"] = 951;
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, watched)), "node_unavailable");
    node_.transactions[SignatureOf(1)] = kept;
    const auto content = chain_.ReadBlock(940, watched);
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->incoming.size(), 1U);
}

TEST_F(Incoming, ASlotWithPaymentsHasABlock) {
    Land(SignatureOf(1), 951, {from_, to_}, {90'000, 0}, {84'000, 1'000});  // 59 x 16 + 7
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, {to_})), "node_unavailable");
}

TEST_F(Incoming, SignaturesAreCollectedBeyondTheFirstPage) {
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    node_.overrides["getSignaturesForAddress"] = [&](const Json& parameters) {
        Json page = Json::array();
        if (parameters[0] == to_ && !parameters[1].contains("before")) {
            for (std::size_t row = 0; row < solana::kSignaturesPage; ++row) {
                page.push_back({{"signature", SignatureOf(5)}, {"slot", 2'000 - row}});
            }
        } else if (parameters[0] == to_) {
            EXPECT_EQ(parameters[1]["before"], SignatureOf(5));
            page.push_back({{"signature", SignatureOf(1)}, {"slot", 950}});
        }
        return ScriptedNode::Answer(boost::system::in_place_value, page);
    };
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    EXPECT_EQ(content->incoming.size(), 1U);
}

// One address was looked up and the other was not: both wait for a whole look.
TEST_F(Incoming, ALookThatFailedHalfWayLosesNoPayment) {
    const std::set<std::string> watched = {to_, KeyOf(5).ToString()};
    const std::string early = *watched.begin();
    const std::string late = *watched.rbegin();
    Land(SignatureOf(1), 960, {from_, early}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 950, {from_, late}, {98'000, 0}, {90'000, 3'000});
    bool silent = true;
    node_.overrides["getSignaturesForAddress"] = [&](const Json& parameters) {
        if (parameters[0] == late && silent) {
            return ScriptedNode::Answer(base::Unavailable("node_unavailable", "gone"));
        }
        Json page = Json::array();
        for (const auto& [signature, slot] : node_.history[parameters[0].get<std::string>()]) {
            page.push_back({{"signature", signature}, {"slot", slot}});
        }
        return ScriptedNode::Answer(boost::system::in_place_value, page);
    };
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, watched)), "node_unavailable");
    silent = false;
    auto content = chain_.ReadBlock(940, watched);
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    ASSERT_EQ(content->incoming.size(), 1U);
    EXPECT_EQ(content->incoming[0].to, late);
    content = chain_.ReadBlock(951, watched);
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 960U);
    EXPECT_EQ(content->incoming.at(0).to, early);
}

TEST_F(Incoming, APaymentIsKeptWhereOnlyTheBlockBelowItIsNotAnswered) {
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    bool silent = true;
    node_.overrides["getBlock"] = [&](const Json& parameters) {
        const std::uint64_t slot = parameters[0].get<std::uint64_t>();
        if (slot == 939 && silent) {
            return ScriptedNode::Answer(base::Unavailable("node_unavailable", "gone"));
        }
        return ScriptedNode::Answer(boost::system::in_place_value,
                                    Json{{"blockhash", ScriptedNode::HashOf(slot)},
                                         {"previousBlockhash", ScriptedNode::HashOf(slot - 1)}});
    };
    EXPECT_EQ(ReasonOf(chain_.ReadBlock(940, {to_})), "node_unavailable");
    silent = false;
    const auto content = chain_.ReadBlock(940, {to_});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 950U);
    EXPECT_EQ(content->incoming.size(), 1U);
}

// A look goes up to what is final by then, which may be after the list of addresses was made.
TEST_F(Incoming, AnAddressThatJoinsLaterMissesNothing) {
    const std::string joins = KeyOf(5).ToString();
    Land(SignatureOf(1), 950, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 955, {from_, joins}, {84'000, 0}, {77'000, 2'000});
    Land(SignatureOf(3), 960, {from_, to_}, {77'000, 1'000}, {70'000, 3'000});
    EXPECT_EQ(chain_.ReadBlock(940, {to_})->block.height, 950U);
    auto content = chain_.ReadBlock(951, {to_, joins});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 955U);
    EXPECT_EQ(content->incoming.at(0).to, joins);
    content = chain_.ReadBlock(956, {to_, joins});
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->block.height, 960U);
    EXPECT_EQ(content->incoming.size(), 1U);
}

// It began anew from a snapshot, and shows nothing of what was in between.
TEST_F(Incoming, ANodeWithAHoleIsAnAlarmAndTheOthersAreAsked) {
    node_.slot = 1'100;
    const auto alarms = [&](solana::SolanaChain& chain, std::uint64_t height) {
        const auto content = chain.ReadBlock(height, {to_});
        EXPECT_TRUE(content) << content.error().detail;
        return content ? content->alarms.size() : 99;
    };
    const auto hole = [&](std::uint64_t from) {
        node_.hole_from = from;
        node_.hole_to = 1'070;
        node_.final_slot = 1'080;
    };
    // At the beginning, in the middle, and none.
    const std::vector<std::pair<std::uint64_t, std::size_t>> holes = {
        {1'061, 1}, {1'065, 1}, {1'071, 0}};
    for (const auto& [from, told] : holes) {
        solana::SolanaChain chain(solana::ParametersOf(chain::Mode::kDevnet), node_);
        node_.final_slot = 1'060;
        EXPECT_EQ(alarms(chain, 1'000), 0U);
        hole(from);
        EXPECT_EQ(alarms(chain, 1'061), told) << from;
        EXPECT_EQ(alarms(chain, 1'061), 0U) << from;  // looked up again
    }
    // Another node has the payment.
    hole(1'061);
    Land(SignatureOf(1), 1'068, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    node_.history.clear();
    node_.other = [&](const Json& parameters) {
        Json rows = Json::array();
        if (parameters[0] == to_) {
            rows.push_back({{"signature", SignatureOf(1)}, {"slot", 1'068}});
        }
        return ScriptedNode::Answer(boost::system::in_place_value, rows);
    };
    const auto found = chain_.ReadBlock(1'061, {to_});
    ASSERT_TRUE(found) << found.error().detail;
    EXPECT_EQ(found->block.height, 1'068U);
    EXPECT_EQ(found->incoming.size(), 1U);
    EXPECT_EQ(found->alarms.size(), 1U);
    // A node that lists no blocks is not asked for them.
    node_.Refuses("getBlocks", solana_test::Rejected("Method not found", "-32601"));
    solana::SolanaChain silent(solana::ParametersOf(chain::Mode::kDevnet), node_);
    EXPECT_EQ(alarms(silent, 1'061), 0U);
}

// Anybody can make them for an owner, for the rent of each.
TEST_F(Incoming, AnOwnerWithMoreTokenAccountsThanAreFollowedHoldsUpNobody) {
    const std::set<std::string> watched = {to_, KeyOf(5).ToString()};
    const std::string other = to_ == *watched.begin() ? *watched.rbegin() : *watched.begin();
    const std::string kept = samples::Plain(250).ToString();
    node_.token_accounts[to_] = {kept};
    ASSERT_TRUE(chain_.ReadBlock(940, watched));
    node_.token_accounts[to_].clear();
    for (std::size_t number = 0; number <= solana::kTokenAccountsMax; ++number) {
        solana::Pubkey key = samples::Plain(7);
        key.bytes[0] = static_cast<std::uint8_t>(number >> 8U);
        key.bytes[1] = static_cast<std::uint8_t>(number);
        node_.token_accounts[to_].push_back(key.ToString());
    }
    // Both are paid, the one with the many accounts into one that was known before.
    node_.final_slot = 975;
    Land(SignatureOf(1), 972, {from_, to_}, {90'000, 0}, {84'000, 1'000});
    Land(SignatureOf(2), 973, {from_, other}, {84'000, 0}, {77'000, 2'000});
    Land(SignatureOf(3), 974, {from_, kept}, {77'000, 2'039'280}, {72'000, 2'039'280});
    node_.transactions[SignatureOf(3)]["meta"]["postTokenBalances"] =
        Json::array({{{"accountIndex", 1},
                      {"mint", samples::Plain(61).ToString()},
                      {"owner", to_},
                      {"uiTokenAmount", {{"amount", "5"}, {"decimals", 6}}}}});
    std::vector<std::string> alarms;
    std::uint64_t height = 969;
    for (const std::string& paid : {to_, other, to_}) {
        const auto content = chain_.ReadBlock(height, watched);
        ASSERT_TRUE(content) << content.error().detail;
        ASSERT_EQ(content->incoming.size(), 1U) << height;
        EXPECT_EQ(content->incoming[0].to, paid);
        height = content->block.height + 1;
        alarms.insert(alarms.end(), content->alarms.begin(), content->alarms.end());
    }
    ASSERT_EQ(alarms.size(), 1U);
    EXPECT_NE(alarms[0].find(to_), std::string::npos);
    // A node that stops looking through so many says no more than that.
    node_.Refuses("getTokenAccountsByOwner", solana_test::Rejected("scan aborted", "-32012"));
    node_.final_slot = 980;
    Land(SignatureOf(4), 978, {from_, to_}, {72'000, 1'000}, {65'000, 3'000});
    const auto content = chain_.ReadBlock(height, watched);
    ASSERT_TRUE(content) << content.error().detail;
    EXPECT_EQ(content->incoming.size(), 1U);
    EXPECT_TRUE(content->alarms.empty());
}

}  // namespace
