// Everything around an engine of one test: a private Postgres, the fakes, and engines that can be
// dropped like a process that dies.
#pragma once

#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "component/transfer/fake_chain.h"
#include "component/transfer/fake_gate.h"
#include "pg/pool.h"
#include "support/private_postgres.h"
#include "transfer/engine.h"

namespace transfer_test {

// One server a test executable; each World begins with empty tables.
[[nodiscard]] support::PrivatePostgres& Server();

// As if the time of every lease, and of every claim of an attempt to send, were over.
void LapseAllLeases();

class World {
public:
    World();
    ~World();

    // Times short enough for tests; one call at a time, on the test's thread.
    [[nodiscard]] static transfer::Settings Quick();

    // An engine that only moves when the test calls Run.
    transfer::Engine& Boot(const transfer::Settings& settings = Quick());
    // The engine dies; its leases expire.
    void Crash();
    // Any engine may take any wallet now; who had it still believes that it has.
    void LapseLeases();

    [[nodiscard]] transfer::Engine& engine() { return *engine_; }

    [[nodiscard]] std::unique_ptr<transfer::Engine> Another(const transfer::Settings& settings);

    // Rounds of the engine with a block after each, until `done` or 60 rounds.
    bool RunUntil(const std::function<bool()>& done, bool mine = true);

    void Rounds(int count, bool mine = true);

    [[nodiscard]] transfer::NewIntent Payment(const std::string& to, std::uint64_t amount);
    [[nodiscard]] transfer::Replacement Replace(const transfer::NewIntent& intent,
                                                chain::AttemptKind kind,
                                                std::uint64_t fee_cap = 1'000);
    [[nodiscard]] base::Result<transfer::Payment> Accept(const transfer::NewIntent& intent);
    [[nodiscard]] std::string StateOf(const transfer::NewIntent& intent);
    [[nodiscard]] transfer::Payment Get(const transfer::NewIntent& intent);
    // Nothing was spent twice, every nonce of the wallet is contiguous, the gate saw no offence,
    // and the event chain holds.
    void CheckInvariants();

    [[nodiscard]] static transfer::Wait NoWait();
    [[nodiscard]] static transfer::Wait For(std::chrono::milliseconds time);

    std::string Sql(const std::string& statement) { return Server().Sql(statement); }

    FakeChain chain;
    FakeGate gate;
    std::unique_ptr<pg::Pool> pool;
    const base::UserId user = base::UserId::Random();
    const base::WalletId wallet = base::WalletId::Random();
    const std::string from;
    transfer::OrderReader read_order;  // of engines that boot later
    std::vector<std::string> errors;   // what the engine reported

private:
    std::unique_ptr<transfer::Engine> engine_;
};

}  // namespace transfer_test
