// Payments that a restored database holds unsigned although they were sent: the chain is asked
// before one of them ends.
#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "component/transfer/world.h"

namespace transfer_test {

namespace {

class Restored : public ::testing::Test {
protected:
    // A payment as the dump has it, RESERVED; wallet-manager refuses its order from now on.
    Restored() {
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

}  // namespace transfer_test
