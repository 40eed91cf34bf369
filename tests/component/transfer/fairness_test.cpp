// Payments beside each other: what has just landed takes nothing twice, what is stuck or broken
// stops no other.
#include <gtest/gtest.h>
#include <vector>

#include "component/transfer/world.h"

namespace transfer_test {

using chain::AttemptKind;

namespace {

// A further wallet of the same user, with coins.
struct Other {
    explicit Other(World& world) : world(world), from("0x" + base::UserId::Random().ToString()) {
        world.chain.Fund(from, 1'000'000);
    }

    transfer::NewIntent Payment(const std::string& to, std::uint64_t amount) const {
        auto intent = world.Payment(to, amount);
        intent.wallet = wallet;
        intent.plan.from = from;
        return intent;
    }

    World& world;
    const base::WalletId wallet = base::WalletId::Random();
    const std::string from;
};

}  // namespace

TEST(Fairness, APaymentThatHasJustLandedIsNotTakenTwice) {
    World world;
    world.Boot();
    const auto large = world.Payment("0xbob", 990'000);
    ASSERT_TRUE(world.Accept(large));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(large) == "SUBMITTED"; }, false));
    const auto early = world.Payment("0xeve", 50'000);
    ASSERT_TRUE(world.Accept(early));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(early) == "REJECTED"; }, false));
    EXPECT_EQ(world.Get(early).reason, "insufficient_funds") << "in no block: known at once";

    world.chain.Mine();
    const auto small = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(small));
    world.engine().RunOnce();
    EXPECT_EQ(world.Get(small).reason, "payments_settling");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(small) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(large), "FINAL");
    world.CheckInvariants();
}

TEST(Fairness, ASpeedUpWaitsForWhatHasJustLanded) {
    World world;
    world.Boot();
    const auto first = world.Payment("0xbob", 499'000);
    ASSERT_TRUE(world.Accept(first));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(first) == "SUBMITTED"; }, false));
    world.chain.AnswerBroadcasts(chain::BroadcastResult::kRejected);
    const auto second = world.Payment("0xeve", 500'000);
    ASSERT_TRUE(world.Accept(second));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "SUBMITTED"; }, false));
    world.chain.AnswerBroadcasts(std::nullopt);
    world.chain.Mine();
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(second, AttemptKind::kSpeedUp), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.Get(second).attempts.size() == 2; }, false));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(second) == "FINAL"; }));
    world.CheckInvariants();
}

TEST(Fairness, RefusedBumpsEnd) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "SUBMITTED"; }, false));
    world.gate.RefuseSign(base::FailedPrecondition("restored", "of before the restore"));
    world.Crash();
    auto settings = World::Quick();
    settings.bump_after = std::chrono::milliseconds(1);
    world.Boot(settings);
    ASSERT_TRUE(
        world.RunUntil([&] { return world.Get(intent).reason == "bumps_exhausted"; }, false));
    world.Rounds(5, false);
    EXPECT_EQ(world.Sql("SELECT count(*) FROM attempts"), "6");
    EXPECT_EQ(world.Get(intent).reason, "bumps_exhausted");
    // Their numbers are gone; the user's own order has the next one.
    world.gate.RefuseSign(std::nullopt);
    ASSERT_TRUE(
        world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(intent) == "CANCELLED"; }));
    EXPECT_EQ(world.Sql("SELECT max(number) FROM attempts WHERE signed_tx IS NOT NULL"), "7");
    EXPECT_EQ(world.chain.PaidTo("0xbob"), 0U);
    world.CheckInvariants();
}

TEST(Fairness, MorePaymentsThanOneLookReadsTakeTurns) {
    World world;
    auto settings = World::Quick();
    settings.tracked_rows = 2;
    settings.rebroadcast = std::chrono::hours(1);
    world.Boot(settings);
    world.chain.AnswerBroadcasts(chain::BroadcastResult::kRejected);
    std::vector<transfer::NewIntent> stuck;
    for (int count = 0; count < 5; ++count) {
        stuck.push_back(world.Payment("0xbob", 500));
        ASSERT_TRUE(world.Accept(stuck.back()));
    }
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(stuck.back()) == "SUBMITTED"; }));
    world.chain.AnswerBroadcasts(std::nullopt);
    const Other other(world);
    const auto later = other.Payment("0xeve", 700);
    ASSERT_TRUE(world.Accept(later));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(later) == "FINAL"; }));
    EXPECT_EQ(world.StateOf(stuck.front()), "SUBMITTED");
}

TEST(Fairness, AWalletThatCannotBeLookedAtStopsNoFillOfAnother) {
    World world;
    world.Boot();
    const Other other(world);
    const auto broken = other.Payment("0xmia", 300);
    ASSERT_TRUE(world.Accept(broken));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(broken) == "SUBMITTED"; }, false));
    world.chain.BreakStatusOf(world.Get(broken).tx_hash);
    // Its gap is filled, as the fill's block is seen.
    const auto refused = world.Payment("0xbob", 500);
    const auto paid = world.Payment("0xeve", 500);
    ASSERT_TRUE(world.Accept(refused));
    ASSERT_TRUE(world.Accept(paid));
    world.gate.RefuseSignOf(refused.id, base::PermissionDenied("order_mismatch", "no"));
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(paid) == "FINAL"; }));
    ASSERT_TRUE(world.RunUntil([&] { return world.Sql("SELECT state FROM fills") == "landed"; }));
    EXPECT_EQ(world.StateOf(broken), "SUBMITTED");
    world.chain.BreakStatusOf("");
    ASSERT_TRUE(world.RunUntil([&] { return world.StateOf(broken) == "FINAL"; }, false));
    world.errors.clear();
    world.CheckInvariants();
}

}  // namespace transfer_test
