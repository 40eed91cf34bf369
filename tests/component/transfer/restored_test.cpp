// Payments of which a restored database has forgotten what was signed: the chain is asked before
// one of them ends.
#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "component/transfer/world.h"

namespace transfer_test {

namespace {

// Payments spend a coin in place of a nonce.
void UseCoins(World& world) {
    world.Sql(
        "INSERT INTO coins (network, tx_hash, output, wallet_id, address, amount, "
        "block_height, block_hash) VALUES ('" +
        std::string(kNetwork) + "', 'aa', 0, '" + world.wallet.ToString() +
        "', 'own', 1000000, 0, 'block-0-0')");
    world.chain.SetSlots(chain::SlotKind::kCoins, {{"aa", 0, money::UInt256(1'000'000)}});
}

// The follower reads who has spent it.
void SpendAnchor(World& world, const std::string& hash) {
    world.Sql("UPDATE coins SET spent_by = '" + hash +
              "', spent_height = " + std::to_string(world.chain.newest()) + ", spent_block = 'b'");
}

class Restored : public ::testing::Test {
protected:
    // A payment as the dump has it, RESERVED; wallet-manager refuses its order from now on.
    explicit Restored(chain::SlotKind slots = chain::SlotKind::kNonce) {
        if (slots == chain::SlotKind::kCoins) {
            UseCoins(world);
        } else {
            world.chain.SetSlots(slots);
        }
        world.gate.RefuseSign(base::Unavailable("service_unavailable", "wallet-manager is down"));
        world.Boot();
        intent = world.Payment("0xbob", 500);
        EXPECT_TRUE(world.Accept(intent));
        EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "RESERVED"; }, false));
    }

    void Accept() {
        world.gate.RefuseSign(base::FailedPrecondition("restored", "the order is older"));
    }

    // What was signed and sent after the dump: the reserved transaction, perhaps at another fee.
    std::string Send(const std::string& fee) {
        std::string unsigned_tx(base::AsText(*base::HexDecode(
            world.Sql("SELECT encode(unsigned_tx, 'hex') FROM attempts WHERE intent_id = '" +
                      intent.id.ToString() + "'"))));
        const std::string ours = "\"fee\":10";
        unsigned_tx.replace(unsigned_tx.find(ours), ours.size(), "\"fee\":" + fee);
        const auto bytes = FakeSign(base::AsBytes(unsigned_tx));
        EXPECT_TRUE(world.chain.Broadcast(bytes));
        return FakeHash(bytes);
    }

    // As the follower does.
    void Book(const std::string& hash) {
        world.Sql(
            "INSERT INTO unknown_spends (network, tx_hash, wallet_id, user_id, block_height, "
            "block_time) VALUES ('" +
            std::string(kNetwork) + "', '" + hash + "', '" + world.wallet.ToString() + "', '" +
            world.user.ToString() + "', 1, now())");
    }

    void FollowToTheTip() {
        world.Sql("INSERT INTO follower_blocks (network, height, hash, parent_hash) VALUES ('" +
                  std::string(kNetwork) + "', 1000, 'tip', 'before')");
    }

    bool NeedsOperator() {
        return world.Sql("SELECT needs_operator FROM intents WHERE id = '" + intent.id.ToString() +
                         "'") == "t";
    }

    // Its order's time is over, and wallet-manager has been restored since it was issued.
    void Lapse(const std::string& accepted_at) {
        world.Sql(
            "UPDATE intents SET order_expires_at = now(), due_at = now(); "
            "INSERT INTO restores (reason, accepted_at) VALUES ('test', " +
            accepted_at + ")");
    }

    World world;
    transfer::NewIntent intent;
};

class RestoredCoins : public Restored {
protected:
    RestoredCoins() : Restored(chain::SlotKind::kCoins) {}
};

class RestoredWithoutSlots : public Restored {
protected:
    RestoredWithoutSlots() : Restored(chain::SlotKind::kNone) {}
};

// Sent before the dump; a higher fee was signed after it, and landed.
class RestoredSent : public ::testing::Test {
protected:
    RestoredSent() {
        UseCoins(world);
        world.chain.AnswerBroadcasts(chain::BroadcastResult::kAccepted);  // and forgotten
        world.Boot();
        intent = world.Payment("0xbob", 500);
        EXPECT_TRUE(world.Accept(intent));
        EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    }

    // Another transaction with the same anchor.
    std::string Land(const std::string& to) {
        const std::string bytes = R"({"amount":500,"fee":12,"from":")" + world.from +
                                  R"(","nonce":0,"to":")" + to + "\"}";
        const auto signed_tx = FakeSign(base::AsBytes(bytes));
        world.chain.AnswerBroadcasts(std::nullopt);
        EXPECT_TRUE(world.chain.Broadcast(signed_tx));
        world.chain.Mine();
        const std::string hash = FakeHash(signed_tx);
        SpendAnchor(world, hash);
        return hash;
    }

    World world;
    transfer::NewIntent intent;
};

}  // namespace

TEST_F(Restored, WhatWasSentIsFound) {
    for (const std::string& other : {std::string("0xstranger"), Send("10")}) {
        Book(other);
    }
    world.chain.Mine();
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.gate.signatures(), 0U);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.Sql("SELECT string_agg(tx_hash, ',') FROM unknown_spends"), "0xstranger");
}

TEST_F(Restored, SoIsWhatWasSentAtAnotherFee) {
    const std::string hash = Send("12");
    Book(hash);
    world.chain.Mine();
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).tx_hash, hash);
}

TEST_F(Restored, WhatWaitsInTheMempoolIsWaitedFor) {
    const std::string hash = Send("10");
    Accept();
    world.Rounds(3, false);
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "foreign_transaction");
    world.chain.Mine();
    Book(hash);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
}

TEST_F(Restored, WhatWasNeverSentEnds) {
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
    EXPECT_EQ(world.Get(intent).reason, "restored");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
}

TEST_F(Restored, WhoseNonceAnotherHasEndsOnceThatIsFinalAndRead) {
    world.chain.SpendNonceElsewhere(world.from);
    Accept();
    world.Rounds(6);
    EXPECT_EQ(world.StateOf(intent), "RESERVED") << "no block of it was read yet";
    FollowToTheTip();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
}

TEST_F(RestoredCoins, WhatHasTheAnchorAndPaysTheSameIsFound) {
    const std::string hash = Send("12");
    Book(hash);
    world.chain.Mine();
    SpendAnchor(world, hash);
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).tx_hash, hash);
    EXPECT_EQ(world.gate.signatures(), 0U);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM unknown_spends"), "0");
}

TEST_F(RestoredCoins, WhatHasAFreeAnchorWaitsForAPerson) {
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return NeedsOperator(); }));
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "restored");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM coin_locks"), "1") << "no other payment takes it";

    const std::string hash = Send("10");
    world.chain.Mine();
    SpendAnchor(world, hash);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_FALSE(NeedsOperator());
}

TEST_F(RestoredCoins, WhoseAnchorAStrangerHasEndsOnceThatIsFinal) {
    world.chain.Mine();
    SpendAnchor(world, "stranger");
    Accept();
    world.Rounds(2, false);
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "foreign_transaction");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
    EXPECT_EQ(world.Sql("SELECT count(*) FROM coin_locks"), "0");
}

TEST_F(RestoredCoins, AnOrderThatLapsedMeanwhileProvesNothing) {
    Lapse("now()");
    world.Rounds(6);
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "restored");
}

TEST_F(RestoredCoins, NorDoesItBeforeTheRestoreIsAccepted) {
    Lapse("NULL");
    world.Rounds(6);
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
}

TEST_F(RestoredCoins, WhatIsYoungerThanTheRestoreEndsOnWalletManagersWord) {
    Lapse("now() - interval '1 day'");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "EXPIRED"; }));
}

TEST_F(RestoredWithoutSlots, WhatTheWalletSignedAndPaysTheSameIsFound) {
    const std::string hash = Send("10");
    Book("0xstranger");
    Book(hash);
    world.chain.Mine();
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).tx_hash, hash);
    EXPECT_EQ(world.gate.signatures(), 0U);
    EXPECT_EQ(world.Sql("SELECT string_agg(tx_hash, ',') FROM unknown_spends"), "0xstranger");
}

TEST_F(RestoredWithoutSlots, WhatNothingShowsWaitsForAPerson) {
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return NeedsOperator(); }));
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.Get(intent).reason, "restored");
}

TEST_F(RestoredWithoutSlots, OneTransactionIsNotTwoPayments) {
    const std::string hash = Send("10");
    Book(hash);
    const transfer::NewIntent twin = world.Payment("0xbob", 500);
    EXPECT_TRUE(world.Accept(twin));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(twin) == "RESERVED"; }, false));
    world.chain.Mine();
    world.Sql("UPDATE intents SET due_at = now()");
    Accept();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(twin), "RESERVED");
}

TEST_F(RestoredSent, AForgottenAttemptIsOneAgain) {
    const std::string hash = Land("0xbob");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).tx_hash, hash);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.Sql("SELECT string_agg(number || ' ' || state, ', ' ORDER BY number) "
                        "FROM attempts"),
              "1 dead, 2 landed");
}

TEST_F(RestoredSent, AStrangersTransactionIsNone) {
    Land("0xstranger");
    world.Rounds(1, false);
    EXPECT_EQ(world.StateOf(intent), "SUBMITTED") << "not final yet";
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CONFLICTED"; }));
    EXPECT_EQ(world.Sql("SELECT count(*) FROM attempts"), "1");
}

}  // namespace transfer_test
