// What the chain and the neighbours do to a payment: reorgs, full mempools, strangers, silence.
#include <gtest/gtest.h>

#include "component/transfer/world.h"

namespace transfer_test {

using chain::AttemptKind;

TEST(Trouble, AReorganisedPaymentIsSentAgainAndPaysOnce) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "MINED"; }));
    world.chain.Reorganise(1, false);
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 0U);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    EXPECT_EQ(world.Get(intent).reason, "reorganised");
    EXPECT_EQ(world.Get(intent).confirmations, 0U);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.Get(intent).reason, "");
    world.CheckInvariants();
}

TEST(Trouble, AReorganisedPaymentThatIsMinedElsewhereKeepsItsHash) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "MINED"; }));
    const auto before = world.Get(intent);
    world.chain.Reorganise(1, true);
    world.chain.Mine();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    const auto after = world.Get(intent);
    EXPECT_EQ(after.tx_hash, before.tx_hash);
    EXPECT_NE(after.block_hash, before.block_hash);
    world.CheckInvariants();
}

TEST(Trouble, ADroppedTransactionIsBroadcastAgain) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(1, false);
    ASSERT_EQ(world.chain.mempool_size(), 1U);
    world.chain.ForgetMempool();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).attempts.size(), 1U);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST(Trouble, ANodesOwnErrorDelaysAndEndsNothing) {
    World world;
    transfer::Settings settings = World::Quick();
    settings.quote_age_max = std::chrono::milliseconds(1);
    world.Boot(settings);
    world.gate.SetDown(true);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.gate.SetDown(false);
    world.chain.SetBusy(true);  // as it is priced again
    world.Rounds(3, false);
    EXPECT_EQ(world.Get(intent).reason, "node_unavailable");
    EXPECT_EQ(world.Get(intent).status, "pending");
    world.chain.SetBusy(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST(Trouble, ASilentNodeDelaysAndLosesNothing) {
    World world;
    world.Boot();
    world.chain.SetDown(true);
    const auto intent = world.Payment("0xbob", 500);
    const auto accepted = world.Accept(intent);
    ASSERT_TRUE(accepted) << accepted.error().detail;
    EXPECT_EQ(accepted->status, "pending");
    EXPECT_EQ(accepted->reason, "node_unavailable");
    world.Rounds(3, false);
    EXPECT_EQ(world.StateOf(intent), "RECEIVED");
    world.chain.SetDown(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).reason, "");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST(Trouble, ASilentWalletManagerDelaysAndLosesNothing) {
    World world;
    world.Boot();
    world.gate.SetDown(true);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(3);
    EXPECT_EQ(world.Get(intent).reason, "wallet_manager_unavailable");
    world.gate.SetDown(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    ASSERT_TRUE(world.RunUntil([&] { return world.gate.outcomes().size() == 1; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

TEST(Trouble, AStuckPaymentIsBumpedWithinItsFeeCap) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    world.chain.SetMinimumFee(15);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    const auto payment = world.Get(intent);
    EXPECT_GT(payment.attempts.size(), 1U);
    EXPECT_LE(*payment.fee_paid, money::UInt256(3 * kFee));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    world.CheckInvariants();
}

TEST(Trouble, ABumpStopsAtTheFeeCapAndSaysSo) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    settings.automatic_bumps_max = 20;
    world.Boot(settings);
    world.chain.SetMinimumFee(100);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).reason == "fee_cap_exceeded"; }));
    EXPECT_EQ(world.StateOf(intent), "SUBMITTED");
    // The user's own order has its own cap.
    world.chain.SetMinimumFee(30);
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kSpeedUp), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_GE(*world.Get(intent).fee_paid, money::UInt256(30));
    world.CheckInvariants();
}

TEST(Trouble, AMaximumOfTheCallersIsBumpedWithinTheFeeCap) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    world.chain.SetMinimumFee(15);
    auto intent = world.Payment("0xbob", 500);
    intent.plan.fee.figure = chain::EvmFeeWish{{}, money::UInt256(12), {}};
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_GT(world.Get(intent).attempts.size(), 1U);
    EXPECT_LE(*world.Get(intent).fee_paid, intent.plan.fee_cap);
    world.CheckInvariants();
}

TEST(Trouble, APriceOfTheCallersIsNeverBumpedByItself) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    world.chain.SetMinimumFee(25);
    auto intent = world.Payment("0xbob", 500);
    intent.plan.fee.figure = chain::EvmFeeWish{money::UInt256(12), {}, {}};
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).reason == "fee_below_market"; }));
    world.Rounds(5);
    EXPECT_EQ(world.Get(intent).attempts.size(), 1U);
}

// The recipient pays the higher fee, so the sum that leaves the wallet stays what was held.
TEST(Trouble, ASpeedUpOfEverythingTakesTheFeeFromTheRecipient) {
    for (const auto mode : {chain::TransferMode::kAll, chain::TransferMode::kSubtractFee}) {
        World world;
        world.Boot();
        auto intent = world.Payment("0xbob", 1'000'000);
        std::get<chain::Transfer>(intent.plan.action).mode = mode;
        ASSERT_TRUE(world.Accept(intent));
        ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
        const auto sped_up =
            world.engine().Replace(world.Replace(intent, AttemptKind::kSpeedUp), World::NoWait());
        ASSERT_TRUE(sped_up) << sped_up.error().reason;
        ASSERT_TRUE(world.RunUntil(
            [&] { return world.Sql("SELECT state FROM attempt_orders") != "open"; }, false));
        EXPECT_EQ(world.Sql("SELECT state FROM attempt_orders"), "done");
        EXPECT_EQ(world.Sql("SELECT amount FROM holds"), "1000000");
        ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
        EXPECT_EQ(world.Get(intent).attempts.size(), 2U);
        EXPECT_EQ(world.chain.PaidTo("0xbob"), 1'000'000U - 12U);
        world.CheckInvariants();
    }
}

// A cancel whose fee is above what the payment held needs the difference.
TEST(Trouble, ACancelHoldsWhatItsFeeNeeds) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 1);
    ASSERT_TRUE(world.Accept(intent));
    const auto held = [&](const std::string& amount) {
        return world.RunUntil([&] { return world.Sql("SELECT amount FROM holds") == amount; },
                              false);
    };
    ASSERT_TRUE(held("11"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    EXPECT_TRUE(held("12"));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).attempts.size() == 2; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    EXPECT_TRUE(held("14"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CANCELLED"; }));
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 0U);
    world.CheckInvariants();
}

// It would pay after all, or count a cancel as a payment.
TEST(Trouble, ACancelIsNeverSpedUp) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.chain.SetMinimumFee(100);
    world.Boot(settings);
    auto intent = world.Payment("0xbob", 500);
    intent.plan.fee_cap = money::UInt256(kFee);  // no room for an automatic bump of the payment
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).attempts.size() == 2; }, false));
    const auto sped_up = world.Replace(intent, AttemptKind::kSpeedUp);
    ASSERT_TRUE(world.engine().Replace(sped_up, World::NoWait()));
    ASSERT_TRUE(world.RunUntil(
        [&] {
            return world.Sql("SELECT count(*) FROM attempt_orders WHERE state = 'open'") == "0";
        },
        false));
    const auto refused = world.engine().Replace(sped_up, World::NoWait());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "cancel_under_way");
    // In turn with what the node answers to the cancel.
    EXPECT_TRUE(
        world.RunUntil([&] { return world.Get(intent).reason == "cancel_under_way"; }, false));
    EXPECT_EQ(world.Get(intent).attempts.size(), 2U);
    world.chain.SetMinimumFee(0);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CANCELLED"; }));
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 0U);
}

TEST(Trouble, ACancelThatLandsReplacesThePayment) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    const auto cancel = world.Replace(intent, AttemptKind::kCancel);
    ASSERT_TRUE(world.engine().Replace(cancel, World::NoWait()));
    world.Rounds(1, false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CANCELLED"; }));
    const auto payment = world.Get(intent);
    EXPECT_EQ(payment.status, "replaced");
    EXPECT_EQ(payment.replaced_by, payment.attempts.at(1).tx_hash);
    EXPECT_EQ(payment.attempts.at(0).state, "dead");
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 0U);
    // The same order again is the same attempt; a speed-up comes too late.
    const auto again = world.engine().Replace(cancel, World::NoWait());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->attempts.size(), 2U);
    const auto late =
        world.engine().Replace(world.Replace(intent, AttemptKind::kSpeedUp), World::NoWait());
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().reason, "already_confirmed");
    world.CheckInvariants();
}

TEST(Trouble, ACancelThatComesTooLateLeavesThePaymentFinal) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    world.chain.Mine();  // the payment, before the cancel is signed
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM attempt_orders WHERE state = 'open'"), "0");
    world.CheckInvariants();
}

TEST(Trouble, ACancelBeforeSigningIsAVoid) {
    World world;
    world.gate.RefuseSign(base::FailedPrecondition("wallet_paused", "paused"));
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(2);
    ASSERT_EQ(world.StateOf(intent), "RESERVED");
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REJECTED"; }));
    EXPECT_EQ(world.Get(intent).reason, "cancelled");
    world.gate.RefuseSign(std::nullopt);
    world.Rounds(5);
    EXPECT_EQ(world.gate.signatures(), 0U);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
}

TEST(Trouble, ASpeedUpOfAStrangersPaymentLooksAbsent) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(1, false);
    auto foreign = world.Replace(intent, AttemptKind::kSpeedUp);
    foreign.user = base::UserId::Random();
    const auto refused = world.engine().Replace(foreign, World::NoWait());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "unknown_intent");
}

TEST(Trouble, ANodeThatHidesReceiptsProvesNoConflict) {
    World world;
    world.Boot();
    world.chain.HideReceipts(true);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.chain.PaymentsTo("0xbob") == 1; }));
    world.Rounds(10);
    EXPECT_EQ(world.StateOf(intent), "SUBMITTED");
    world.chain.HideReceipts(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    world.CheckInvariants();
}

TEST(Trouble, ASlotSpentByAStrangerEndsInConflictAtFinalDepth) {
    World world;
    world.Boot();
    world.chain.SetMinimumFee(100);  // ours is never mined
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    world.chain.SpendNonceElsewhere(world.from);
    world.engine().RunOnce();
    EXPECT_EQ(world.StateOf(intent), "SUBMITTED");  // not final yet
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CONFLICTED"; }));
    EXPECT_EQ(world.Get(intent).status, "failed");
    EXPECT_EQ(world.gate.outcomes().at(intent.id.ToString()), transfer::State::kConflicted);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM holds WHERE released_at IS NULL"), "0");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
}

TEST(Trouble, AForeignCountStopsSendsUntilItIsFinal) {
    World world;
    world.Boot();
    world.chain.SpendNonceElsewhere(world.from);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(1, false);
    EXPECT_EQ(world.Get(intent).reason, "foreign_transaction");
    EXPECT_FALSE(world.Get(intent).nonce.has_value());
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).nonce, 1U);
    world.CheckInvariants();
}

TEST(Trouble, AGapBelowASignedNonceIsFilled) {
    World world;
    world.Boot();
    // Two are reserved; the first is refused for good, the second is signed.
    const auto first = world.Payment("0xbob", 500);
    const auto second = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.Accept(second));
    world.gate.RefuseSignOf(first.id, base::PermissionDenied("order_mismatch", "no"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(first), "REJECTED");
    EXPECT_EQ(world.Get(second).nonce, 1U);
    EXPECT_EQ(world.gate.fills(), 1U);
    EXPECT_EQ(world.chain.NoncesOf(world.from), (std::vector<std::uint64_t>{0, 1}));
    ASSERT_TRUE(world.RunUntil([&] { return world.Sql("SELECT state FROM fills") == "landed"; }));
    world.CheckInvariants();
}

// Strangers with the same key used hundreds of nonces: their slots stay nobody's.
TEST(Trouble, AGapAboveManyThatTheChainHasClosedIsFilled) {
    constexpr int kClosed = 330;
    World world;
    world.Boot();
    for (int count = 0; count < kClosed; ++count) {
        world.chain.SpendNonceElsewhere(world.from);
    }
    world.Sql(
        "INSERT INTO nonce_slots (network, from_address, nonce, wallet_id, used_by) "
        "SELECT 'eip155:31337', '" +
        world.from + "', n, '" + world.wallet.ToString() + "', 'nobody' FROM generate_series(0, " +
        std::to_string(kClosed - 1) + ") AS n");
    const auto first = world.Payment("0xbob", 500);
    const auto second = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.Accept(second));
    world.gate.RefuseSignOf(first.id, base::PermissionDenied("order_mismatch", "no"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(first), "REJECTED");
    EXPECT_EQ(world.Get(second).nonce, kClosed + 1U);
    EXPECT_EQ(world.gate.fills(), 1U);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM fills"), "1");
}

TEST(Trouble, ARevertedTransactionFailsAndKeepsItsFee) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xreverts", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "REVERTED"; }));
    EXPECT_EQ(world.Get(intent).status, "failed");
    EXPECT_EQ(world.Get(intent).reason, "reverted");
    EXPECT_EQ(world.Get(intent).fee_paid, money::UInt256(kFee));
}

TEST(Trouble, WhatMakesNoProgressIsFlaggedForAnOperator) {
    World world;
    world.Boot();
    world.chain.SetMinimumFee(100);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(2);
    EXPECT_FALSE(world.Get(intent).needs_operator);
    world.Sql("UPDATE intents SET progressed_at = now() - interval '61 minutes'");
    world.Rounds(1);
    EXPECT_TRUE(world.Get(intent).needs_operator);
    world.chain.SetMinimumFee(0);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_FALSE(world.Get(intent).needs_operator);
}

TEST(Trouble, ACountThatWasALieLeavesNoGap) {
    World world;
    world.Boot();
    const auto before = world.Payment("0xbob", 100);
    ASSERT_TRUE(world.Accept(before));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(before) == "FINAL"; }));
    world.chain.LieAboutCounts(3);
    const auto during = world.Payment("0xbob", 200);
    ASSERT_TRUE(world.Accept(during));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(during) == "SUBMITTED"; }, false));
    world.chain.LieAboutCounts(0);
    const auto after = world.Payment("0xbob", 300);
    ASSERT_TRUE(world.Accept(after));
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.StateOf(during) == "FINAL" && world.StateOf(after) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 3U);
    EXPECT_EQ(world.chain.NoncesOf(world.from), (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
    world.CheckInvariants();
}

TEST(Trouble, ACountThatTheOtherNodeDeniesIsNotBelieved) {
    World world;
    world.Boot();
    world.chain.SetSecondNode(true);
    world.chain.LieAboutCounts(3);
    const auto during = world.Payment("0xbob", 200);
    ASSERT_TRUE(world.Accept(during));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(during).reason == "foreign_transaction"; }));
    EXPECT_EQ(world.Sql("SELECT count(*) FROM nonce_slots"), "0");
    EXPECT_EQ(world.gate.signatures(), 0U);
    world.chain.LieAboutCounts(0);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(during) == "FINAL"; }));
    EXPECT_EQ(world.chain.NoncesOf(world.from), std::vector<std::uint64_t>{0});
    EXPECT_EQ(world.gate.fills(), 0U);
    world.CheckInvariants();
}

}  // namespace transfer_test
