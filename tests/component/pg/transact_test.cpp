// Commit, rollback, errors and the doubt at COMMIT, against a real server.
#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "pg/pool.h"
#include "support/private_postgres.h"
#include "support/tcp_proxy.h"

namespace {

using support::CutMoment;

// As a whole statement on the wire; BEGIN ... READ COMMITTED has no NUL here.
const std::string kCommit("COMMIT\0", 7);

constexpr std::string_view kSchema = R"(
    DROP SCHEMA public CASCADE;
    CREATE SCHEMA public;
    GRANT ALL ON SCHEMA public TO platform;
    CREATE TABLE parents (id bigint PRIMARY KEY);
    CREATE TABLE payments (
        id     bigint CONSTRAINT payments_pkey PRIMARY KEY,
        parent bigint CONSTRAINT payments_parent_fkey REFERENCES parents (id),
        amount bigint NOT NULL DEFAULT 1 CONSTRAINT payments_amount_positive CHECK (amount > 0),
        note   text,
        late   bigint CONSTRAINT payments_late_key UNIQUE DEFERRABLE INITIALLY DEFERRED);
    GRANT ALL ON ALL TABLES IN SCHEMA public TO platform;
)";

class Transact : public testing::Test {
protected:
    // One for all tests of this file.
    static support::PrivatePostgres& Server() {
        static support::PrivatePostgres server({.fsync = false, .migrated = false});
        return server;
    }

    void SetUp() override { Server().Sql(kSchema); }

    // Inserts one payment through the pool.
    static base::Result<> Insert(pg::Pool& pool, std::int64_t id) {
        return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(tx.Exec("INSERT INTO payments (id) VALUES ($1)", id));
            return {};
        });
    }

    base::Error Fails(const std::string& sql) {
        const auto done = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(tx.Exec(sql));
            return {};
        });
        return done.has_error() ? done.error() : base::Error{};
    }

    [[nodiscard]] std::string Count() const {
        return Server().Sql("SELECT count(*) FROM payments");
    }

    pg::Pool pool_{pg::PoolOptions{.url = Server().Url()}};
};

TEST_F(Transact, CommitsAValue) {
    ASSERT_TRUE(Insert(pool_, 1).has_value());
    EXPECT_EQ(Count(), "1");
}

TEST_F(Transact, RollsBackOnAnError) {
    const auto done = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<int> {
        BASE_RETURN_IF_ERROR(tx.Exec("INSERT INTO payments (id) VALUES (1)"));
        return base::NotFound("no_such_thing", "");
    });
    EXPECT_EQ(done.error().reason, "no_such_thing");
    EXPECT_EQ(Count(), "0");
}

TEST_F(Transact, SaysThatAGrantIsMissing) {
    Server().Sql("REVOKE INSERT ON payments FROM platform");
    std::string state;
    std::string text;
    pg::Pool pool({.url = Server().Url(), .on_error = [&](auto sqlstate, auto message) {
                       state = sqlstate;
                       text = message;
                   }});
    const auto done = Insert(pool, 1);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, base::ErrorKind::kInternal);
    EXPECT_EQ(done.error().metadata.at("sqlstate"), "42501");
    EXPECT_NE(done.error().detail.find("grant"), std::string::npos) << done.error().detail;
    EXPECT_EQ(state, "42501");
    EXPECT_NE(text.find("permission denied for table payments"), std::string::npos) << text;
    // The connection is in order.
    EXPECT_TRUE(pool.Ping());
    EXPECT_EQ(pool.Stats().idle, 1U);
}

TEST_F(Transact, RollsBackOnAnException) {
    EXPECT_THROW((void)pg::Transact(pool_,
                                    [](pg::Tx& tx) -> base::Result<> {
                                        (void)tx.Exec("INSERT INTO payments (id) VALUES (1)");
                                        throw std::runtime_error("bug");
                                    }),
                 std::runtime_error);
    EXPECT_EQ(Count(), "0");
    EXPECT_EQ(pool_.Stats().in_use, 0U);
}

TEST_F(Transact, DoesNotCommitAfterASwallowedFailure) {
    ASSERT_TRUE(Insert(pool_, 1).has_value());
    const auto done = pg::Transact(pool_, [](pg::Tx& tx) -> base::Result<> {
        (void)tx.Exec("INSERT INTO payments (id) VALUES (2)");
        (void)tx.Exec("INSERT INTO payments (id) VALUES (1)");
        const auto later = tx.Exec("INSERT INTO payments (id) VALUES (3)");
        EXPECT_EQ(later.error().reason, "unique_violation");
        return {};
    });
    EXPECT_EQ(done.error().reason, "unique_violation");
    EXPECT_EQ(Count(), "1");
}

TEST_F(Transact, NamesTheViolatedConstraint) {
    Server().Sql("INSERT INTO payments (id) VALUES (1)");

    struct {
        std::string sql;
        base::ErrorKind kind;
        std::string reason;
        std::string constraint;
    } cases[] = {
        {"INSERT INTO payments (id) VALUES (1)",
         base::ErrorKind::kAlreadyExists,
         "unique_violation",
         "payments_pkey"},
        {"INSERT INTO payments (id, parent) VALUES (2, 7)",
         base::ErrorKind::kFailedPrecondition,
         "foreign_key_violation",
         "payments_parent_fkey"},
        {"INSERT INTO payments (id, amount) VALUES (2, 0)",
         base::ErrorKind::kFailedPrecondition,
         "check_violation",
         "payments_amount_positive"},
        {"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation',"
         " CONSTRAINT = 'legal_move'; END $$",
         base::ErrorKind::kFailedPrecondition,
         "check_violation",
         "legal_move"},
    };

    for (const auto& expected : cases) {
        const base::Error error = Fails(expected.sql);
        EXPECT_EQ(error.kind, expected.kind) << expected.sql;
        EXPECT_EQ(error.reason, expected.reason) << expected.sql;
        EXPECT_TRUE(pg::Violates(error, expected.constraint)) << expected.sql;
    }
}

TEST_F(Transact, IsNotFooledByAConstraintNameInsideAValue) {
    const base::Error error = Fails(
        "INSERT INTO payments (id, amount, note)"
        " VALUES (2, 0, E'x\\nCONSTRAINT NAME:  wallets_pkey\\n')");
    EXPECT_TRUE(pg::Violates(error, "payments_amount_positive"));
    EXPECT_FALSE(pg::Violates(error, "wallets_pkey"));
}

TEST_F(Transact, MapsAConstraintThatIsCheckedAtCommit) {
    Server().Sql("INSERT INTO payments (id, late) VALUES (1, 5)");
    const base::Error error = Fails("INSERT INTO payments (id, late) VALUES (2, 5)");
    EXPECT_EQ(error.reason, "unique_violation");
    EXPECT_TRUE(pg::Violates(error, "payments_late_key"));
    EXPECT_EQ(Count(), "1");
}

TEST_F(Transact, HidesOtherErrorsBehindTheirSqlState) {
    const base::Error error = Fails("SELECT secret FROM nowhere");
    EXPECT_EQ(error.reason, "internal");
    EXPECT_EQ(error.metadata.at("sqlstate"), "42P01");
    EXPECT_EQ(error.detail.find("nowhere"), std::string::npos);
}

TEST_F(Transact, TellsTheHookTheWholeError) {
    std::string seen;
    pg::Pool pool(
        {.url = Server().Url(), .on_error = [&](std::string_view state, std::string_view message) {
             seen = std::string(state) + " " + std::string(message);
         }});
    ASSERT_FALSE(pg::Transact(pool, [](pg::Tx& tx) {
                     return tx.Exec("SELECT secret FROM nowhere");
                 }).has_value());
    EXPECT_NE(seen.find("42P01"), std::string::npos);
    EXPECT_NE(seen.find("nowhere"), std::string::npos);
}

TEST_F(Transact, EndsASlowStatement) {
    const auto done = pg::Transact(pool_,
                                   [](pg::Tx& tx) { return tx.Exec("SELECT pg_sleep(5)"); },
                                   {.statement_timeout = std::chrono::milliseconds(50)});
    EXPECT_EQ(done.error().kind, base::ErrorKind::kDeadlineExceeded);
    EXPECT_EQ(done.error().reason, "statement_timeout");
    EXPECT_TRUE(pool_.Ping().has_value());
}

TEST_F(Transact, EndsASlowStatementAtTheCallersDeadline) {
    const auto begun = std::chrono::steady_clock::now();
    const auto done = pg::Transact(pool_,
                                   [](pg::Tx& tx) { return tx.Exec("SELECT pg_sleep(5)"); },
                                   {.deadline = begun + std::chrono::milliseconds(100)});
    EXPECT_EQ(done.error().reason, "statement_timeout");
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(3));
}

TEST_F(Transact, GivesUpOnALockedRow) {
    Server().Sql("INSERT INTO payments (id) VALUES (1)");
    const auto done = pg::Transact(pool_, [&](pg::Tx& holder) -> base::Result<> {
        BASE_RETURN_IF_ERROR(holder.Exec("SELECT * FROM payments FOR UPDATE"));
        const auto blocked = std::make_unique<std::thread>([&] {
            const auto inner = pg::Transact(
                pool_,
                [](pg::Tx& tx) { return tx.Exec("SELECT * FROM payments FOR UPDATE"); },
                {.lock_timeout = std::chrono::milliseconds(30)});
            EXPECT_EQ(inner.error().reason, "lock_timeout");
            EXPECT_EQ(inner.error().kind, base::ErrorKind::kAborted);
        });
        blocked->join();
        return {};
    });
    EXPECT_TRUE(done.has_value());
}

TEST_F(Transact, RunsAgainAfterADeadlock) {
    Server().Sql("INSERT INTO payments (id, amount) VALUES (1, 1), (2, 1)");
    std::atomic<int> arrived{0};
    std::atomic<int> runs{0};
    const auto transfer = [&](std::int64_t first, std::int64_t second) {
        return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<> {
            ++runs;
            const std::string sql = "UPDATE payments SET amount = amount + 1 WHERE id = $1";
            BASE_RETURN_IF_ERROR(tx.Exec(sql, first));
            // On the first run each waits until the other holds its row.
            ++arrived;
            while (arrived < 2) {
                std::this_thread::yield();
            }
            BASE_RETURN_IF_ERROR(tx.Exec(sql, second));
            return {};
        });
    };
    std::thread other([&] { EXPECT_TRUE(transfer(1, 2).has_value()); });
    EXPECT_TRUE(transfer(2, 1).has_value());
    other.join();
    EXPECT_EQ(runs, 3);
    EXPECT_EQ(Server().Sql("SELECT sum(amount) FROM payments"), "6");
}

TEST_F(Transact, StopsAfterTooManyConflicts) {
    int runs = 0;
    const auto done = pg::Transact(pool_, [&](pg::Tx& tx) {
        ++runs;
        return tx.Exec("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$");
    });
    EXPECT_EQ(done.error().reason, "transaction_conflict");
    EXPECT_EQ(done.error().kind, base::ErrorKind::kAborted);
    EXPECT_EQ(runs, 5);
}

TEST_F(Transact, NeverRunsAgainAfterAnotherFailure) {
    int runs = 0;
    (void)pg::Transact(pool_, [&](pg::Tx& tx) {
        ++runs;
        return tx.Exec("INSERT INTO payments (id, amount) VALUES (1, 0)");
    });
    EXPECT_EQ(runs, 1);
}

TEST_F(Transact, IsInDoubtWhenTheReplyToCommitIsLost) {
    support::TcpProxy proxy(Server().SocketPath());
    pg::Pool pool({.url = support::PrivatePostgres::TcpUrl(proxy.port(), "platform")});
    proxy.CutOn(kCommit, CutMoment::kAfterReply);
    const auto done = Insert(pool, 1);
    EXPECT_EQ(done.error().kind, base::ErrorKind::kUnavailable);
    EXPECT_EQ(done.error().reason, "commit_in_doubt");
    EXPECT_EQ(Count(), "1");
    EXPECT_TRUE(pool.Ping().has_value());
}

TEST_F(Transact, IsInDoubtWhenCommitNeverArrived) {
    support::TcpProxy proxy(Server().SocketPath());
    pg::Pool pool({.url = support::PrivatePostgres::TcpUrl(proxy.port(), "platform")});
    proxy.CutOn(kCommit, CutMoment::kBeforeForward);
    EXPECT_EQ(Insert(pool, 1).error().reason, "commit_in_doubt");
    EXPECT_EQ(Count(), "0");
}

TEST_F(Transact, IsInDoubtWhenTheBackendDiesAtCommit) {
    // A deferred trigger runs inside COMMIT and has the superuser end this very backend.
    Server().Sql(R"(
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
            $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON payments
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die())");
    EXPECT_EQ(Insert(pool_, 1).error().reason, "commit_in_doubt");
    EXPECT_EQ(Count(), "0");
}

TEST_F(Transact, IsNotInDoubtBeforeCommit) {
    support::TcpProxy proxy(Server().SocketPath());
    pg::Pool pool({.url = support::PrivatePostgres::TcpUrl(proxy.port(), "platform")});
    proxy.CutOn("INSERT", CutMoment::kAfterReply);
    int runs = 0;
    const auto done = pg::Transact(pool, [&](pg::Tx& tx) {
        ++runs;
        return tx.Exec("INSERT INTO payments (id) VALUES (1)");
    });
    EXPECT_EQ(done.error().reason, "database_unavailable");
    EXPECT_EQ(runs, 1);
    EXPECT_EQ(Count(), "0");
}

}  // namespace
