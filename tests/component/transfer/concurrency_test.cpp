// Engines with all their threads, callers at the same time, and two engines over one database.
#include <future>
#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "component/transfer/world.h"

namespace transfer_test {

namespace {

using std::chrono::milliseconds;

transfer::Settings Threads() {
    transfer::Settings settings = World::Quick();
    settings.lease = milliseconds(2'000);
    settings.lease_renewal = milliseconds(300);
    settings.retry = milliseconds(50);
    settings.rebroadcast = milliseconds(2'000);
    settings.approval_poll = milliseconds(50);
    settings.gate_calls_at_once = 8;
    settings.node_calls_at_once = 8;
    return settings;
}

// A block every few milliseconds while it lives.
class Miner {
public:
    explicit Miner(FakeChain& chain)
        : thread_([&chain](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  chain.Mine();
                  std::this_thread::sleep_for(milliseconds(20));
              }
          }) {}

private:
    std::jthread thread_;
};

bool Eventually(const std::function<bool()>& done) {
    for (int look = 0; look < 400; ++look) {
        if (done()) {
            return true;
        }
        std::this_thread::sleep_for(milliseconds(50));
    }
    return false;
}

bool AllFinal(World& world, std::size_t count) {
    return Eventually([&] {
        return world.Sql("SELECT count(*) FROM intents WHERE state = 'FINAL'") ==
               std::to_string(count);
    });
}

}  // namespace

TEST(Concurrency, FiftyIdenticalCallsMakeOnePayment) {
    World world;
    world.Boot(Threads()).Start();
    const Miner miner(world.chain);
    const auto intent = world.Payment("0xbob", 500);
    std::vector<std::future<base::Result<transfer::Payment>>> calls;
    for (int index = 0; index < 50; ++index) {
        calls.push_back(std::async(std::launch::async, [&] {
            return world.engine().Accept(intent, World::For(milliseconds(10'000)));
        }));
    }
    std::set<std::string> hashes;
    for (auto& call : calls) {
        const auto payment = call.get();
        ASSERT_TRUE(payment) << payment.error().detail;
        hashes.insert(payment->tx_hash);
    }
    EXPECT_EQ(hashes.size(), 1U);
    EXPECT_NE(*hashes.begin(), "");
    ASSERT_TRUE(AllFinal(world, 1));
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
    EXPECT_EQ(world.gate.signatures(), 1U);
    world.engine().Stop();
    world.CheckInvariants();
}

TEST(Concurrency, AHundredPaymentsOfOneWalletHaveContiguousNonces) {
    World world;
    world.Boot(Threads()).Start();
    const Miner miner(world.chain);
    std::vector<std::future<base::Result<transfer::Payment>>> calls;
    for (int index = 0; index < 100; ++index) {
        calls.push_back(std::async(std::launch::async, [&world, index] {
            return world.engine().Accept(world.Payment("0xto" + std::to_string(index), 100),
                                         World::For(milliseconds(20'000)));
        }));
    }
    std::set<std::uint64_t> nonces;
    for (auto& call : calls) {
        const auto payment = call.get();
        ASSERT_TRUE(payment) << payment.error().detail;
        ASSERT_TRUE(payment->nonce);
        nonces.insert(*payment->nonce);
    }
    EXPECT_EQ(nonces.size(), 100U);
    EXPECT_EQ(*nonces.rbegin(), 99U);
    ASSERT_TRUE(AllFinal(world, 100));
    for (int index = 0; index < 100; ++index) {
        EXPECT_EQ(world.chain.PaymentsTo("0xto" + std::to_string(index)), 1U);
    }
    world.engine().Stop();
    world.CheckInvariants();
}

TEST(Concurrency, TwoEnginesShareAWalletWithoutHarm) {
    World world;
    world.Boot(Threads()).Start();
    const auto other = world.Another(Threads());
    other->Start();
    const Miner miner(world.chain);
    std::vector<std::future<base::Result<transfer::Payment>>> calls;
    for (int index = 0; index < 40; ++index) {
        calls.push_back(std::async(std::launch::async, [&world, &other, index] {
            transfer::Engine& engine = index % 2 == 0 ? world.engine() : *other;
            return engine.Accept(world.Payment("0xto" + std::to_string(index), 100),
                                 World::For(milliseconds(20'000)));
        }));
    }
    for (auto& call : calls) {
        const auto payment = call.get();
        ASSERT_TRUE(payment) << payment.error().detail;
        EXPECT_NE(payment->tx_hash, "");
    }
    ASSERT_TRUE(AllFinal(world, 40));
    other->Stop();
    world.engine().Stop();
    EXPECT_EQ(world.gate.signatures(), 40U);
    world.CheckInvariants();
}

TEST(Concurrency, ASecondEngineTakesOverFromADeadOneAndFencesIt) {
    World world;
    world.Boot();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.Accept(intent));
    world.Rounds(1, false);
    ASSERT_EQ(world.StateOf(intent), "SUBMITTED");
    // The first still believes in its lease; the second has taken it.
    const auto settings = World::Quick();
    world.LapseLeases();
    const auto successor = world.Another(settings);
    successor->RunOnce();
    world.chain.Mine();
    ASSERT_TRUE(Eventually([&] {
        successor->RunOnce();
        return world.StateOf(intent) == "MINED";
    }));
    EXPECT_NE(world.Sql("SELECT epoch FROM leases WHERE name LIKE 'wallet:%'"), "1");
    world.Rounds(2);
    EXPECT_EQ(world.StateOf(intent), "MINED");  // it may look, and moves nothing
    ASSERT_TRUE(Eventually([&] {
        successor->RunOnce();
        world.chain.Mine();
        return world.StateOf(intent) == "FINAL";
    }));
    world.CheckInvariants();
}

TEST(Concurrency, StopHandsTheLeasesOverAtOnce) {
    World world;
    world.Boot(Threads()).Start();
    const auto intent = world.Payment("0xbob", 500);
    ASSERT_TRUE(world.engine().Accept(intent, World::For(milliseconds(10'000))));
    world.engine().Stop();
    EXPECT_EQ(world.Sql("SELECT count(*) FROM leases WHERE expires_at > now()"), "0");
}

TEST(Concurrency, ACallersEndDoesNotEndTheIntent) {
    World world;
    world.gate.SetDown(true);
    world.Boot(Threads()).Start();
    const Miner miner(world.chain);
    const auto intent = world.Payment("0xbob", 500);
    std::stop_source cancelled;
    cancelled.request_stop();
    const auto payment = world.engine().Accept(
        intent, {std::chrono::steady_clock::now() + milliseconds(60'000), cancelled.get_token()});
    ASSERT_TRUE(payment);
    EXPECT_EQ(payment->status, "pending");
    world.gate.SetDown(false);
    ASSERT_TRUE(AllFinal(world, 1));
    world.engine().Stop();
    EXPECT_EQ(world.chain.PaymentsTo("0xbob"), 1U);
}

}  // namespace transfer_test
