// What waits in the memory pool for our addresses, on a real Postgres: pending before its block,
// confirmed once, gone where the pool loses it, and never money before that.
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "component/follower/coin_chain.h"
#include "component/transfer/world.h"
#include "follower/coin_ledger.h"
#include "follower/follower.h"
#include "follower/pool_watcher.h"

namespace follower_test {

using money::UInt256;
using transfer_test::World;

namespace {

constexpr const char* kOurs = "own";
constexpr const char* kOther = "other-wallet";
constexpr int kLooksUntilGone = 3;

class PoolBooks : public ::testing::Test {
protected:
    PoolBooks() : chain(transfer_test::kNetwork), ledger(*world.pool, transfer_test::kNetwork) {
        world.Boot();
        world.Sql("TRUNCATE coins, coin_sources, rescans CASCADE");
        world.gate.AddAddress({kOurs, world.wallet, world.user, 1});
        world.gate.AddAddress({kOther, other_wallet, base::UserId::Random(), 2});
        follower::Options options;
        options.lease = std::chrono::seconds(30);
        blocks = std::make_unique<follower::Follower>(
            follower::Parts{chain, world.gate, *world.pool, options, {}});
        Follow();
        subject = Another({});
    }

    std::unique_ptr<follower::PoolWatcher> Another(follower::PoolOptions options) {
        options.lease = std::chrono::seconds(30);
        const auto on_error = [this](std::string_view, const base::Error& error) {
            errors.push_back(error.reason);
        };
        return std::make_unique<follower::PoolWatcher>(
            follower::PoolParts{chain, world.gate, *world.pool, options, on_error});
    }

    void Restart(const follower::PoolOptions& options) {
        transfer_test::LapseAllLeases();
        subject = Another(options);
    }

    void Follow() { blocks->RunOnce(); }

    void Look(int times = 1) {
        for (int time = 0; time < times; ++time) {
            subject->RunOnce();
        }
    }

    std::string Rows() {
        return world.Sql(
            "SELECT coalesce(string_agg(tx_hash || ':' || position || ' ' || amount || ' ' || "
            "state || reason, ', ' ORDER BY tx_hash COLLATE \"C\", position), '') "
            "FROM incoming_transfers");
    }

    std::string States() {
        return world.Sql(
            "SELECT string_agg(to_state, ' ' ORDER BY sequence) FROM transfer_events "
            "WHERE incoming");
    }

    // What the wallet has in blocks, and what is on its way.
    std::string Money() {
        const auto balance = ledger.BalanceOf(kOurs).value();
        return balance.amount.ToDecimal() + " + " + balance.arriving.ToDecimal();
    }

    World world;
    CoinChain chain;
    const base::WalletId other_wallet = base::WalletId::Random();
    follower::CoinLedger ledger;
    std::unique_ptr<follower::Follower> blocks;
    std::unique_ptr<follower::PoolWatcher> subject;
    std::vector<std::string> errors;
};

}  // namespace

TEST_F(PoolBooks, APaymentIsPendingBeforeItsBlockAndConfirmedOnceInIt) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look(2);
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_EQ(Money(), "0 + 500");
    EXPECT_TRUE(ledger.HoldingsOf(kOurs)->free.empty()) << "a coin of no block is not spent";
    EXPECT_TRUE(ledger.HoldingsOf(kOurs)->left.IsZero());
    EXPECT_EQ(world.Sql("SELECT status || ' ' || confirmations || ' ' || coalesce(block_height, 0) "
                        "|| ' ' || (confirmed_at IS NULL) FROM user_payments WHERE incoming"),
              "pending 0 0 true");
    const std::string id = world.Sql("SELECT id FROM incoming_transfers");
    chain.Mine();
    Follow();
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), hash + ":0 500 CONFIRMED");
    EXPECT_EQ(Money(), "500 + 0");
    EXPECT_EQ(world.Sql("SELECT id FROM incoming_transfers"), id);
    EXPECT_EQ(States(), "PENDING CONFIRMED");
    EXPECT_EQ(chain.pool_reads.at(hash), 1);
    EXPECT_EQ(errors, std::vector<std::string>());
}

TEST_F(PoolBooks, AReplacedPaymentGoesAndTheOtherOneStays) {
    const std::string first = chain.Pay(kOurs, 500);
    Look();
    chain.Drop(first);
    const std::string second = chain.Pay(kOurs, 480);
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), first + ":0 500 REVERSEDdropped, " + second + ":0 480 PENDING");
    EXPECT_EQ(Money(), "0 + 480");
    chain.Mine();
    Follow();
    EXPECT_EQ(Rows(), first + ":0 500 REVERSEDdropped, " + second + ":0 480 CONFIRMED");
    EXPECT_EQ(Money(), "480 + 0");
}

TEST_F(PoolBooks, AReorgMakesItPendingAgainAndTheNextBlockConfirmsItOnce) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    chain.Mine();
    Follow();
    Look();
    chain.Reorganise(1, true);
    Follow();
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_EQ(Money(), "0 + 500");
    chain.Mine();
    Follow();
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), hash + ":0 500 CONFIRMED");
    EXPECT_EQ(Money(), "500 + 0");
    EXPECT_EQ(States(), "PENDING CONFIRMED REVERSED PENDING CONFIRMED");
}

// It was mined and taken back between two looks: the pool shows it as if nothing had happened.
TEST_F(PoolBooks, AReorgThatNoLookSawIsMadeUpFor) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    chain.Mine();
    Follow();
    chain.Reorganise(1, true);
    Follow();
    ASSERT_EQ(Rows(), hash + ":0 500 REVERSEDreorganised");
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_EQ(chain.pool_reads.at(hash), 1);
}

TEST_F(PoolBooks, AReorgThatForgetsItLeavesNothing) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    chain.Mine();
    Follow();
    chain.Reorganise(1, false);
    Follow();
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), hash + ":0 500 REVERSEDreorganised");
    EXPECT_EQ(Money(), "0 + 0");
}

TEST_F(PoolBooks, OwnChangeIsNoIncome) {
    const std::string income = chain.Pay(kOurs, 500);
    chain.Mine();
    Follow();
    const std::string sent =
        chain.Spend({{income, 0, {}}}, {{kOther, UInt256(300)}, {kOurs, UInt256(190)}});
    // The change goes on before its block.
    const std::string again = chain.Spend({{sent, 1, {}}}, {{kOurs, UInt256(180)}});
    Look(2);
    EXPECT_EQ(Rows(), income + ":0 500 CONFIRMED, " + sent + ":0 300 PENDING");
    EXPECT_EQ(world.Sql("SELECT wallet_id FROM incoming_transfers WHERE state = 'PENDING'"),
              other_wallet.ToString());
    EXPECT_EQ(Money(), "500 + 0");
    chain.Mine();
    Follow();
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), income + ":0 500 CONFIRMED, " + sent + ":0 300 CONFIRMED");
    EXPECT_EQ(chain.pool_reads.at(again), 1);
}

TEST_F(PoolBooks, ALargePoolIsReadInPartsAndEachTransactionOnce) {
    constexpr std::size_t kPool = 50'000;
    constexpr std::size_t kPart = 5'000;
    follower::PoolOptions options;
    options.transactions_at_once = kPart;
    options.bytes_at_once = kPart * kPooledSize;
    options.read_time = std::chrono::minutes(10);
    Restart(options);
    for (std::size_t count = 0; count < kPool; ++count) {
        chain.Pay("stranger", 1);
    }
    Look();
    EXPECT_EQ(chain.pool_reads.size(), kPart);
    // What comes now does not wait for the rest.
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_EQ(chain.pool_reads.size(), 2 * kPart);
    Look(static_cast<int>(kPool / kPart));
    EXPECT_EQ(chain.pool_reads.size(), kPool + 1);
    Look(2);
    for (const auto& [read, times] : chain.pool_reads) {
        ASSERT_EQ(times, 1) << read;
    }
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
}

TEST_F(PoolBooks, ALookIsBoundedByBytes) {
    follower::PoolOptions options;
    options.bytes_at_once = 2 * kPooledSize + 1;
    Restart(options);
    for (int count = 0; count < 10; ++count) {
        chain.Pay("stranger", 1);
    }
    Look();
    EXPECT_EQ(chain.pool_reads.size(), 3U);
}

TEST_F(PoolBooks, ALookIsBoundedByTime) {
    follower::PoolOptions options;
    options.read_time = std::chrono::milliseconds(0);
    Restart(options);
    chain.Pay(kOurs, 1);
    Look();
    EXPECT_TRUE(chain.pool_reads.empty());
}

TEST_F(PoolBooks, NoMoreAreToldApartThanWhatIsKept) {
    follower::PoolOptions options;
    options.known_max = 3;
    Restart(options);
    for (int count = 0; count < 5; ++count) {
        chain.Pay("stranger", 1);
    }
    const std::string late = chain.Pay(kOurs, 500);
    Look(3);
    EXPECT_EQ(chain.pool_reads.size(), 3U);
    for (const auto& [hash, times] : std::map<std::string, int>(chain.pool_reads)) {
        EXPECT_EQ(times, 1) << hash;
        chain.Drop(hash);
    }
    Look();
    EXPECT_EQ(Rows(), late + ":0 500 PENDING") << "there is room again";
}

TEST_F(PoolBooks, CoinsOfOursAreCounted) {
    follower::PoolOptions options;
    options.coins_max = 1;
    Restart(options);
    const std::string first = chain.Pay(kOurs, 500);
    chain.Pay(kOurs, 40);
    Look(2);
    EXPECT_EQ(Money(), "0 + 500");
    chain.Drop(first);
    const std::string third = chain.Pay(kOurs, 3);
    Look(kLooksUntilGone);
    EXPECT_EQ(Money(), "0 + 3") << third;
}

TEST_F(PoolBooks, ABlockThatIsStillToBeReadIsNoLoss) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    chain.Mine();
    Look(2 * kLooksUntilGone);
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    Follow();
    Look(kLooksUntilGone);
    EXPECT_EQ(States(), "PENDING CONFIRMED");
}

// A node that has just started fills its pool anew.
TEST_F(PoolBooks, APoolThatIsEmptyForAMomentLosesNothing) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    for (int round = 0; round < 3; ++round) {
        chain.Drop(hash);
        Look(kLooksUntilGone - 1);
        EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
        chain.Return(hash, kOurs, 500);
        Look();
    }
    EXPECT_EQ(States(), "PENDING");
}

TEST_F(PoolBooks, OneThatComesBackAfterItWasGoneIsTheSameOne) {
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    const std::string id = world.Sql("SELECT id FROM incoming_transfers");
    chain.Drop(hash);
    Look(kLooksUntilGone);
    EXPECT_EQ(Rows(), hash + ":0 500 REVERSEDdropped");
    chain.Return(hash, kOurs, 500);
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_EQ(world.Sql("SELECT id FROM incoming_transfers"), id);
}

// Of two processes one looks; and the other goes on where it ends.
TEST_F(PoolBooks, TwoProcessesRecordNothingTwice) {
    const auto second = Another({});
    const std::string hash = chain.Pay(kOurs, 500);
    Look();
    EXPECT_TRUE(second->RunOnce());
    EXPECT_EQ(chain.pool_reads.at(hash), 1);
    transfer_test::LapseAllLeases();
    EXPECT_TRUE(second->RunOnce());
    EXPECT_EQ(chain.pool_reads.at(hash), 2);
    // The first one believes that it is still its turn.
    chain.Pay(kOurs, 40);
    EXPECT_FALSE(subject->RunOnce());
    EXPECT_EQ(errors, std::vector<std::string>{"lease_lost"});
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    EXPECT_TRUE(second->RunOnce());
    EXPECT_EQ(Money(), "0 + 540");
    EXPECT_EQ(States(), "PENDING PENDING");
}

TEST_F(PoolBooks, AnAddressThatTheFollowerHasNotSeenYetIsKnown) {
    world.gate.AddAddress({"fresh", world.wallet, world.user, 3});
    const std::string hash = chain.Pay("fresh", 500);
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
    chain.Mine();
    Follow();
    EXPECT_EQ(Rows(), hash + ":0 500 CONFIRMED");
}

TEST_F(PoolBooks, WhatCouldNotBePlacedIsReadOnceMore) {
    const std::string hash = chain.Pay(kOurs, 500);
    world.gate.SetDown(true);
    Look();
    EXPECT_EQ(Rows(), "");
    world.gate.SetDown(false);
    Look();
    EXPECT_EQ(Rows(), hash + ":0 500 PENDING");
}

TEST_F(PoolBooks, ATransactionThatCannotBeReadHoldsTheOthersUpTwiceOnly) {
    const std::string bad = chain.Pay(kOurs, 1);
    const std::string good = chain.Pay(kOurs, 500);
    chain.unreadable.insert(bad);
    Look(3);
    EXPECT_EQ(Rows(), good + ":0 500 PENDING");
    EXPECT_EQ(chain.pool_reads.at(bad), 2);
    EXPECT_EQ(errors, (std::vector<std::string>{"node_unavailable", "node_unavailable"}));
}

TEST_F(PoolBooks, APoolThatDoesNotAnswerHoldsNoBlockUp) {
    chain.Pay(kOurs, 500);
    std::promise<void> asked;
    std::promise<void> answer;
    chain.on_list = [&, waited = answer.get_future().share()]() -> base::Result<> {
        asked.set_value();
        waited.wait();
        return base::Unavailable("node_unavailable", "the node is silent");
    };
    std::thread looking([this] { Look(); });
    asked.get_future().wait();
    chain.Mine();
    Follow();
    EXPECT_EQ(Money(), "500 + 0");
    answer.set_value();
    looking.join();
    EXPECT_EQ(errors, std::vector<std::string>{"node_unavailable"});
}

TEST_F(PoolBooks, ItsThreadLooksUntilItIsStopped) {
    follower::PoolOptions options;
    options.poll = std::chrono::milliseconds(1);
    Restart(options);
    chain.Pay(kOurs, 500);
    std::jthread thread([this](const std::stop_token& stop) { subject->Run(stop); });
    for (int round = 0; round < 1'000 && Rows().empty(); ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    thread.request_stop();
    thread.join();
    EXPECT_EQ(Money(), "0 + 500");
    EXPECT_TRUE(Another({})->RunOnce()) << "the lease was given back";
    EXPECT_EQ(world.Sql("SELECT count(*) FROM leases WHERE name = 'pool' AND epoch = 2"), "1");
}

}  // namespace follower_test
