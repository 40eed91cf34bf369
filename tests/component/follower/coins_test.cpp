// The books of a UTXO chain on a real Postgres: what blocks bring and take, what reorgs give back,
// and what the chain's core is told of it.
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "component/follower/coin_books.h"
#include "transfer/store_coins.h"

namespace follower_test {

using money::UInt256;

TEST_F(CoinBooks, SayNothingBeforeABlockWasRead) {
    world.Sql("TRUNCATE follower_blocks");
    EXPECT_EQ(ReasonOf(ledger.HoldingsOf(kOwn)), "follower_behind");
    EXPECT_EQ(ReasonOf(ledger.BalanceOf(kOwn)), "follower_behind");
    EXPECT_EQ(ledger.HoldingsOf(kOwn).error().kind, base::ErrorKind::kUnavailable);
}

TEST_F(CoinBooks, AWalletsAddressesShareTheirCoins) {
    const std::string first = chain.Pay(kOwn, 500);
    const std::string reward = chain.Pay(kSecond, 70, true);
    chain.Pay("stranger", 9'000);
    chain.Pay(kOwn, 0);
    MineAndFollow();
    const auto holdings = ledger.HoldingsOf(kOwn).value();
    ASSERT_EQ(holdings.free.size(), 2U);
    EXPECT_EQ(holdings.tip_height, 1U);
    EXPECT_EQ(holdings.left, UInt256(570));
    for (const chain::FreeCoin& coin : holdings.free) {
        EXPECT_EQ(coin.block_height, 1U);
        EXPECT_EQ(coin.coinbase, coin.coin.tx_hash == reward);
        EXPECT_EQ(coin.address, coin.coin.tx_hash == reward ? kSecond : kOwn);
    }
    EXPECT_EQ(Incoming(), first + ":0 500 CONFIRMED, " + reward + ":0 70 CONFIRMED");
    EXPECT_EQ(base::ToText(ledger.SourceOf(first).value()), "raw " + first);
    EXPECT_EQ(ReasonOf(ledger.SourceOf("other")), "unknown_tx");
    EXPECT_TRUE(ledger.HoldingsOf("stranger")->free.empty());
    EXPECT_TRUE(ledger.BalanceOf("stranger")->amount.IsZero());
    EXPECT_EQ(ledger.BalanceOf(kOwn)->block_height, 1U);
}

TEST_F(CoinBooks, ChangeIsNoIncomeAndItsTransactionIsFound) {
    const std::string income = chain.Pay(kOwn, 500);
    MineAndFollow();
    const std::string spend =
        chain.Spend({{income, 0, {}}}, {{"stranger", UInt256(300)}, {kSecond, UInt256(190)}});
    EXPECT_FALSE(ledger.FindTransaction(spend).value());
    MineAndFollow();
    EXPECT_EQ(Incoming(), income + ":0 500 CONFIRMED");
    EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, UInt256(190));
    const auto found = ledger.FindTransaction(spend).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->place, chain::TxPlace::kBlock);
    EXPECT_EQ(found->block_height, 2U);
    EXPECT_EQ(found->block_hash, chain.newest_hash());
    EXPECT_TRUE(found->succeeded);
    EXPECT_TRUE(found->fee_paid.IsZero());  // no attempt of ours: what it cost is not known
    EXPECT_EQ(ledger.FindTransaction(income)->value().block_height, 1U);
    ExpectTheBooksAreTheChain();
}

TEST_F(CoinBooks, WhatWasSpentElsewhereIsListedWithTheTimeOfItsBlock) {
    const std::string income = chain.Pay(kOwn, 500);
    chain.Mine();
    const std::string spend = chain.Spend({{income, 0, {}}}, {{"stranger", UInt256(300)}});
    chain.Mine();
    chain.Mine();
    Follow();
    EXPECT_EQ(world.Sql("SELECT tx_hash || ' ' || recipient || ' ' || amount || ' ' || "
                        "block_height || ' ' || extract(epoch FROM block_time)::bigint "
                        "FROM unknown_spends WHERE described"),
              spend + " stranger 300 2 1700000002");
}

TEST_F(CoinBooks, ACoinMadeAndSpentInOneBlockIsSpent) {
    const std::string income = chain.Pay(kOwn, 500);
    chain.Spend({{income, 0, {}}}, {{kSecond, UInt256(400)}});
    MineAndFollow();
    ExpectTheBooksAreTheChain();
    EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, UInt256(400));
}

TEST_F(CoinBooks, AReversedPaymentComesBackAsItself) {
    const std::string income = chain.Pay(kOwn, 500);
    MineAndFollow();
    const std::string id = world.Sql("SELECT id FROM incoming_transfers");
    chain.Reorganise(1, true);
    Follow();
    EXPECT_EQ(Incoming(), income + ":0 500 REVERSED");
    EXPECT_TRUE(ledger.BalanceOf(kOwn)->amount.IsZero());
    EXPECT_FALSE(ledger.FindTransaction(income).value());
    MineAndFollow();
    EXPECT_EQ(Incoming(), income + ":0 500 CONFIRMED");
    EXPECT_EQ(world.Sql("SELECT id FROM incoming_transfers"), id);
    ExpectTheBooksAreTheChain();
}

// Another transaction spends the same coins instead: of the first one nothing may stay.
TEST_F(CoinBooks, ADoubleSpendThatWinsLeavesNoTraceOfTheOther) {
    const std::string income = chain.Pay(kOwn, 500);
    MineAndFollow();
    chain.Spend({{income, 0, {}}}, {{"stranger", UInt256(100)}, {kOwn, UInt256(390)}});
    MineAndFollow();
    chain.Reorganise(1, false);
    const std::string other = chain.Spend({{income, 0, {}}}, {{kSecond, UInt256(450)}});
    MineAndFollow();
    ExpectTheBooksAreTheChain();
    EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, UInt256(450));
    EXPECT_TRUE(ledger.FindTransaction(other).value());
}

// Histories that only the seed knows, taken back to some depth and built on.
class ReorgDepth : public CoinBooks, public ::testing::WithParamInterface<std::size_t> {
protected:
    void Step(std::mt19937& random) {
        const auto below = [&random](std::uint32_t limit) {
            return static_cast<std::uint32_t>(random() % limit);
        };
        const Recount count = chain.Count({kOwn, kSecond});
        std::vector<chain::Coin> coins;
        for (const auto& [name, amount] : count.unspent) {
            const auto colon = name.find(':');
            if (below(3) == 0) {
                coins.push_back({name.substr(0, colon),
                                 static_cast<std::uint32_t>(std::stoul(name.substr(colon + 1))),
                                 UInt256(amount)});
            }
        }
        if (!coins.empty()) {
            chain.Spend(coins,
                        {{"stranger", UInt256(1 + below(50))}, {kOwn, UInt256(1 + below(50))}});
        }
        for (std::uint32_t pays = below(3); pays > 0; --pays) {
            chain.Pay(below(2) == 0 ? kOwn : kSecond, 1 + below(1'000), below(8) == 0);
        }
        chain.Mine();
    }
};

TEST_P(ReorgDepth, LeavesTheBooksThatTheNewBlocksComeTo) {
    for (std::uint32_t seed = 1; seed <= 4; ++seed) {
        std::mt19937 random(seed);
        for (int block = 0; block < 9; ++block) {
            Step(random);
            if (random() % 2 == 0) {
                Follow();
            }
        }
        Follow();
        ExpectTheBooksAreTheChain();
        chain.Reorganise(GetParam(), seed % 2 == 0);
        if (seed % 4 < 2) {
            Follow();  // sees the empty blocks; else they are covered when it looks
            ExpectTheBooksAreTheChain();
        }
        chain.Mine();  // what waits again comes first
        Step(random);
        Step(random);
        Follow();
        ExpectTheBooksAreTheChain();
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
    EXPECT_EQ(alarms.empty(), GetParam() <= 2) << "what was final is an alarm";
}

INSTANTIATE_TEST_SUITE_P(CoinBooks, ReorgDepth, ::testing::Values(1, 2, 5));

TEST_F(CoinBooks, AReorgDeeperThanWhatIsKeptStopsAndChangesNothing) {
    follower::Options options;
    options.blocks_kept = 3;
    const std::string income = chain.Pay(kOwn, 500);
    for (int block = 0; block < 8; ++block) {
        chain.Mine();
    }
    Restart(options);
    EXPECT_EQ(world.Sql("SELECT min(height) || ' ' || max(height) FROM follower_blocks"), "5 8");
    chain.Reorganise(4, false);
    Follow();
    EXPECT_EQ(errors, std::vector<std::string>{"reorg_too_deep"});
    EXPECT_EQ(Incoming(), income + ":0 500 FINAL");
    EXPECT_EQ(world.Sql("SELECT max(hash) FROM follower_blocks WHERE height = 8"), "block-8-0");
}

TEST_F(CoinBooks, AReorgDownToTheOldestBlockKeptIsUndone) {
    follower::Options options;
    options.blocks_kept = 3;
    for (int block = 0; block < 8; ++block) {
        chain.Mine();
    }
    Restart(options);
    chain.Pay(kOwn, 500);
    chain.Reorganise(3, false);
    MineAndFollow();
    ExpectTheBooksAreTheChain();
}

// A node that is behind has not reorganised: its blocks are ours, only fewer.
TEST_F(CoinBooks, ANodeThatIsBehindTakesNothingBack) {
    const std::string income = chain.Pay(kOwn, 500);
    for (int block = 0; block < 5; ++block) {
        chain.Mine();
    }
    Follow();
    ASSERT_EQ(Incoming(), income + ":0 500 FINAL");
    for (const std::uint64_t blocks : {1U, 4U, 5U}) {
        chain.SetLag(blocks);
        Follow();
        EXPECT_EQ(Incoming(), income + ":0 500 FINAL") << blocks;
        EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, UInt256(500)) << blocks;
    }
    EXPECT_EQ(alarms, std::vector<std::string>());
    EXPECT_EQ(errors, std::vector<std::string>());
    chain.SetLag(0);
    chain.Pay(kOwn, 30);
    MineAndFollow();
    ExpectTheBooksAreTheChain();
}

// It is behind and on another branch: that much is undone.
TEST_F(CoinBooks, AShorterChainOfOtherBlocksIsAReorg) {
    chain.Mine();
    const std::string income = chain.Pay(kOwn, 500);
    chain.Mine();
    chain.Mine();
    Follow();
    chain.Reorganise(2, false);
    chain.SetLag(1);
    Follow();
    EXPECT_EQ(Incoming(), income + ":0 500 REVERSED");
    chain.SetLag(0);
    Follow();
    ExpectTheBooksAreTheChain();
}

TEST_F(CoinBooks, CoinsOfPaymentsUnderWayAreNotFree) {
    const std::string first = chain.Pay(kOwn, 500);
    chain.Pay(kOwn, 300);
    MineAndFollow();
    auto intent = world.Payment("0xbob", 400);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    world.Sql(
        "INSERT INTO coin_locks (network, tx_hash, output, wallet_id, intent_id, anchor) "
        "VALUES ('eip155:31337', '" +
        first + "', 0, '" + world.wallet.ToString() + "', '" + intent.id.ToString() + "', true)");
    world.Sql("UPDATE holds SET address = 'own', amount = 410");
    const auto holdings = ledger.HoldingsOf(kOwn).value();
    ASSERT_EQ(holdings.free.size(), 1U);
    EXPECT_EQ(holdings.free[0].coin.amount, UInt256(300));
    EXPECT_EQ(holdings.left, UInt256(800 - 410));
    // Once a block that we have read has it, its coins are spent and the hold is over.
    world.Sql("UPDATE holds SET mined_height = 1");
    EXPECT_EQ(ledger.HoldingsOf(kOwn)->left, UInt256(800));
    world.Sql("UPDATE holds SET mined_height = 2");
    EXPECT_EQ(ledger.HoldingsOf(kOwn)->left, UInt256(390));
    world.Sql("UPDATE holds SET amount = 5000");
    EXPECT_TRUE(ledger.HoldingsOf(kOwn)->left.IsZero()) << "never below nothing";
}

TEST_F(CoinBooks, OwnChangeIsShownWithItsParents) {
    MineAndFollow();
    const auto intent = world.Payment("0xbob", 400);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    const std::string hash = world.Get(intent).tx_hash;
    const std::vector<transfer::SignedOutputs> payments = {
        {intent.id, {{{hash, 1, UInt256(90)}, kSecond}}}};
    ASSERT_TRUE(pg::Transact(*world.pool,
                             [&](pg::Tx& tx) { return transfer::InsertChange(tx, payments); }));
    auto holdings = ledger.HoldingsOf(kOwn).value();
    ASSERT_EQ(holdings.free.size(), 1U);
    EXPECT_EQ(holdings.free[0].block_height, 0U);
    EXPECT_EQ(holdings.free[0].own_chain, 1U);
    EXPECT_EQ(holdings.free[0].parent_attempts, 1U);
    EXPECT_TRUE(ledger.BalanceOf(kOwn)->amount.IsZero()) << "in no block";
    EXPECT_EQ(ledger.SourceOf(hash).value(),
              *pg::Transact(*world.pool, [&](pg::Tx& tx) -> base::Result<base::Bytes> {
                  BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT signed_tx FROM attempts"));
                  return row.Get<base::Bytes>("signed_tx");
              }));
    world.Sql("UPDATE intents SET attempt_count = 2");
    EXPECT_EQ(ledger.HoldingsOf(kOwn)->free.at(0).parent_attempts, 2U);
    // Its block: the coin is one of a block, and what the payment cost is known.
    world.Sql("UPDATE coins SET block_height = 1, block_hash = 'block-1-0'");
    const auto found = ledger.FindTransaction(hash).value();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fee_paid, UInt256(transfer_test::kFee));
    EXPECT_EQ(ledger.HoldingsOf(kOwn)->free.at(0).block_height, 1U);
    EXPECT_EQ(ledger.FeeOf(hash).value(), UInt256(transfer_test::kFee));
    EXPECT_FALSE(ledger.FeeOf("another").value());
}

// The head was asked for, and then the blocks changed: the next look finds where they part.
TEST_F(CoinBooks, AReorgWhileBlocksAreReadIsSeenAtTheNextLook) {
    chain.Pay(kOwn, 500);
    chain.Mine();
    Follow();
    const std::string later = chain.Pay(kOwn, 30);
    chain.Mine();
    chain.before_read = [this] { chain.Reorganise(2, true); };
    Follow();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM incoming_transfers WHERE tx_hash = '" + later + "'"),
              "0");
    MineAndFollow();
    ExpectTheBooksAreTheChain();
    EXPECT_EQ(ledger.BalanceOf(kOwn)->amount, UInt256(530));
}

TEST_F(CoinBooks, ANodeFarBehindIsWaitedFor) {
    follower::Options options;
    options.blocks_kept = 2;
    const std::string income = chain.Pay(kOwn, 500);
    for (int block = 0; block < 8; ++block) {
        chain.Mine();
    }
    Restart(options);
    chain.SetLag(6);
    Follow();
    EXPECT_EQ(Incoming(), income + ":0 500 FINAL");
    EXPECT_EQ(errors, std::vector<std::string>());
}

}  // namespace follower_test
