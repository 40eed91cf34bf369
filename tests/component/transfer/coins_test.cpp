// Coins in the database: each serves one payment, change of our own may be built on, and what a
// payment did not spend is free again. The engine is the account-model one; its intents carry the
// coins, whatever chain they are of.
#include <cstdint>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "component/transfer/world.h"
#include "pg/tx.h"
#include "transfer/store_coins.h"

namespace transfer_test {

namespace {

class Coins : public ::testing::Test {
protected:
    Coins() {
        world.Boot();
        Watch("own", world.wallet);
    }

    void Watch(const std::string& address, const base::WalletId& wallet) {
        world.Sql("INSERT INTO watched_addresses VALUES ('" + network + "', '" + address + "', '" +
                  wallet.ToString() + "', '" + world.user.ToString() + "', 1)");
    }

    [[nodiscard]] transfer::NewIntent Accepted(std::uint64_t amount = 500) {
        transfer::NewIntent intent = world.Payment("0xbob", amount);
        EXPECT_TRUE(world.Accept(intent));
        return intent;
    }

    [[nodiscard]] transfer::NewIntent Broadcast(std::uint64_t amount) {
        const transfer::NewIntent intent = Accepted(amount);
        EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
        return intent;
    }

    // An output in block 5 that pays the wallet.
    chain::Coin Paid(const std::string& hash) {
        world.Sql(
            "INSERT INTO coins (network, tx_hash, output, wallet_id, address, amount, "
            "block_height, block_hash) VALUES ('" +
            std::string(kNetwork) + "', '" + hash + "', 0, '" + world.wallet.ToString() +
            "', 'own', 1000, 5, 'block-5')");
        return {hash, 0, money::UInt256(1'000)};
    }

    bool Take(const transfer::NewIntent& intent,
              const std::vector<chain::Coin>& coins,
              bool first_attempt = true) {
        return Do<bool>([&](pg::Tx& tx) {
            return transfer::TakeCoins(tx,
                                       {network, world.wallet, intent.id, coins, first_attempt});
        });
    }

    void Insert(const std::vector<transfer::SignedOutputs>& payments) {
        EXPECT_TRUE(pg::Transact(*world.pool,
                                 [&](pg::Tx& tx) { return transfer::InsertChange(tx, payments); }));
    }

    chain::Coin AddChange(const transfer::NewIntent& maker, const std::string& hash) {
        const chain::Coin coin{hash, 1, money::UInt256(300)};
        Insert({{maker.id, {{coin, "own"}}}});
        return coin;
    }

    void Release(const transfer::NewIntent& intent) {
        EXPECT_TRUE(pg::Transact(
            *world.pool, [&](pg::Tx& tx) { return transfer::ReleaseCoins(tx, {intent.id}); }));
    }

    bool HasChild(const transfer::NewIntent& intent) {
        return Do<bool>([&](pg::Tx& tx) { return transfer::HasChild(tx, intent.id); });
    }

    std::set<base::IntentId> Conflicts(const transfer::NewIntent& intent, std::uint64_t height) {
        return Do<std::set<base::IntentId>>([&](pg::Tx& tx) {
            return transfer::LoadCoinConflicts(tx, {intent.id}, {height, false});
        });
    }

    std::string Locks(const transfer::NewIntent& intent) {
        return world.Sql(
            "SELECT coalesce(string_agg(tx_hash || CASE WHEN anchor THEN '!' ELSE '' "
            "END, ' ' ORDER BY tx_hash), '') FROM coin_locks WHERE intent_id = '" +
            intent.id.ToString() + "'");
    }

    template <class T, class Work>
    T Do(Work work) {
        auto done = pg::Transact(*world.pool, work);
        EXPECT_TRUE(done) << done.error().detail;
        return done ? *done : T{};
    }

    World world;
    const std::string network = kNetwork;
};

}  // namespace

TEST_F(Coins, NamesAreHashAndOutput) {
    const std::vector<chain::Coin> coins = {{"aa", 0, {}}, {"bb", 7, {}}};
    EXPECT_EQ(transfer::CoinNames(coins), (std::vector<std::string>{"aa:0", "bb:7"}));
}

TEST_F(Coins, ACoinServesOnePayment) {
    const auto first = Accepted();
    const auto second = Accepted();
    const chain::Coin anchor = Paid("aa");
    const chain::Coin more = Paid("bb");
    const chain::Coin free = Paid("cc");
    EXPECT_TRUE(Take(first, {anchor, more}));
    EXPECT_TRUE(Take(first, {anchor, more})) << "asking again is no second use";
    EXPECT_EQ(Locks(first), "aa! bb");
    EXPECT_FALSE(Take(second, {free, more}));
    EXPECT_EQ(Locks(second), "") << "all or none";
    EXPECT_TRUE(Take(second, {free}));
}

TEST_F(Coins, ALaterAttemptAddsCoinsAndKeepsTheAnchor) {
    const auto payment = Accepted();
    const auto other = Accepted();
    const chain::Coin anchor = Paid("aa");
    const chain::Coin more = Paid("bb");
    const chain::Coin taken = Paid("cc");
    ASSERT_TRUE(Take(payment, {anchor}));
    ASSERT_TRUE(Take(other, {taken}));
    EXPECT_TRUE(Take(payment, {anchor, more}, false));
    EXPECT_FALSE(Take(payment, {anchor, more, taken}, false));
    EXPECT_EQ(Locks(payment), "aa! bb") << "what the signed attempt spends stays locked";
}

TEST_F(Coins, WhatIsNotOursToSpendIsNotTaken) {
    const auto payment = Accepted();
    const chain::Coin spent = Paid("aa");
    world.Sql("UPDATE coins SET spent_by = 'x', spent_height = 6, spent_block = 'block-6'");
    const chain::Coin foreign = Paid("bb");
    world.Sql("UPDATE coins SET wallet_id = gen_random_uuid() WHERE tx_hash = 'bb'");
    const chain::Coin unconfirmed = Paid("cc");
    world.Sql("UPDATE coins SET block_height = NULL WHERE tx_hash = 'cc'");
    for (const chain::Coin& coin : {spent, foreign, unconfirmed, chain::Coin{"dd", 0, {}}}) {
        EXPECT_FALSE(Take(payment, {coin})) << coin.tx_hash;
    }
}

TEST_F(Coins, OwnChangeIsBuiltOnWhileItsPaymentHasOneAttempt) {
    const auto parent = Broadcast(100);
    const std::string hash = world.Get(parent).tx_hash;
    const chain::Coin change = AddChange(parent, hash);
    EXPECT_FALSE(HasChild(parent));
    const auto child = Accepted();
    EXPECT_TRUE(Take(child, {change}));
    EXPECT_TRUE(HasChild(parent));
    AddChange(child, "grandchild");
    EXPECT_EQ(world.Sql("SELECT string_agg(own_chain::text, ' ' ORDER BY own_chain) FROM coins"),
              "1 2");

    Release(child);
    EXPECT_FALSE(HasChild(parent));
    world.Sql("UPDATE intents SET attempt_count = 2 WHERE id = '" + parent.id.ToString() + "'");
    EXPECT_FALSE(Take(child, {change})) << "of two attempts one lands, and only its change exists";
}

TEST_F(Coins, ChangeIsWhatPaysAnAddressOfTheWalletThatPays) {
    const auto payment = Broadcast(100);
    const std::string hash = world.Get(payment).tx_hash;
    Watch("own-fresh", world.wallet);
    Watch("of-another", base::WalletId::Random());
    const money::UInt256 amount(300);
    Insert({{payment.id,
             {{{hash, 0, amount}, "of-another"},
              {{hash, 1, amount}, "own"},
              {{hash, 2, amount}, "stranger"},
              {{hash, 3, amount}, "own-fresh"}}}});
    EXPECT_EQ(world.Sql("SELECT string_agg(output || ' ' || address, ', ' ORDER BY output) "
                        "FROM coins WHERE wallet_id = '" +
                        world.wallet.ToString() + "'"),
              "1 own, 3 own-fresh");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM coins"), "2");
}

TEST_F(Coins, WhatTheLandedTransactionDidNotSpendIsFree) {
    const auto payment = Broadcast(100);
    ASSERT_TRUE(Take(payment, {Paid("aa"), Paid("bb")}));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(payment) == "MINED"; }));
    world.Sql("UPDATE attempts SET coins = '{aa:0}'");
    Release(payment);
    EXPECT_EQ(Locks(payment), "aa!");
}

TEST_F(Coins, ChangeOfADeadTransactionIsNoCoin) {
    const auto payment = Broadcast(100);
    AddChange(payment, world.Get(payment).tx_hash);
    Release(payment);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM coins"), "1");
    world.Sql("UPDATE attempts SET state = 'dead', dead_proof = 'test'");
    Release(payment);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM coins"), "0");
}

TEST_F(Coins, AnAnchorSpentElsewhereIsAConflictOnceFinal) {
    const auto payment = Broadcast(100);
    ASSERT_TRUE(Take(payment, {Paid("aa")}));
    world.Sql("UPDATE coins SET spent_by = 'stranger', spent_height = 7, spent_block = 'b'");
    EXPECT_TRUE(Conflicts(payment, 6).empty());
    EXPECT_EQ(Conflicts(payment, 7), std::set<base::IntentId>{payment.id});
    world.Sql("UPDATE coins SET spent_by = '" + world.Get(payment).tx_hash + "'");
    EXPECT_TRUE(Conflicts(payment, 7).empty()) << "its own transaction spends it";
}

// A key used outside of the platform takes a coin that is not the anchor.
TEST_F(Coins, AnyCoinSpentElsewhereIsAConflictOfWhatSpendsIt) {
    const auto payment = Broadcast(100);
    ASSERT_TRUE(Take(payment, {Paid("aa"), Paid("bb")}));
    world.Sql("UPDATE attempts SET coins = '{aa:0,bb:0}'");
    world.Sql(
        "UPDATE coins SET spent_by = 'stranger', spent_height = 7, spent_block = 'b' "
        "WHERE tx_hash = 'bb'");
    EXPECT_TRUE(Conflicts(payment, 6).empty());
    EXPECT_EQ(Conflicts(payment, 7), std::set<base::IntentId>{payment.id});
    world.Sql("UPDATE coins SET spent_by = '', spent_height = NULL, spent_block = ''");
    EXPECT_TRUE(Conflicts(payment, 7).empty()) << "its block left the main chain: it goes on";
}

TEST_F(Coins, AnAttemptWithoutTheSpentCoinMayStillLand) {
    const auto payment = Broadcast(100);
    ASSERT_TRUE(Take(payment, {Paid("aa"), Paid("bb")}));
    world.Sql("UPDATE attempts SET coins = '{aa:0}'");
    world.Sql(
        "INSERT INTO attempts (intent_id, number, network, wallet_id, kind, unsigned_tx, terms, "
        "fee_max, coins) SELECT intent_id, 2, network, wallet_id, 'speed_up', unsigned_tx, terms, "
        "fee_max, '{aa:0,bb:0}' FROM attempts");
    world.Sql(
        "UPDATE coins SET spent_by = 'stranger', spent_height = 7, spent_block = 'b' "
        "WHERE tx_hash = 'bb'");
    EXPECT_TRUE(Conflicts(payment, 7).empty());
    world.Sql("UPDATE attempts SET state = 'dead', dead_proof = 'test' WHERE number = 1");
    EXPECT_EQ(Conflicts(payment, 7), std::set<base::IntentId>{payment.id});
    world.Sql(
        "UPDATE coins SET spent_by = 'stranger', spent_height = 7, spent_block = 'b'; "
        "UPDATE attempts SET state = 'signed' WHERE number = 1");
    EXPECT_EQ(Conflicts(payment, 7), std::set<base::IntentId>{payment.id}) << "all have the anchor";
}

TEST_F(Coins, AnAnchorThatWillNeverExistIsAConflict) {
    const auto parent = Broadcast(100);
    const chain::Coin change = AddChange(parent, world.Get(parent).tx_hash);
    const auto child = Accepted();
    ASSERT_TRUE(Take(child, {change}));
    EXPECT_TRUE(Conflicts(child, 100).empty());
    world.Sql("UPDATE attempts SET state = 'dead', dead_proof = 'test'");
    EXPECT_EQ(Conflicts(child, 100), std::set<base::IntentId>{child.id});
}

TEST_F(Coins, TheFollowedBlockIsTheNewestRead) {
    const auto followed = [this] {
        return Do<std::string>(
            [this](pg::Tx& tx) { return transfer::LoadFollowedHash(tx, network); });
    };
    EXPECT_EQ(followed(), "");
    world.Sql(
        "INSERT INTO follower_blocks (network, height, hash, parent_hash) VALUES "
        "('eip155:31337', 4, 'four', 'three'), ('eip155:31337', 5, 'five', 'four')");
    EXPECT_EQ(followed(), "five");
}

}  // namespace transfer_test
