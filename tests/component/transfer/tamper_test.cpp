// Rows that somebody edits behind the engine's back.
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "component/transfer/world.h"

namespace transfer_test {

namespace {

// A world that remembers what was ordered, as an order's bytes would.
class Tampering : public ::testing::Test {
protected:
    Tampering() {
        world.read_order = [this](const transfer::SignedOrder& order, const std::string&) {
            return base::Result<transfer::NewIntent>(ordered.at(order.order));
        };
        world.gate.RefuseSign(base::Unavailable("service_unavailable", "wallet-manager is down"));
        world.Boot();
    }

    // A payment that waits RESERVED for its signature.
    transfer::NewIntent Waiting() {
        const auto intent = world.Payment("0xbob", 500);
        ordered[intent.order.order] = intent;
        EXPECT_TRUE(world.Accept(intent));
        EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "RESERVED"; }, false));
        return intent;
    }

    // Edited, it ends unsigned and says why; the next payment is not held up.
    void ExpectRefused(const std::string& change) {
        const auto intent = Waiting();
        world.Sql("SET session_replication_role = replica; UPDATE intents SET " + change +
                  " WHERE id = '" + intent.id.ToString() + "'");
        world.gate.RefuseSign(std::nullopt);
        ASSERT_TRUE(world.RunUntil([&] {
            return world.Sql("SELECT state FROM intents WHERE id = '" + intent.id.ToString() +
                             "'") == "REJECTED";
        })) << change;
        EXPECT_EQ(world.Sql("SELECT to_state || ' ' || reason FROM transfer_events WHERE "
                            "subject_id = '" +
                            intent.id.ToString() + "' ORDER BY recorded_at DESC LIMIT 1"),
                  "REJECTED row_mismatch");
        EXPECT_EQ(world.gate.signatures(), 0U) << change;
        const auto next = world.Payment("0xcarol", 400);
        ordered[next.order.order] = next;
        ASSERT_TRUE(world.Accept(next));
        ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(next) == "FINAL"; }));
        EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
        EXPECT_EQ(world.chain.PaymentsTo("0xmallory"), 0U);
    }

    World world;
    std::map<base::Bytes, transfer::NewIntent> ordered;
};

}  // namespace

TEST_F(Tampering, UneditedItIsPaid) {
    const auto intent = Waiting();
    world.gate.RefuseSign(std::nullopt);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    world.CheckInvariants();
}

TEST_F(Tampering, AnotherRecipientIsRefused) {
    ExpectRefused(
        "plan = jsonb_set(plan, '{action,recipients,0,address}', '\"0xmallory\"'), recipients = "
        "jsonb_set(recipients, '{0,address}', '\"0xmallory\"')");
}

TEST_F(Tampering, AnotherRecipientToBeShownIsRefused) {
    ExpectRefused("recipients = jsonb_set(recipients, '{0,address}', '\"0xmallory\"')");
}

TEST_F(Tampering, AnotherAmountIsRefused) {
    ExpectRefused("plan = jsonb_set(plan, '{action,recipients,0,amount}', '\"900\"')");
}

TEST_F(Tampering, AnotherAmountToBeShownIsRefused) {
    ExpectRefused("amount = 1");
}

TEST_F(Tampering, APlanThatCannotBeReadIsRefused) {
    ExpectRefused("plan = '{}'");
}

TEST_F(Tampering, AQuoteThatCannotBeReadIsRefused) {
    ExpectRefused("quote = '[]'");
}

TEST_F(Tampering, AnotherFeeCapIsRefused) {
    ExpectRefused("plan = jsonb_set(plan, '{fee_cap}', '\"900000\"')");
}

TEST_F(Tampering, AnotherOwnerIsRefused) {
    ExpectRefused("user_id = '" + base::UserId::Random().ToString() + "'");
}

TEST_F(Tampering, AnotherWalletIsRefused) {
    ExpectRefused("wallet_id = '" + base::WalletId::Random().ToString() + "'");
}

TEST_F(Tampering, EditedSignedBytesAreNotSent) {
    world.gate.RefuseSign(std::nullopt);
    const auto intent = world.Payment("0xbob", 500);
    ordered[intent.order.order] = intent;
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    world.chain.ForgetMempool();
    const std::string id = intent.id.ToString();
    const std::string right =
        world.Sql("SELECT encode(signed_tx, 'hex') FROM attempts WHERE intent_id = '" + id + "'");
    const auto write = [&](const std::string& bytes) {
        world.Sql(
            "SET session_replication_role = replica; UPDATE attempts SET signed_tx = " + bytes +
            ", next_try_at = now(), claimed_until = NULL WHERE intent_id = '" + id + "'");
    };
    write("convert_to(replace(convert_from(signed_tx, 'UTF8'), '0xbob', '0xmallory'), 'UTF8')");
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).reason == "signed_bytes_edited"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xmallory"), 0U);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM transfer_events WHERE subject_id = '" + id +
                        "' AND reason = 'signed_bytes_edited'"),
              "1");
    write("decode('" + right + "', 'hex')");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

}  // namespace transfer_test
