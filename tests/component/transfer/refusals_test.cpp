// What stops a further attempt, a fill or a broadcast, and how each goes on or ends.
#include <gtest/gtest.h>
#include <string>

#include "component/transfer/world.h"
#include "transfer/account_book.h"
#include "transfer/pin.h"

namespace transfer_test {

using chain::AttemptKind;

namespace {

// A payment that the node has and no block will take.
transfer::NewIntent Waiting(World& world) {
    const auto intent = world.Payment("0xbob", 500);
    EXPECT_TRUE(world.Accept(intent));
    EXPECT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    return intent;
}

bool NoOpenOrder(World& world) {
    return world.RunUntil(
        [&] {
            return world.Sql("SELECT count(*) FROM attempt_orders WHERE state = 'open'") == "0";
        },
        false);
}

// The outcome of an order that was placed and worked on.
std::string ReasonOf(World& world, const transfer::Replacement& order) {
    EXPECT_TRUE(world.engine().Replace(order, World::NoWait()));
    EXPECT_TRUE(NoOpenOrder(world));
    const auto outcome = world.engine().Replace(order, World::NoWait());
    return outcome ? "" : outcome.error().reason;
}

}  // namespace

TEST(Refusals, AReplacementThatPolicyDeniesIsRefused) {
    World world;
    world.Boot();
    const auto intent = Waiting(world);
    for (const auto verdict : {transfer::Verdict::kDeny, transfer::Verdict::kNeedsApproval}) {
        world.gate.policy = [&](const transfer::SignedOrder&) {
            return transfer::Authorisation{verdict, "policy_denied", "no", std::nullopt};
        };
        EXPECT_EQ(ReasonOf(world, world.Replace(intent, AttemptKind::kSpeedUp)), "policy_denied");
    }
    EXPECT_EQ(world.Get(intent).attempts.size(), 1U);
}

TEST(Refusals, AReplacementWaitsForAPauseAndForSilentNeighbours) {
    World world;
    world.Boot();
    const auto intent = Waiting(world);
    world.gate.policy = [](const transfer::SignedOrder&) {
        return transfer::Authorisation{transfer::Verdict::kWait, "paused", "paused", std::nullopt};
    };
    const auto order = world.Replace(intent, AttemptKind::kSpeedUp);
    ASSERT_TRUE(world.engine().Replace(order, World::NoWait()));
    world.Rounds(3, false);
    EXPECT_EQ(world.Sql("SELECT state FROM attempt_orders"), "open");
    world.gate.policy = nullptr;
    world.chain.SetDown(true);
    world.Rounds(3, false);
    EXPECT_EQ(world.Sql("SELECT state FROM attempt_orders"), "open");
    world.chain.SetDown(false);
    world.gate.RefuseSign(base::Unavailable("service_unavailable", "wallet-manager is down"));
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.Sql("SELECT count(*) FROM attempts WHERE number = 2") == "1"; }, false));
    world.Rounds(3, false);
    EXPECT_EQ(world.Sql("SELECT state FROM attempts WHERE number = 2"), "requested");
    world.gate.RefuseSign(std::nullopt);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.Get(intent).attempts.size(), 2U);
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    world.CheckInvariants();
}

TEST(Refusals, AnAttemptThatIsNotSignedIsDroppedAndItsNumberServesTheNext) {
    World world;
    world.Boot();
    const auto intent = Waiting(world);
    world.gate.RefuseSign(base::PermissionDenied("order_mismatch", "no"));
    EXPECT_EQ(ReasonOf(world, world.Replace(intent, AttemptKind::kSpeedUp)), "order_mismatch");
    EXPECT_EQ(world.Sql("SELECT state || dead_proof FROM attempts WHERE number = 2"),
              "deadnever signed: order_mismatch");
    world.gate.RefuseSign(std::nullopt);
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kSpeedUp), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    world.CheckInvariants();
}

TEST(Refusals, AnAttemptWhosePaymentWasMinedMeanwhileIsNotSigned) {
    World world;
    world.Boot();
    const auto intent = Waiting(world);
    world.gate.RefuseSign(base::Unavailable("service_unavailable", "wallet-manager is down"));
    const auto order = world.Replace(intent, AttemptKind::kSpeedUp);
    ASSERT_TRUE(world.engine().Replace(order, World::NoWait()));
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.Sql("SELECT count(*) FROM attempts WHERE number = 2") == "1"; }, false));
    world.chain.Mine();
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_TRUE(NoOpenOrder(world));
    EXPECT_EQ(world.gate.signatures(), 1U);
    EXPECT_EQ(world.Sql("SELECT state FROM attempts WHERE number = 2"), "dead");
}

TEST(Refusals, ALateReplacementAndOneTooMany) {
    World world;
    auto settings = World::Quick();
    settings.attempts_max = 1;
    world.Boot(settings);
    const auto intent = Waiting(world);
    auto late = world.Replace(intent, AttemptKind::kSpeedUp);
    late.expires = base::SystemClock().Now() - std::chrono::minutes(1);
    EXPECT_EQ(ReasonOf(world, late), "order_expired");
    EXPECT_EQ(ReasonOf(world, world.Replace(intent, AttemptKind::kCancel)), "too_many_attempts");
}

TEST(Refusals, ASpeedUpThatTheBalanceDoesNotCover) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 1'000'000 - kFee);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    EXPECT_EQ(ReasonOf(world, world.Replace(intent, AttemptKind::kSpeedUp)), "insufficient_gas");
    EXPECT_EQ(world.Sql("SELECT amount FROM holds"), "1000000");
}

TEST(Refusals, AWrongSignatureRaisesAnAlarmAndWaits) {
    World world;
    world.Boot();
    world.gate.SignWrongly(true);
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).reason == "wrong_signature"; }));
    EXPECT_EQ(world.StateOf(intent), "RESERVED");
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
}

TEST(Refusals, AFillWaitsForItsSignature) {
    World world;
    world.Boot();
    const auto first = world.Payment("0xbob", 500);
    const auto second = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.Accept(second));
    world.gate.RefuseSignOf(first.id, base::PermissionDenied("order_mismatch", "no"));
    world.gate.RefuseFills(true);
    ASSERT_TRUE(
        world.RunUntil([&] { return world.Sql("SELECT state FROM fills") == "requested"; }));
    world.Rounds(3);
    EXPECT_EQ(world.gate.fills(), 0U);
    world.gate.RefuseFills(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    EXPECT_EQ(world.gate.fills(), 1U);
    world.CheckInvariants();
}

TEST(Refusals, AFillThatIsStuckIsMadeAgainWithAHigherFee) {
    World world;
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    const auto first = world.Payment("0xbob", 500);
    const auto second = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.Accept(second));
    world.gate.RefuseSignOf(first.id, base::PermissionDenied("order_mismatch", "no"));
    world.chain.SetMinimumFee(15);
    ASSERT_TRUE(world.RunUntil(
        [&] { return world.Sql("SELECT count(*) FROM fills WHERE state = 'landed'") == "1"; }));
    EXPECT_EQ(world.errors, std::vector<std::string>());
    world.chain.SetMinimumFee(0);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    EXPECT_GT(std::stoi(world.Sql("SELECT number FROM fills WHERE state = 'landed'")), 1);
    world.CheckInvariants();
}

TEST(Refusals, WhatTheNodeSaysOfATransactionIsShown) {
    using chain::BroadcastResult;
    for (const auto& [result, reason] :
         {std::pair{BroadcastResult::kInsufficientFunds, "insufficient_funds"},
          std::pair{BroadcastResult::kRejected, "node_rejected"}}) {
        World world;
        world.Boot();
        world.chain.AnswerBroadcasts(result);
        const auto intent = world.Payment("0xbob", 500);
        ASSERT_TRUE(world.Accept(intent));
        ASSERT_TRUE(world.RunUntil([&] { return world.Get(intent).reason == reason; }));
        world.chain.AnswerBroadcasts(std::nullopt);
        ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
        EXPECT_EQ(world.Get(intent).reason, "");
    }
}

TEST(Refusals, ANodeBehindOrAnotherChainIsNoNode) {
    World world;
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    FakeChain young;
    const auto behind = transfer::CheckPin(young, *world.pool);
    ASSERT_FALSE(behind);
    EXPECT_EQ(behind.error().reason, "node_behind");
    young.SetIdentity("1/elsewhere");
    EXPECT_EQ(transfer::CheckPin(young, *world.pool).error().reason, "wrong_network");
    young.SetDown(true);
    EXPECT_EQ(transfer::CheckPin(young, *world.pool).error().reason, "node_unavailable");
}

TEST(Refusals, AChangedFinalBlockStopsSends) {
    World world;
    for (int block = 0; block < 6; ++block) {
        world.chain.Mine();
    }
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    world.Boot();
    const auto waiting = world.Payment("0xeve", 500);
    world.gate.SetDown(true);
    ASSERT_TRUE(world.Accept(waiting));
    world.chain.Reorganise(5, true);
    EXPECT_EQ(transfer::CheckPin(world.chain, *world.pool).error().reason, "final_block_changed");
    EXPECT_NE(*transfer::SendsStoppedReason(*world.pool, kNetwork), "");
    const auto refused = world.Accept(world.Payment("0xbob", 500));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "sends_stopped");
    world.gate.SetDown(false);
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(waiting).reason == "sends_stopped"; }));
    EXPECT_EQ(world.gate.signatures(), 0U);
}

TEST(Refusals, NothingReservedOrSentIsSignedWhileSendsAreStopped) {
    World world;
    ASSERT_TRUE(transfer::CheckPin(world.chain, *world.pool));
    transfer::Settings settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    const auto sent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(sent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(sent) == "SUBMITTED"; }, false));
    // Reserved, and the answer of Sign is awaited for ever.
    world.gate.RefuseSign(base::Unavailable("busy", "later"));
    const auto reserved = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(reserved));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(reserved) == "RESERVED"; }, false));
    world.gate.RefuseSign(std::nullopt);
    world.Sql("UPDATE chain_pins SET sends_stopped_reason = 'a test'");
    const std::size_t signatures = world.gate.signatures();
    ASSERT_TRUE(
        world.RunUntil([&] { return world.Get(reserved).reason == "sends_stopped"; }, false));
    world.Rounds(20, false);
    EXPECT_EQ(world.gate.signatures(), signatures);
    world.Sql("UPDATE chain_pins SET sends_stopped_reason = ''");
    // The one is signed, the other bumped.
    EXPECT_TRUE(world.RunUntil([&] { return world.gate.signatures() > signatures + 1; }, false));
}

TEST(Refusals, TheBookKnowsWhatOurTablesKnow) {
    World world;
    world.Boot();
    const transfer::AccountBook book(*world.pool, kNetwork);
    EXPECT_FALSE(*book.HasPaid(world.from, "0xbob"));
    EXPECT_FALSE(book.LastBalance(world.from, "")->has_value());
    const auto intent = Waiting(world);
    EXPECT_TRUE(*book.HasPaid(world.from, "0xbob"));
    EXPECT_EQ(book.LastBalance(world.from, "")->value().balance.amount, money::UInt256(1'000'000));
    EXPECT_EQ(*book.Held(world.from, "", 0), money::UInt256(510));
    EXPECT_TRUE(book.KnownContracts(world.from)->empty());
    EXPECT_EQ(*book.FollowedHeight(), 0U);
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(*book.Held(world.from, "", 1'000), money::UInt256());
}

}  // namespace transfer_test
