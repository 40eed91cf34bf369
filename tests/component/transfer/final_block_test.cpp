// After a final block has changed: what it had paid comes back by its own bytes, and an
// administrator opens sends again.
#include "transfer/final_block.h"

#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "component/transfer/world.h"
#include "transfer/pin.h"

namespace transfer_test {

using chain::AttemptKind;

namespace {

class FinalBlockTest : public ::testing::Test {
protected:
    FinalBlockTest() { world.Boot(); }

    // The node's chain, as a follower would have read it.
    void Follow() {
        world.Sql("DELETE FROM follower_blocks");
        const auto head = world.chain.GetHead();
        for (std::uint64_t height = 0; height <= head->newest.height; ++height) {
            const auto block = world.chain.GetBlock(height);
            world.Sql("INSERT INTO follower_blocks (network, height, hash, parent_hash) VALUES ('" +
                      std::string(kNetwork) + "', " + std::to_string(height) + ", '" + block->hash +
                      "', '" + block->parent_hash + "')");
        }
    }

    // To its end, which is pinned.
    void End(const transfer::NewIntent& intent) {
        ASSERT_TRUE(world.RunUntil([&] {
            return world.Sql("SELECT ended_at IS NOT NULL FROM intents WHERE id = '" +
                             intent.id.ToString() + "'") == "t";
        }));
        ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
        Follow();
    }

    // The chain from the payment's block on is another one, in which nobody pays.
    void Lose(const transfer::NewIntent& intent) {
        const std::uint64_t height = std::stoull(world.Sql(
            "SELECT block_height FROM intents WHERE id = '" + intent.id.ToString() + "'"));
        const auto head = world.chain.GetHead();
        world.chain.Reorganise(head->newest.height - height + 1, false);
        EXPECT_NE(TakeBack(height - 1), "");
        Follow();
    }

    std::string TakeBack(std::uint64_t height) {
        const auto text = pg::Transact(
            *world.pool, [&](pg::Tx& tx) { return transfer::NoteTakenBack(tx, kNetwork, height); });
        EXPECT_TRUE(text);
        return *text;
    }

    void Accepted(const std::string& hash) {
        world.Sql("UPDATE chain_pins SET accepted_hash = '" + hash + "'");
    }

    std::string Adopt(const std::string& hash) {
        const auto done = transfer::AdoptFinalBlock(world.chain, *world.pool, hash);
        return done ? "" : done.error().reason;
    }

    transfer::FinalBlock Look() {
        const auto block = transfer::LookAtFinalBlock(world.chain, *world.pool);
        EXPECT_TRUE(block);
        return *block;
    }

    // The node has the second attempt.
    bool SentTwice() {
        return world.RunUntil(
            [&] { return world.Sql("SELECT count(*) FROM attempts WHERE try_count > 0") == "2"; },
            false);
    }

    // Puts the bytes of an attempt into a block without the engine.
    void Mine(const transfer::NewIntent& intent, int attempt) {
        const auto bytes = base::HexDecode(
            world.Sql("SELECT encode(signed_tx, 'hex') FROM attempts WHERE intent_id = '" +
                      intent.id.ToString() + "' AND number = " + std::to_string(attempt)));
        ASSERT_TRUE(world.chain.Broadcast(*bytes));
        world.chain.Mine();
        ASSERT_EQ(world.chain.mempool_size(), 0U);
    }

    World world;
};

}  // namespace

TEST_F(FinalBlockTest, WhatHadBeenFinalIsSentAgainAndNotSignedAgain) {
    const auto paid = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(paid));
    End(paid);
    const std::size_t signatures = world.gate.signatures();
    Lose(paid);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
    ASSERT_EQ(Look().lost.size(), 1U);
    EXPECT_EQ(Look().lost.front().id, paid.id);
    EXPECT_EQ(world.Get(paid).reason, "reorganised");
    // Nobody else spends what it will take.
    EXPECT_EQ(world.Sql("SELECT count(*) FROM holds WHERE mined_height IS NULL"), "1");
    ASSERT_TRUE(world.RunUntil([&] { return Look().lost.empty(); }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.StateOf(paid), "FINAL");
    EXPECT_EQ(world.Get(paid).reason, "");
    EXPECT_EQ(world.gate.signatures(), signatures);
    EXPECT_EQ(world.Sql("SELECT state FROM attempts"), "landed");
    EXPECT_EQ(world.Sql("SELECT count(*) FROM intents i JOIN holds h ON h.intent_id = i.id "
                        "AND h.mined_height = i.block_height"),
              "1");
    world.CheckInvariants();
}

TEST_F(FinalBlockTest, AnotherAttemptThatLandsIsTheSamePayment) {
    const auto paid = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(paid));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(paid) == "SUBMITTED"; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(paid, AttemptKind::kSpeedUp), World::NoWait()));
    ASSERT_TRUE(SentTwice());
    End(paid);
    EXPECT_EQ(world.Sql("SELECT landed_attempt FROM intents"), "2");
    Lose(paid);
    Mine(paid, 1);
    ASSERT_TRUE(world.RunUntil([&] { return Look().lost.empty(); }));
    EXPECT_EQ(world.Sql("SELECT landed_attempt || state || reason FROM intents"), "1FINAL");
    EXPECT_EQ(world.Sql("SELECT string_agg(state, ' ' ORDER BY number) FROM attempts"),
              "landed dead");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST_F(FinalBlockTest, AnEndThatTurnsOutOtherwiseIsShown) {
    const auto cancelled = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(cancelled));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(cancelled) == "SUBMITTED"; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(cancelled, AttemptKind::kCancel), World::NoWait()));
    ASSERT_TRUE(SentTwice());
    End(cancelled);
    ASSERT_EQ(world.StateOf(cancelled), "CANCELLED");
    Lose(cancelled);
    Mine(cancelled, 1);
    ASSERT_TRUE(world.RunUntil([&] { return Look().lost.empty(); }));
    EXPECT_EQ(world.Get(cancelled).reason, "outcome_changed");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST_F(FinalBlockTest, AFillThatIsGoneIsSentAgain) {
    const auto refused = world.Payment("0xbob", 500);
    const auto paid = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(refused));
    ASSERT_TRUE(world.Accept(paid));
    world.gate.RefuseSignOf(refused.id, base::PermissionDenied("order_mismatch", "no"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(paid) == "FINAL"; }));
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    Follow();
    ASSERT_EQ(world.gate.fills(), 1U);
    // From the fill's block on.
    const auto height = std::stoull(world.Sql("SELECT block_height FROM fills"));
    world.chain.Reorganise(world.chain.GetHead()->newest.height - height + 1, false);
    EXPECT_NE(TakeBack(height - 1), "");
    EXPECT_EQ(world.Sql("SELECT state FROM fills"), "live");
    // A wallet that works for nothing sends no fill; the next payment does.
    Follow();
    Accepted(Look().node->hash);
    ASSERT_EQ(Adopt(Look().node->hash), "");
    const auto next = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(next));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(next) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.chain.PaymentsTo("0xeve"), 1U);
    world.CheckInvariants();
}

TEST_F(FinalBlockTest, OnlyAnAcceptedBlockOfTheNodeOpensSends) {
    EXPECT_EQ(transfer::LookAtFinalBlock(world.chain, *world.pool).error().reason, "starting");
    const auto paid = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(paid));
    End(paid);
    EXPECT_EQ(Look().stopped_reason, "");
    EXPECT_EQ(Look().hash, Look().node->hash);
    Accepted(Look().hash);
    EXPECT_EQ(Adopt(Look().hash), "sends_not_stopped");
    Accepted("");
    Lose(paid);
    const std::string hash = Look().node->hash;
    EXPECT_NE(Look().hash, hash);
    EXPECT_NE(Look().stopped_reason.find("cryptoctl final-block accept"), std::string::npos);
    EXPECT_EQ(Adopt(""), "block_not_accepted");
    EXPECT_EQ(Adopt(hash), "block_not_accepted");
    Accepted(Look().hash);
    EXPECT_EQ(Adopt(hash), "block_not_accepted");
    EXPECT_EQ(Adopt(Look().hash), "block_mismatch");
    Accepted(hash);
    world.chain.SetFinalLag(50);
    EXPECT_EQ(Adopt(hash), "node_behind");
    world.chain.SetFinalLag(2);
    world.chain.SetIdentity("1/elsewhere");
    EXPECT_EQ(Adopt(hash), "wrong_network");
    world.chain.SetIdentity("31337/genesis");
    world.Sql(
        "UPDATE follower_blocks SET hash = 'gone' WHERE height = (SELECT max(height) FROM "
        "follower_blocks)");
    EXPECT_EQ(Adopt(hash), "blocks_unread");
    world.chain.SetDown(true);
    EXPECT_EQ(Adopt(hash), "node_unavailable");
    EXPECT_FALSE(Look().node);
    world.chain.SetDown(false);
    Follow();
    EXPECT_EQ(world.Accept(world.Payment("0xeve", 500)).error().reason, "sends_stopped");
    EXPECT_EQ(Adopt(hash), "");
    EXPECT_EQ(Look().hash, hash);
    EXPECT_EQ(Look().stopped_reason, "");
    EXPECT_EQ(world.Sql("SELECT accepted_hash FROM chain_pins"), "");
    EXPECT_EQ(Adopt(hash), "sends_not_stopped");
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    const auto next = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(next));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(next) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.chain.PaymentsTo("0xeve"), 1U);
    EXPECT_EQ(world.gate.signatures(), 2U);
    world.CheckInvariants();
}

TEST_F(FinalBlockTest, AnAcceptedBlockIsNotAccusedByAComparisonThatBeganBefore) {
    const auto paid = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(paid));
    End(paid);
    Lose(paid);
    const std::string hash = Look().node->hash;
    Accepted(hash);
    world.chain.while_block_is_read = [&] { EXPECT_EQ(Adopt(hash), ""); };
    EXPECT_EQ(transfer::CheckPin(world.chain, *world.pool).error().reason, "pin_moved");
    EXPECT_EQ(Look().stopped_reason, "");
    EXPECT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    EXPECT_TRUE(world.Accept(world.Payment("0xeve", 500)));
}

TEST_F(FinalBlockTest, AReorgAboveThePinIsNone) {
    const auto paid = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(paid));
    End(paid);
    const auto head = world.chain.GetHead();
    EXPECT_EQ(TakeBack(head->final.height), "");
    EXPECT_EQ(Look().lost.size(), 0U);
    // A pin that is ahead of what was read says nothing about blocks that were never final.
    world.Sql("DELETE FROM follower_blocks WHERE height >= " + std::to_string(head->final.height));
    EXPECT_EQ(TakeBack(0), "");
    EXPECT_EQ(Look().stopped_reason, "");
}

}  // namespace transfer_test
