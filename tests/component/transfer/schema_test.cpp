// What the database itself refuses, whatever a daemon asks.
#include <gtest/gtest.h>

#include "component/transfer/world.h"
#include "transfer/pin.h"

namespace transfer_test {

namespace {

class Schema : public ::testing::Test {
protected:
    Schema() {
        world.Boot();
        intent = world.Payment("0xbob", 500);
        EXPECT_TRUE(world.Accept(intent));
    }

    // The reason of a statement's refusal, run as the daemon's role; empty = it was allowed.
    std::string Refusal(const std::string& sql) {
        const auto done = pg::Transact(*world.pool, [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(tx.Exec(sql));
            return {};
        });
        if (done) {
            return "";
        }
        const base::Error error = done.error();
        const auto constraint = error.metadata.find("constraint");
        return constraint == error.metadata.end() ? error.reason : constraint->second;
    }

    World world;
    transfer::NewIntent intent;
};

}  // namespace

TEST_F(Schema, OnlyLegalMovesAreMade) {
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'SIGNED'"), "intents_legal_move");
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'FINAL', ended_at = now()"),
              "intents_legal_move");
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'AUTHORISED'"), "");
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'REJECTED', ended_at = now()"),
              "intents_legal_move");
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'REJECTED', ended_at = now(), "
                      "voided_at = now()"),
              "");
    EXPECT_EQ(Refusal("UPDATE intents SET state = 'RECEIVED', ended_at = NULL"),
              "intents_legal_move");
}

TEST_F(Schema, SignedBytesNeverChange) {
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Refusal("UPDATE attempts SET signed_tx = '\\x00'"), "signed_bytes_immutable");
    EXPECT_EQ(Refusal("UPDATE attempts SET tx_hash = '0x00'"), "signed_bytes_immutable");
    EXPECT_EQ(Refusal("UPDATE attempts SET unsigned_tx = '\\x00'"), "signed_bytes_immutable");
}

TEST_F(Schema, EventsAreAppendOnlyAndTheirChainShowsATamper) {
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_NE(Refusal("UPDATE transfer_events SET reason = 'x'"), "");
    EXPECT_NE(Refusal("DELETE FROM transfer_events"), "");
    EXPECT_NE(Refusal("INSERT INTO transfer_events SELECT * FROM transfer_events LIMIT 1"), "");
    const std::string wallet = "'" + world.wallet.ToString() + "'";
    EXPECT_EQ(world.Sql("SELECT first_broken_event(" + wallet + ")"), "");
    world.Sql(
        "SET session_replication_role = replica; "
        "UPDATE transfer_events SET to_state = 'REJECTED' WHERE sequence = 3");
    EXPECT_EQ(world.Sql("SELECT first_broken_event(" + wallet + ")"), "3");
}

TEST_F(Schema, ADaemonSeesItsOwnNetworksAlone) {
    pg::Pool other(pg::PoolOptions{.url = Server().Url("binance_service")});
    const auto seen = pg::Transact(other, [](pg::Tx& tx) -> base::Result<std::size_t> {
        BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT count(*) AS n FROM user_payments"));
        return row.Get<std::size_t>("n");
    });
    ASSERT_TRUE(seen);
    EXPECT_EQ(*seen, 0U);
    const auto moved = pg::Transact(other, [](pg::Tx& tx) -> base::Result<std::size_t> {
        BASE_ASSIGN_OR_RETURN(const auto rows, tx.Exec("UPDATE intents SET reason = 'mine now'"));
        return rows.affected();
    });
    ASSERT_TRUE(moved);
    EXPECT_EQ(*moved, 0U);
}

TEST_F(Schema, WhatAnIntentIsCannotBeChanged) {
    for (const char* column : {"user_id", "wallet_id", "id"}) {
        EXPECT_NE(Refusal(std::string("UPDATE intents SET ") + column + " = gen_random_uuid()"), "")
            << column;
    }
    EXPECT_NE(Refusal("UPDATE intents SET plan = '{}'"), "");
    EXPECT_NE(Refusal("UPDATE intents SET fee_cap = 1"), "");
    EXPECT_NE(Refusal("DELETE FROM intents"), "");
}

TEST_F(Schema, OneNonceServesOneIntent) {
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Refusal("INSERT INTO nonce_slots SELECT network, from_address, nonce, wallet_id, "
                      "NULL, 'nobody' FROM nonce_slots"),
              "nonce_slots_pkey");
    EXPECT_EQ(Refusal("INSERT INTO nonce_slots SELECT network, from_address, nonce + 1, "
                      "wallet_id, intent_id, 'intent' FROM nonce_slots"),
              "nonce_slots_one_intent");
}

TEST_F(Schema, TheDocumentedViewShowsWholeCoins) {
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Sql("SELECT chain || ' ' || status || ' ' || to_address || ' ' || "
                        "(amount = 0.0000000000000005)::text || ' ' || "
                        "(fee = 0.00000000000000001)::text FROM transactions"),
              "ethereum final 0xbob true true");
}

TEST_F(Schema, APinHoldsTheChainAndItsFinalBlock) {
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    world.chain.SetIdentity("31337/another");
    EXPECT_EQ(transfer::CheckPin(world.chain, *world.pool).error().reason, "wrong_network");
    world.chain.SetIdentity("31337/genesis");
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    world.chain.Reorganise(4, false);
    EXPECT_EQ(transfer::CheckPin(world.chain, *world.pool).error().reason, "final_block_changed");
    // Sends stop, new and old.
    const auto refused = world.Accept(world.Payment("0xeve", 5));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "sends_stopped");
    world.Rounds(2);
    EXPECT_EQ(world.Get(intent).reason, "sends_stopped");
}

}  // namespace transfer_test
