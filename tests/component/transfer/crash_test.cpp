// The process dies at every call to a neighbour, before and after its effect, and a new one goes
// on: whatever the point, each intent pays once.
#include <gtest/gtest.h>
#include <random>

#include "component/transfer/world.h"

namespace transfer_test {

namespace {

using When = Fault::When;
using chain::AttemptKind;

constexpr int kLifeMax = 40;

// Runs engines one after the other until `done`, each for as long as it lives.
bool Survive(World& world, const std::function<bool()>& done) {
    for (int life = 0; life < kLifeMax; ++life) {
        world.Boot();
        try {
            if (world.RunUntil(done)) {
                return true;
            }
        } catch (const Crash&) {
        }
        world.Crash();
    }
    return false;
}

struct Point {
    bool gate;  // else the chain
    std::size_t call;
    When when;
};

// False: the engine never makes that many calls, so the test has seen them all.
bool CrashOnce(const Point& point) {
    World world;
    Fault& fault = point.gate ? world.gate.fault : world.chain.fault;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    const auto second = world.Payment("0xeve", 700);
    EXPECT_TRUE(world.Accept(intent));
    EXPECT_TRUE(world.Accept(second));
    fault.Arm(point.call, point.when);
    EXPECT_TRUE(Survive(world,
                        [&] {
                            return world.StateOf(intent) == "FINAL" &&
                                   world.StateOf(second) == "FINAL" &&
                                   world.gate.outcomes().size() == 2;
                        }))
        << (point.gate ? "gate" : "chain") << " call " << point.call;
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.chain.PaymentsTo("0xeve"), 1U);
    EXPECT_EQ(world.gate.signatures(), 2U);
    world.CheckInvariants();
    return fault.fired();
}

}  // namespace

TEST(Crash, AtEveryCallToWalletManagerPaysOnce) {
    for (const When when : {When::kBefore, When::kAfter}) {
        std::size_t call = 0;
        while (CrashOnce({true, call, when})) {
            ASSERT_LT(++call, 50U);
        }
        EXPECT_GE(call, 6U);  // Authorise, Sign and ReportOutcome of both
    }
}

TEST(Crash, AtCallsToTheNodePaysOnce) {
    for (const When when : {When::kBefore, When::kAfter}) {
        std::size_t deaths = 0;
        // Each second: the calls that only read are many.
        for (std::size_t call = 0; call < 16; call += 2) {
            deaths += CrashOnce({false, call, when}) ? 1 : 0;
        }
        EXPECT_GE(deaths, 5U);
    }
}

TEST(Crash, DuringACancelEndsInOneOfTheTwo) {
    for (std::size_t call = 0; call < 4; ++call) {
        World world;
        world.Boot();
        const auto intent = world.Payment("0xbob", 500);
        ASSERT_TRUE(world.Accept(intent));
        world.Rounds(1, false);
        ASSERT_TRUE(
            world.engine().Replace(world.Replace(intent, AttemptKind::kCancel), World::NoWait()));
        world.gate.fault.Arm(call, When::kAfter);
        ASSERT_TRUE(Survive(world, [&] {
            const auto state = world.StateOf(intent);
            return state == "FINAL" || state == "CANCELLED";
        }));
        const bool paid = world.StateOf(intent) == "FINAL";
        EXPECT_EQ(world.chain.PaidTo("0xbob"), paid ? 500U : 0U);
        world.CheckInvariants();
    }
}

TEST(Crash, DuringAVoidFreesTheNonceOnce) {
    for (std::size_t call = 0; call < 3; ++call) {
        World world;
        world.Boot();
        const auto refused = world.Payment("0xbob", 500);
        const auto next = world.Payment("0xeve", 500);
        world.gate.RefuseSignOf(refused.id, base::PermissionDenied("order_mismatch", "no"));
        ASSERT_TRUE(world.Accept(refused));
        ASSERT_TRUE(world.Accept(next));
        world.gate.fault.Arm(call, When::kAfter);
        ASSERT_TRUE(Survive(world, [&] {
            return world.StateOf(refused) == "REJECTED" && world.StateOf(next) == "FINAL";
        }));
        EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 0U);
        EXPECT_EQ(world.chain.PaymentsTo("0xeve"), 1U);
        world.CheckInvariants();
    }
}

// Payments, deaths, reorgs, silent neighbours and cancels in an order that only the seed knows.
TEST(Crash, SeededStormsPayEachIntentAtMostOnce) {
    for (unsigned seed = 1; seed <= 6; ++seed) {
        std::mt19937 random(seed);
        const auto chance = [&](unsigned of) { return random() % of == 0; };
        World world;
        world.Boot();
        std::vector<transfer::NewIntent> intents;
        std::vector<std::string> names;
        for (int step = 0; step < 40; ++step) {
            world.chain.SetDown(chance(8));
            world.gate.SetDown(chance(8));
            (chance(2) ? world.gate.fault : world.chain.fault)
                .Arm(random() % 60, chance(2) ? When::kBefore : When::kAfter);
            try {
                if (chance(2)) {
                    names.push_back("0x" + std::to_string(seed) + "-" + std::to_string(step));
                    intents.push_back(world.Payment(names.back(), 100));
                    static_cast<void>(world.Accept(intents.back()));
                }
                if (!intents.empty() && chance(4)) {
                    const auto& target = intents[random() % intents.size()];
                    static_cast<void>(world.engine().Replace(
                        world.Replace(target,
                                      chance(2) ? AttemptKind::kCancel : AttemptKind::kSpeedUp),
                        World::NoWait()));
                }
                if (chance(6)) {
                    world.chain.Reorganise(1, chance(2));
                }
                world.Rounds(1, chance(2));
            } catch (const Crash&) {
                world.Crash();
                world.Boot();
            }
        }
        world.chain.SetDown(false);
        world.gate.SetDown(false);
        world.chain.fault.Disarm();
        world.gate.fault.Disarm();
        ASSERT_TRUE(world.RunUntil([&] {
            return world.Sql("SELECT count(*) FROM intents WHERE ended_at IS NULL") == "0";
        })) << "seed "
            << seed;
        for (std::size_t index = 0; index < intents.size(); ++index) {
            const auto payments = world.chain.PaymentsTo(names[index]);
            EXPECT_EQ(payments, world.StateOf(intents[index]) == "FINAL" ? 1U : 0U)
                << "seed " << seed << " payment " << index;
        }
        world.CheckInvariants();
    }
}

}  // namespace transfer_test
