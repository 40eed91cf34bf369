#include "component/transfer/world.h"

#include <set>
#include <thread>

#include "crypto/hash.h"

namespace transfer_test {

namespace {

using std::chrono::milliseconds;

constexpr int kRoundsMax = 60;

}  // namespace

support::PrivatePostgres& Server() {
    static support::PrivatePostgres server({.fsync = false});
    return server;
}

void LapseAllLeases() {
    Server().Sql(
        "UPDATE leases SET expires_at = '-infinity'; "
        "UPDATE attempts SET claimed_until = '-infinity' WHERE claimed_until IS NOT NULL");
}

World::World() : from("0x" + base::UserId::Random().ToString()) {
    Server().Sql(
        "SET session_replication_role = replica; "
        "TRUNCATE intents, attempts, attempt_orders, accounts, holds, nonce_slots, coin_locks, "
        "fills, leases, chain_pins, chain_heads, incoming_transfers, follower_blocks, "
        "watched_addresses, native_baselines, outbox, event_chains, transfer_events, "
        "unknown_spends, restores CASCADE");
    pool = std::make_unique<pg::Pool>(
        pg::PoolOptions{.url = Server().Url("ethereum_service"),
                        .on_error = [this](std::string_view, std::string_view message) {
                            errors.emplace_back(message);
                        }});
    chain.Fund(from, 1'000'000);
}

World::~World() {
    engine_.reset();
    if (::testing::Test::HasFailure()) {
        for (const std::string& error : std::set<std::string>(errors.begin(), errors.end())) {
            ADD_FAILURE() << "the engine reported " << error;
        }
    }
}

transfer::Settings World::Quick() {
    transfer::Settings settings;
    settings.lease = std::chrono::seconds(30);  // no loaded machine loses one; tests let it lapse
    settings.scan = milliseconds(10);
    settings.recovery = milliseconds(50);
    settings.head_poll = milliseconds(10);
    settings.approval_poll = milliseconds(20);
    settings.retry = milliseconds(30);
    settings.rebroadcast = milliseconds(1);
    settings.bump_after = std::chrono::hours(1);
    settings.gate_calls_at_once = 1;
    settings.node_calls_at_once = 1;
    return settings;
}

transfer::Engine& World::Boot(const transfer::Settings& settings) {
    engine_ = Another(settings);
    return *engine_;
}

std::unique_ptr<transfer::Engine> World::Another(const transfer::Settings& settings) {
    transfer::Hooks hooks;
    hooks.on_error = [this](std::string_view what, const base::Error& error) {
        errors.push_back(std::string(what) + ": " + error.reason + ": " + error.detail);
    };
    return std::make_unique<transfer::Engine>(
        transfer::EngineParts{chain, gate, *pool, settings, hooks, read_order});
}

void World::Crash() {
    engine_.reset();
    LapseLeases();
}

void World::LapseLeases() {
    LapseAllLeases();
}

bool World::RunUntil(const std::function<bool()>& done, bool mine) {
    for (int round = 0; round < kRoundsMax; ++round) {
        engine_->RunOnce();
        if (done()) {
            return true;
        }
        if (mine) {
            chain.Mine();
        }
        std::this_thread::sleep_for(milliseconds(5));
    }
    return false;
}

void World::Rounds(int count, bool mine) {
    for (int round = 0; round < count; ++round) {
        engine_->RunOnce();
        if (mine) {
            chain.Mine();
        }
    }
}

transfer::NewIntent World::Payment(const std::string& to, std::uint64_t amount) {
    transfer::NewIntent intent;
    intent.id = base::IntentId::Random();
    intent.user = user;
    intent.wallet = wallet;
    intent.order = OrderFor(intent.id);
    intent.issued = base::SystemClock().Now();
    intent.expires = intent.issued + std::chrono::minutes(10);
    intent.parameters_digest = crypto::Sha256(base::AsBytes(to + std::to_string(amount)));
    intent.plan.from = from;
    intent.plan.asset = chain.parameters().native;
    intent.plan.action = chain::Transfer{{{to, money::UInt256(amount)}}};
    intent.plan.fee_cap = money::UInt256(3 * kFee);
    return intent;
}

transfer::Replacement World::Replace(const transfer::NewIntent& intent,
                                     chain::AttemptKind kind,
                                     std::uint64_t fee_cap) {
    transfer::Replacement replacement;
    replacement.intent = intent.id;
    replacement.user = user;
    replacement.wallet = wallet;
    replacement.kind = kind;
    replacement.order = OrderFor(intent.id, base::UserId::Random().ToString());
    replacement.expires = base::SystemClock().Now() + std::chrono::minutes(10);
    replacement.fee_cap = money::UInt256(fee_cap);
    return replacement;
}

base::Result<transfer::Payment> World::Accept(const transfer::NewIntent& intent) {
    return engine_->Accept(intent, NoWait());
}

std::string World::StateOf(const transfer::NewIntent& intent) {
    return Get(intent).state;
}

transfer::Payment World::Get(const transfer::NewIntent& intent) {
    auto payment = engine_->Get(intent.id.ToString());
    return payment ? std::move(*payment) : transfer::Payment();
}

void World::CheckInvariants() {
    EXPECT_EQ(gate.offences(), std::vector<std::string>());
    std::uint64_t expected = 0;
    for (const std::uint64_t nonce : chain.NoncesOf(from)) {
        EXPECT_EQ(nonce, expected++);
    }
    EXPECT_EQ(Sql("SELECT count(*) FROM intents WHERE first_broken_event(wallet_id) IS NOT NULL"),
              "0");
    EXPECT_EQ(Sql("SELECT count(*) FROM nonce_slots s JOIN nonce_slots t ON s.nonce = t.nonce "
                  "AND s.from_address = t.from_address AND s.ctid <> t.ctid"),
              "0");
}

transfer::Wait World::NoWait() {
    return {std::chrono::steady_clock::now(), {}};
}

transfer::Wait World::For(milliseconds time) {
    return {std::chrono::steady_clock::now() + time, {}};
}

}  // namespace transfer_test
