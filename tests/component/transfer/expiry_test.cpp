// Transactions that die of age: signed again only once the former one is proven dead.
#include <chrono>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "component/transfer/fake_chain.h"
#include "component/transfer/fake_gate.h"
#include "component/transfer/mortal_chain.h"
#include "component/transfer/world.h"
#include "crypto/hash.h"
#include "pg/pool.h"
#include "transfer/engine.h"

namespace transfer_test {

namespace {

using std::chrono::milliseconds;

constexpr int kRoundsMax = 80;
constexpr int kFewRounds = 12;  // in which nothing may happen

class Expiry : public ::testing::Test {
protected:
    void SetUp() override {
        World world;  // empties the tables
        pool_ = std::make_unique<pg::Pool>(
            pg::PoolOptions{.url = Server().Url("solana_service"),
                            .on_error = [](std::string_view, std::string_view message) {
                                ADD_FAILURE() << message;
                            }});
        chain_.Fund(from_, 10'000);
        Boot();
    }

    void Boot() {
        transfer::Settings settings = World::Quick();
        settings.death_poll = milliseconds(1);
        settings.resign_after = milliseconds(1);
        transfer::Hooks hooks;
        hooks.on_alarm = [this](std::string_view what, const std::string&) {
            alarms_.emplace_back(what);
        };
        engine_ = std::make_unique<transfer::Engine>(
            transfer::EngineParts{chain_, gate_, *pool_, settings, hooks});
    }

    [[nodiscard]] transfer::NewIntent Payment(std::uint64_t amount) const {
        transfer::NewIntent intent;
        intent.id = base::IntentId::Random();
        intent.user = base::UserId::Random();
        intent.wallet = wallet_;
        intent.order = OrderFor(intent.id);
        intent.issued = base::SystemClock().Now();
        intent.expires = intent.issued + std::chrono::minutes(10);
        intent.parameters_digest = crypto::Sha256(base::AsBytes(intent.id.ToString()));
        intent.plan.from = from_;
        intent.plan.asset = chain_.parameters().native;
        intent.plan.action = chain::Transfer{{{"bob", money::UInt256(amount)}}};
        intent.plan.fee_cap = money::UInt256(100);
        return intent;
    }

    void Accept(const transfer::NewIntent& intent) {
        const auto accepted = engine_->Accept(intent, World::NoWait());
        ASSERT_TRUE(accepted) << accepted.error().detail;
    }

    [[nodiscard]] base::Result<transfer::Payment> Replace(const transfer::NewIntent& intent,
                                                          chain::AttemptKind kind) {
        transfer::Replacement replacement;
        replacement.intent = intent.id;
        replacement.user = intent.user;
        replacement.wallet = wallet_;
        replacement.kind = kind;
        return engine_->Replace(replacement, World::NoWait());
    }

    // The follower has read up to this block.
    void FollowTo(std::uint64_t height) {
        Sql("INSERT INTO follower_blocks (network, height, hash, parent_hash) VALUES "
            "('solana:localnet', " +
            std::to_string(height) + ", 'h', 'p') ON CONFLICT DO NOTHING");
    }

    void Deposit(std::uint64_t amount, bool booked) {
        chain_.Fund(from_, amount);
        if (booked) {
            Sql("INSERT INTO incoming_transfers (network, tx_hash, position, wallet_id, user_id, "
                "address, asset_decimals, amount, state, block_height, block_hash, block_time) "
                "VALUES ('solana:localnet', 'gift', '1', '" +
                wallet_.ToString() + "', gen_random_uuid(), '" + from_ + "', 9, " +
                std::to_string(amount) + ", 'FINAL', " + std::to_string(chain_.newest()) +
                ", 'h', now())");
        }
    }

    bool RunUntil(const std::function<bool()>& done, bool mine = true, int rounds = kRoundsMax) {
        for (int round = 0; round < rounds; ++round) {
            engine_->RunOnce();
            if (done()) {
                return true;
            }
            if (mine) {
                chain_.Mine();
                FollowTo(chain_.final_height());
            }
            std::this_thread::sleep_for(milliseconds(5));
        }
        return false;
    }

    [[nodiscard]] transfer::Payment Get(const transfer::NewIntent& intent) {
        auto payment = engine_->Get(intent.id.ToString());
        return payment ? std::move(*payment) : transfer::Payment();
    }

    [[nodiscard]] std::string StateOf(const transfer::NewIntent& intent) {
        return Get(intent).state;
    }

    // Orders issued before are void.
    void Restore() {
        Sql("INSERT INTO restores (reason, accepted_at) VALUES ('test', now())");
        gate_.RefuseSign(base::FailedPrecondition("restored", "the order is older"));
    }

    static std::string Sql(const std::string& statement) { return Server().Sql(statement); }

    MortalChain chain_;
    FakeGate gate_;
    std::unique_ptr<pg::Pool> pool_;
    std::unique_ptr<transfer::Engine> engine_;
    const base::WalletId wallet_ = base::WalletId::Random();
    const std::string from_ = "alice";
    std::vector<std::string> alarms_;
};

TEST_F(Expiry, APaymentNeedsNoNonceAndLandsOnce) {
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
    EXPECT_EQ(Sql("SELECT count(*) FROM nonce_slots"), "0");
    EXPECT_EQ(gate_.offences(), std::vector<std::string>());
}

TEST_F(Expiry, ItIsSentAgainUntilItLands) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return chain_.broadcasts() > 2; }, false));
    chain_.SetDropping(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
}

TEST_F(Expiry, ADroppedOneIsProvenDeadAndSignedAgain) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    ASSERT_TRUE(RunUntil([&] { return Get(intent).attempts.size() == 2; }));
    chain_.SetDropping(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    const auto payment = Get(intent);
    ASSERT_EQ(payment.attempts.size(), 2U);
    EXPECT_EQ(payment.attempts[0].state, "dead");
    EXPECT_EQ(payment.attempts[1].state, "landed");
    EXPECT_NE(payment.attempts[0].tx_hash, payment.attempts[1].tx_hash);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
    EXPECT_NE(Sql("SELECT dead_proof FROM attempts WHERE number = 1").find("nowhere"),
              std::string::npos);
    EXPECT_EQ(alarms_, std::vector<std::string>());
}

TEST_F(Expiry, NothingIsDeadBeforeTheFollowerHasReadAsFar) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    chain_.Mine(30);
    ASSERT_FALSE(RunUntil([&] { return Get(intent).attempts.size() > 1; }, false, kFewRounds));
    EXPECT_EQ(Sql("SELECT state FROM attempts"), "live");
    chain_.SetDropping(false);
    FollowTo(chain_.final_height());
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
}

// Three minutes in which the node denies what it has included: the balance gives it away.
TEST_F(Expiry, AHiddenOneIsNeverSignedAgain) {
    chain_.SetHiding(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return Get(intent).needs_operator; }));
    EXPECT_EQ(Get(intent).state, "SUBMITTED");
    EXPECT_EQ(Get(intent).reason, "death_unproven");
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
    EXPECT_EQ(alarms_, std::vector<std::string>{"death_unproven"});
    EXPECT_FALSE(RunUntil([&] { return Get(intent).attempts.size() > 1; }, true, kFewRounds));
    chain_.SetHiding(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_FALSE(Get(intent).needs_operator);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
}

TEST_F(Expiry, ADepositThatWasBookedExplainsTheBalance) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    chain_.Mine();
    Deposit(777, true);
    ASSERT_TRUE(RunUntil([&] { return Get(intent).attempts.size() == 2; }));
}

// Whoever sends exactly what the payment costs could hide that it landed.
TEST_F(Expiry, ADepositThatNobodyBookedProvesNothing) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    chain_.Mine();
    Deposit(777, false);
    ASSERT_TRUE(RunUntil([&] { return Get(intent).needs_operator; }));
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
}

TEST_F(Expiry, AnotherPaymentOfTheWalletIsInTheBooks) {
    chain_.SetDropping(true);
    const auto dropped = Payment(100);
    Accept(dropped);
    ASSERT_TRUE(RunUntil([&] { return StateOf(dropped) == "SUBMITTED"; }, false));
    chain_.Mine();
    // The first one is out of the way while the second one lands.
    Sql("UPDATE attempts SET next_try_at = now() + interval '1 hour'");
    chain_.SetDropping(false);
    const auto other = Payment(50);
    Accept(other);
    ASSERT_TRUE(RunUntil([&] { return StateOf(other) == "FINAL"; }));
    ASSERT_TRUE(RunUntil([&] { return StateOf(dropped) == "FINAL"; }));
    EXPECT_EQ(Get(dropped).attempts.size(), 2U);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 2U);
}

TEST_F(Expiry, AfterThreeDeadOnesNothingWasPaid) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "EXPIRED"; }));
    EXPECT_EQ(Get(intent).attempts.size(), 3U);
    EXPECT_EQ(Get(intent).reason, "blockhash_expired");
    EXPECT_EQ(Sql("SELECT count(*) FROM holds WHERE released_at IS NULL"), "0");
    EXPECT_EQ(Sql("SELECT count(*) FROM attempts WHERE state <> 'dead'"), "0");
    ASSERT_TRUE(RunUntil([&] { return !gate_.outcomes().empty(); }));
    EXPECT_EQ(gate_.outcomes().begin()->second, transfer::State::kExpired);
}

TEST_F(Expiry, WhatCannotBePaidAnyMoreEndsUnpaid) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    chain_.RefusePrices(true);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "EXPIRED"; }));
    EXPECT_EQ(Get(intent).reason, "insufficient_funds");
    EXPECT_EQ(chain_.PaymentsTo("bob"), 0U);
}

// Another payment could be reserved with the same money.
TEST_F(Expiry, WhatADearerAttemptTakesIsHeld) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    EXPECT_EQ(Sql("SELECT amount FROM holds"), "105");
    chain_.SetFee(40);
    ASSERT_TRUE(RunUntil([&] { return Get(intent).attempts.size() == 2; }));
    EXPECT_EQ(Sql("SELECT amount FROM holds"), "140");
    chain_.SetFee(kMortalFee);
    chain_.SetDropping(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
}

TEST_F(Expiry, ADearerAttemptThatTheWalletCannotPayIsNotMade) {
    chain_.SetDropping(true);
    const auto dropped = Payment(100);
    Accept(dropped);
    ASSERT_TRUE(RunUntil([&] { return StateOf(dropped) == "SUBMITTED"; }, false));
    // The rest of the wallet goes, all but a few.
    Sql("UPDATE attempts SET next_try_at = now() + interval '1 hour'");
    chain_.SetDropping(false);
    const auto other = Payment(9'880);
    Accept(other);
    ASSERT_TRUE(RunUntil([&] { return StateOf(other) == "FINAL"; }));
    chain_.SetFee(40);
    ASSERT_TRUE(RunUntil([&] { return StateOf(dropped) == "EXPIRED"; }));
    EXPECT_EQ(Get(dropped).reason, "insufficient_gas");
    EXPECT_EQ(Get(dropped).attempts.size(), 1U);
    EXPECT_EQ(Sql("SELECT count(*) FROM holds WHERE released_at IS NULL "
                  "AND mined_height IS NULL"),
              "0");
}

TEST_F(Expiry, AnEngineThatDiedPastTheExpiryFindsWhatLanded) {
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return chain_.broadcasts() > 0; }, false));
    engine_.reset();
    chain_.Mine(40);
    FollowTo(chain_.final_height());
    LapseAllLeases();
    Boot();
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
}

TEST_F(Expiry, ADeadOneIsNotSignedAgainBeforeItsTime) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    // wallet-manager would refuse: the transaction was signed a moment ago.
    gate_.RefuseSign(base::Unavailable("signed_lately", "wait"));
    ASSERT_TRUE(RunUntil([&] { return Sql("SELECT count(*) FROM attempts") == "2"; }));
    EXPECT_EQ(Sql("SELECT state FROM attempts WHERE number = 2"), "requested");
    gate_.RefuseSign(std::nullopt);
    chain_.SetDropping(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
}

// Signed a second time after the dump that the database was restored from.
TEST_F(Expiry, WhatARestoreForgotIsFoundAndNotSignedAgain) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    Sql("UPDATE attempts SET next_try_at = now() + interval '1 hour'");
    chain_.SetDropping(false);
    auto second =
        FakeDecode(*base::HexDecode(Sql("SELECT encode(unsigned_tx, 'hex') "
                                        "FROM attempts")));
    second["last"] = second["last"].get<std::uint64_t>() + kLife;
    const std::string text = second.dump();
    const base::Bytes bytes = FakeSign(base::AsBytes(text));
    ASSERT_TRUE(chain_.Broadcast(bytes));
    Sql("INSERT INTO unknown_spends (network, tx_hash, wallet_id, user_id, block_height, "
        "block_time) VALUES ('solana:localnet', '" +
        FakeHash(bytes) + "', '" + wallet_.ToString() + "', gen_random_uuid(), 2, now())");
    Restore();
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Get(intent).tx_hash, FakeHash(bytes));
    EXPECT_EQ(Get(intent).attempts.size(), 2U);
    EXPECT_EQ(chain_.PaymentsTo("bob"), 1U);
    EXPECT_EQ(gate_.signatures(), 1U);
    EXPECT_EQ(Sql("SELECT count(*) FROM unknown_spends"), "0");
}

TEST_F(Expiry, WhatARestoreMayHaveForgottenIsNeitherSignedAgainNorEnded) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    Restore();
    ASSERT_TRUE(RunUntil([&] { return Get(intent).needs_operator; }));
    EXPECT_FALSE(RunUntil([&] { return StateOf(intent) != "SUBMITTED"; }, true, kFewRounds));
    EXPECT_EQ(Get(intent).reason, "death_unproven");
    EXPECT_EQ(Get(intent).attempts.size(), 1U);
}

TEST_F(Expiry, ASpeedUpAndACancelAreRefused) {
    chain_.SetDropping(true);
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "SUBMITTED"; }, false));
    for (const auto kind : {chain::AttemptKind::kSpeedUp, chain::AttemptKind::kCancel}) {
        const auto answer = Replace(intent, kind);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, "not_replaceable");
    }
    chain_.SetDropping(false);
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "FINAL"; }));
    EXPECT_EQ(Replace(intent, chain::AttemptKind::kCancel).error().reason, "already_confirmed");
}

TEST_F(Expiry, ABlockThatNobodyKeepsHoldsUpItsOwnPaymentAlone) {
    const auto first = Payment(100);
    Accept(first);
    ASSERT_TRUE(RunUntil([&] { return StateOf(first) == "MINED"; }));
    chain_.LoseBlock(Get(first).block_height.value_or(0));
    const auto second = Payment(50);
    Accept(second);
    ASSERT_TRUE(RunUntil([&] { return StateOf(second) == "FINAL"; }));
    EXPECT_EQ(StateOf(first), "MINED");
    chain_.LoseBlock(0);
    ASSERT_TRUE(RunUntil([&] { return StateOf(first) == "FINAL"; }));
}

TEST_F(Expiry, ACancelBeforeTheSignatureMayBeRepeated) {
    const auto intent = Payment(100);
    Accept(intent);
    ASSERT_TRUE(Replace(intent, chain::AttemptKind::kCancel));
    ASSERT_TRUE(RunUntil([&] { return StateOf(intent) == "REJECTED"; }));
    const auto again = Replace(intent, chain::AttemptKind::kCancel);
    ASSERT_TRUE(again) << again.error().reason;
    EXPECT_EQ(again->state, "REJECTED");
    EXPECT_EQ(chain_.PaymentsTo("bob"), 0U);
}

}  // namespace

}  // namespace transfer_test
