// The follower on a real Postgres, over the chain and the wallet-manager of the engine's tests.
#include "follower/follower.h"

#include <chrono>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <stop_token>
#include <thread>

#include "component/transfer/world.h"
#include "follower/store.h"
#include "pg/tx.h"
#include "transfer/pin.h"

namespace follower_test {

using transfer_test::World;

namespace {

class FollowerTest : public ::testing::Test {
protected:
    FollowerTest() {
        world.Boot();
        world.gate.AddAddress({"0xown", world.wallet, world.user, 1});
        Restart();
        Follow();  // the first start begins at the tip
    }

    void Restart() {
        follower::Hooks hooks;
        hooks.on_error = [this](std::string_view, const base::Error& error) {
            errors.push_back(error.reason);
        };
        hooks.on_alarm = [this](std::string_view what, const std::string&) {
            alarms.emplace_back(what);
        };
        follower::Options options;
        options.lease = std::chrono::seconds(30);  // no loaded machine loses it
        options.balance_interval = 1;
        options.blocks_at_once = 3;
        subject = std::make_unique<follower::Follower>(
            follower::Parts{world.chain, world.gate, *world.pool, options, hooks});
    }

    // Another process may take over now.
    void LapseLease() {
        world.Sql("UPDATE leases SET expires_at = '-infinity' WHERE name = 'follower'");
    }

    void Follow() { subject->RunOnce(); }

    // Somebody pays an address, in a block of its own.
    void Pay(const std::string& to, std::uint64_t amount) {
        const auto intent = world.Payment(to, amount);
        ASSERT_TRUE(world.Accept(intent));
        world.engine().RunOnce();
        world.chain.Mine();
        world.engine().RunOnce();
    }

    std::string Booked() {
        return world.Sql(
            "SELECT coalesce(string_agg(address || ' ' || amount || ' ' || state || "
            "' ' || reason, ',' ORDER BY block_height), '') FROM incoming_transfers");
    }

    World world;
    std::unique_ptr<follower::Follower> subject;
    std::vector<std::string> errors;
    std::vector<std::string> alarms;
};

}  // namespace

TEST_F(FollowerTest, BooksAPaymentOnceAndThenItIsFinal) {
    Pay("0xown", 500);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
    Follow();
    world.chain.Mine();
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 FINAL ");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM outbox WHERE type = 'incoming.updated'"), "2");
    EXPECT_TRUE(errors.empty());
}

TEST_F(FollowerTest, ReadsTheBlocksSinceAnAddressesBirthday) {
    for (int payment = 1; payment <= 5; ++payment) {
        Pay("0xold", 100 * payment);
    }
    Follow();
    EXPECT_EQ(Booked(), "");
    world.gate.AddAddress({"0xold", world.wallet, world.user, 2, 3});
    world.chain.Mine();
    Follow();  // three blocks at once
    EXPECT_EQ(world.Sql("SELECT next_height FROM rescans WHERE finished_at IS NULL"), "6");
    Restart();  // it goes on where it was
    LapseLease();
    while (subject->RunOnce()) {
    }
    EXPECT_EQ(world.Sql("SELECT count(*) FROM rescans WHERE finished_at IS NULL"), "0");
    const std::string older =
        world.Sql("SELECT count(*) FROM incoming_transfers WHERE block_height < 3");
    EXPECT_EQ(older, "0");
    EXPECT_EQ(world.Sql("SELECT count(*) > 0 FROM incoming_transfers WHERE state = 'FINAL'"), "t");
    // What comes from now on is booked once, as of any address.
    const std::string before = world.Sql("SELECT count(*) FROM incoming_transfers");
    Pay("0xold", 700);
    Follow();
    EXPECT_EQ(std::stoi(world.Sql("SELECT count(*) FROM incoming_transfers")),
              std::stoi(before) + 1);
    EXPECT_TRUE(errors.empty());
}

TEST_F(FollowerTest, ListsWhatAnAddressOfOursSignedElsewhere) {
    world.gate.AddAddress({world.from, world.wallet, world.user, 2});
    Follow();
    Pay("0xbob", 500);
    world.chain.SpendNonceElsewhere(world.from);
    Follow();
    const std::string all =
        "SELECT coalesce(string_agg(recipient || ' ' || amount || ' ' || array_to_string(lines, "
        "';'), ',' ORDER BY block_height), '') FROM unknown_spends WHERE described";
    EXPECT_EQ(world.Sql(all), "0xstranger 1 pay 1 to 0xstranger");
    world.chain.Reorganise(1, false);
    world.chain.Mine();
    world.chain.Mine();
    Follow();
    EXPECT_EQ(world.Sql(all), "");
    EXPECT_TRUE(errors.empty());
}

TEST_F(FollowerTest, ListsMoreOfThemThanItAsksAboutAtOnceWithoutAFurtherBlock) {
    world.gate.AddAddress({world.from, world.wallet, world.user, 2});
    Follow();
    for (int count = 0; count < 25; ++count) {
        world.chain.SpendNonceElsewhere(world.from);
    }
    Follow();
    Follow();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM unknown_spends WHERE described"), "25");
    EXPECT_TRUE(errors.empty());
}

TEST_F(FollowerTest, WhatMayBeMissingFromABlockIsShownToAPerson) {
    world.chain.AlarmOnce("a part of it is missing");
    Pay("0xown", 500);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
    EXPECT_EQ(alarms, std::vector<std::string>{"deposits_incomplete"});
}

TEST_F(FollowerTest, IgnoresWhatIsNotOurs) {
    Pay("0xstranger", 500);
    Follow();
    EXPECT_EQ(Booked(), "");
}

TEST_F(FollowerTest, CatchesUpOverManyBlocksAfterARest) {
    Pay("0xown", 1);
    for (int block = 0; block < 10; ++block) {
        world.chain.Mine();
    }
    Pay("0xown", 2);
    Restart();
    LapseLease();
    Follow();
    EXPECT_EQ(Booked(), "0xown 1 FINAL ,0xown 2 CONFIRMED ");
    EXPECT_EQ(world.Sql("SELECT count(*) = max(height) - min(height) + 1 FROM follower_blocks"),
              "t");
}

TEST_F(FollowerTest, AnAddressMadeAfterTheStartMissesNothing) {
    world.gate.AddAddress({"0xnew", world.wallet, world.user, 2});
    Pay("0xnew", 7);
    Follow();
    EXPECT_EQ(Booked(), "0xnew 7 CONFIRMED ");
}

TEST_F(FollowerTest, AReorgTakesBackAndTheSamePaymentComesAgainAsItself) {
    Pay("0xown", 500);
    Follow();
    const auto id = world.Sql("SELECT id FROM incoming_transfers");
    world.chain.Reorganise(1, true);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 REVERSED reorganised");
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
    EXPECT_EQ(world.Sql("SELECT id FROM incoming_transfers"), id);
    EXPECT_TRUE(alarms.empty());
}

TEST_F(FollowerTest, AFinalDepositThatVanishesRaisesAnAlarm) {
    Pay("0xown", 500);
    world.chain.Mine();
    world.chain.Mine();
    Follow();
    ASSERT_EQ(Booked(), "0xown 500 FINAL ");
    world.chain.Reorganise(3, false);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 REVERSED reorganised");
    EXPECT_EQ(alarms, std::vector<std::string>{"final_deposit_reversed"});
}

TEST_F(FollowerTest, AFinalBlockThatChangesStopsSendsOnce) {
    const std::string network = world.chain.parameters().network;
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    Follow();
    // The pin follows the final block: the next look of CheckPin may be a minute away.
    const auto head = world.chain.GetHead();
    EXPECT_EQ(world.Sql("SELECT final_hash FROM chain_pins"), head->final.hash);
    world.chain.Reorganise(2, true);
    Follow();
    EXPECT_TRUE(alarms.empty());
    EXPECT_EQ(*transfer::SendsStoppedReason(*world.pool, network), "");
    world.chain.Reorganise(3, true);
    Follow();
    Follow();
    EXPECT_EQ(alarms, std::vector<std::string>{"final_block_changed"});
    EXPECT_NE(*transfer::SendsStoppedReason(*world.pool, network), "");
}

TEST_F(FollowerTest, ANodeThatHasForgottenFinalBlocksStopsSendsAtItsFirstOtherOne) {
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    Pay("0xother", 500);
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    world.engine().RunOnce();
    Follow();
    ASSERT_EQ(world.Sql("SELECT state FROM intents"), "FINAL");
    world.chain.Rewind(7);
    Follow();
    EXPECT_TRUE(alarms.empty()) << "it may only be behind";
    world.chain.Mine();
    Follow();
    EXPECT_EQ(alarms, std::vector<std::string>{"final_block_changed"});
    EXPECT_NE(*transfer::SendsStoppedReason(*world.pool, world.chain.parameters().network), "");
    // What was paid in the lost blocks is paid by its own bytes.
    EXPECT_EQ(world.Sql("SELECT state FROM attempts"), "live");
    world.engine().RunOnce();
    world.chain.Mine();
    EXPECT_EQ(world.chain.PaymentsTo("0xother"), 1U);
    EXPECT_EQ(world.gate.signatures(), 1U);
}

TEST_F(FollowerTest, AReorgOfBlocksReadLongBeforeThePinIsNone) {
    world.chain.Mine();
    Follow();
    world.chain.Reorganise(1, false);
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    Follow();
    EXPECT_TRUE(alarms.empty());
    EXPECT_EQ(*transfer::SendsStoppedReason(*world.pool, world.chain.parameters().network), "");
}

TEST_F(FollowerTest, ARiseThatNoTransactionExplainsIsUnattributed) {
    world.chain.Fund("0xown", 40);  // as a contract would: without a log
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), "0xown 40 CONFIRMED unattributed");
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), "0xown 40 CONFIRMED unattributed");
}

TEST_F(FollowerTest, WhatKnownTransactionsExplainIsNotBookedTwice) {
    Pay("0xown", 500);
    Follow();
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
}

TEST_F(FollowerTest, AnOwnPaymentsValueAndFeeAreKnown) {
    world.gate.AddAddress({world.from, world.wallet, world.user, 3});
    world.chain.Mine();
    Follow();
    Pay("0xstranger", 500);
    for (int block = 0; block < 4; ++block) {
        world.chain.Mine();
        world.engine().RunOnce();
    }
    Follow();
    EXPECT_EQ(Booked(), "");
    world.chain.Fund(world.from, 3);
    world.chain.Mine();
    Follow();
    EXPECT_EQ(Booked(), world.from + " 3 CONFIRMED unattributed");
}

TEST_F(FollowerTest, OneFollowerWorksAtATime) {
    Pay("0xown", 500);
    Follow();
    const auto first = std::move(subject);
    Restart();
    Pay("0xown", 600);
    Follow();  // the first still has the lease
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
    LapseLease();
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ,0xown 600 CONFIRMED ");
}

TEST_F(FollowerTest, ASilentNodeIsReportedAndDelaysAlone) {
    Pay("0xown", 500);
    world.chain.SetDown(true);
    Follow();
    EXPECT_EQ(errors, std::vector<std::string>{"node_unavailable"});
    world.chain.SetDown(false);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
}

TEST_F(FollowerTest, AFollowerThatWasTakenOverWritesNothing) {
    const auto first = std::move(subject);
    LapseLease();
    Restart();
    Follow();  // the second has the lease, and the first does not know
    Pay("0xown", 500);
    first->RunOnce();
    EXPECT_EQ(errors, std::vector<std::string>{"lease_lost"});
    EXPECT_EQ(Booked(), "");
    first->RunOnce();  // it knows now, and waits
    EXPECT_EQ(errors.size(), 1U);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
}

TEST_F(FollowerTest, TwoThatReadLongerThanALeaseLastsBothGetOn) {
    const int payments = 12;
    for (int i = 0; i < payments; ++i) {
        Pay("0xown", 500);
    }
    LapseLease();
    world.chain.SetReadTime(std::chrono::milliseconds(60));
    follower::Options options;
    options.lease = std::chrono::milliseconds(300);
    follower::Follower one({world.chain, world.gate, *world.pool, options});
    follower::Follower two({world.chain, world.gate, *world.pool, options});
    const std::string count = "SELECT count(*) FROM incoming_transfers";
    const auto follow = [](follower::Follower& follower) {
        return std::jthread([&follower](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                follower.RunOnce(stop);
            }
        });
    };
    const auto first = follow(one);
    const auto second = follow(two);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (world.Sql(count) != std::to_string(payments) && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_EQ(world.Sql(count), std::to_string(payments));
}

TEST_F(FollowerTest, AFollowerThatIsStoppedDoesNotCatchUpFirst) {
    for (int i = 0; i < 4; ++i) {
        Pay("0xown", 500);
    }
    std::stop_source stop;
    stop.request_stop();
    subject->RunOnce(stop.get_token());
    EXPECT_EQ(Booked(), "");
    Follow();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM incoming_transfers"), "4");
}

TEST_F(FollowerTest, RunsUntilItIsStoppedAndGivesItsLeaseBack) {
    Pay("0xown", 500);
    {
        const std::jthread runs([this](const std::stop_token& stop) { subject->Run(stop); });
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (Booked().empty() && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ");
    Restart();
    Pay("0xown", 600);
    Follow();
    EXPECT_EQ(Booked(), "0xown 500 CONFIRMED ,0xown 600 CONFIRMED ");
}

TEST_F(FollowerTest, StopsWhereTheLeaseCannotBeGivenBackAndNobodyListens) {
    LapseLease();
    follower::Follower quiet({world.chain, world.gate, *world.pool});
    quiet.RunOnce();
    world.Sql("ALTER TABLE leases RENAME TO leases_elsewhere");
    std::stop_source stopped;
    stopped.request_stop();
    EXPECT_NO_THROW(quiet.Run(stopped.get_token()));
    EXPECT_FALSE(quiet.RunOnce());
    world.Sql("ALTER TABLE leases_elsewhere RENAME TO leases");
}

// Another block of the same height: the rise is there still, and belongs to the new one.
TEST_F(FollowerTest, ARiseThatNoTransactionExplainsOutlivesAReorg) {
    world.chain.Fund("0xown", 40);
    world.chain.Mine();
    Follow();
    world.chain.Reorganise(1, false);
    Follow();
    EXPECT_EQ(world.Sql("SELECT string_agg(amount || ' ' || state || ' ' || reason, ',' "
                        "ORDER BY state) FROM incoming_transfers"),
              "40 CONFIRMED unattributed,40 REVERSED reorganised");
    world.chain.Mine();
    Follow();
    EXPECT_EQ(world.Sql("SELECT sum(amount) FROM incoming_transfers WHERE state <> 'REVERSED'"),
              "40");
}

TEST_F(FollowerTest, BooksWhatIsOursOfABlockAndNoZeros) {
    chain::BlockContent content;
    content.block = {7'000, "block-x", "block-w", {}};
    const money::Asset& native = world.chain.parameters().native;
    content.incoming = {{"0x1", "0", "0xbob", "0xown", native, money::UInt256(5)},
                        {"0x2", "0", "0xbob", "0xstranger", native, money::UInt256(6)},
                        {"0x3", "0", "0xbob", "0xown", native, money::UInt256()}};
    const std::map<std::string, follower::Watched> watched = {
        {"0xown", {world.wallet, world.user}}};
    ASSERT_TRUE(pg::Transact(*world.pool, [&](pg::Tx& tx) {
        return follower::ApplyBlock(tx, transfer_test::kNetwork, content, watched);
    }));
    EXPECT_EQ(Booked(), "0xown 5 CONFIRMED ");
    // A balance of a block that is not among the followed ones is not kept.
    follower::BalanceSeen seen;
    seen.due.address = "0xown";
    seen.rise = money::UInt256(9);
    const auto stored = pg::Transact(*world.pool, [&](pg::Tx& tx) {
        return follower::StoreBalance(tx, native, {7'000, "block-y"}, seen);
    });
    ASSERT_TRUE(stored);
    EXPECT_FALSE(*stored);
    EXPECT_EQ(Booked(), "0xown 5 CONFIRMED ");
}

}  // namespace follower_test
