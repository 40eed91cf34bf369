// The pool's bounds and its recovery from dead connections.
#include "pg/pool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <latch>
#include <thread>

#include "support/private_postgres.h"
#include "support/tcp_proxy.h"

namespace {

using std::chrono::milliseconds;

class PoolTest : public testing::Test {
protected:
    // One for all tests of this file.
    static support::PrivatePostgres& Server() {
        static support::PrivatePostgres server({.fsync = false, .migrated = false});
        return server;
    }

    // The server notices a closed connection a moment later.
    static bool HasConnections(const std::string& count) {
        return support::WaitUntil(
            [&] {
                return Server().Sql(
                           "SELECT count(*) FROM pg_stat_activity"
                           " WHERE usename = 'platform'") == count;
            },
            std::chrono::seconds(5));
    }
};

TEST_F(PoolTest, StartsEmpty) {
    const pg::Pool pool({.url = Server().Url()});
    EXPECT_EQ(pool.Stats().idle, 0U);
    EXPECT_TRUE(HasConnections("0"));
}

TEST_F(PoolTest, ReusesAConnection) {
    pg::Pool pool({.url = Server().Url()});
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(pool.Ping().has_value());
    }
    EXPECT_EQ(pool.Stats().idle, 1U);
    EXPECT_TRUE(HasConnections("1"));
}

TEST_F(PoolTest, NeverOpensMoreThanItsMaximum) {
    pg::Pool pool({.url = Server().Url(), .connections_max = 3});
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::vector<std::thread> threads;
    threads.reserve(12);
    for (int i = 0; i < 12; ++i) {
        threads.emplace_back([&] {
            const auto done = pg::Transact(pool, [&](pg::Tx& tx) {
                const int now = ++inside;
                for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
                }
                auto rows = tx.Exec("SELECT pg_sleep(0.02)");
                --inside;
                return rows;
            });
            EXPECT_TRUE(done.has_value());
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(most, 3);
    EXPECT_TRUE(HasConnections("3"));
}

TEST_F(PoolTest, WaitsABoundedTimeForAConnection) {
    std::atomic<std::size_t> in_use{0};
    pg::Pool pool({.url = Server().Url(),
                   .connections_max = 1,
                   .acquire_timeout = milliseconds(50),
                   .on_in_use = [&](std::size_t count) { in_use = count; }});
    const auto done = pg::Transact(pool, [&](pg::Tx&) -> base::Result<> {
        EXPECT_EQ(in_use, 1U);
        std::thread([&] {
            const auto waited = pool.Ping();
            EXPECT_EQ(waited.error().kind, base::ErrorKind::kUnavailable);
            EXPECT_EQ(waited.error().reason, "database_unavailable");
        }).join();
        return {};
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(in_use, 0U);
}

TEST_F(PoolTest, WaitsNoLongerThanTheCallersDeadline) {
    pg::Pool pool({.url = Server().Url(), .connections_max = 1});
    const auto done = pg::Transact(pool, [&](pg::Tx&) -> base::Result<> {
        std::thread([&] {
            const auto begun = std::chrono::steady_clock::now();
            const auto waited = pg::Transact(
                pool, [](pg::Tx&) -> base::Result<> { return {}; }, {.deadline = begun});
            EXPECT_EQ(waited.error().reason, "database_unavailable");
            EXPECT_LT(std::chrono::steady_clock::now() - begun, milliseconds(500));
        }).join();
        return {};
    });
    EXPECT_TRUE(done.has_value());
}

TEST_F(PoolTest, ClosesConnectionsThatAreIdleForLong) {
    pg::Pool pool({.url = Server().Url(), .idle_max = std::chrono::seconds(0)});
    std::latch both(2);
    const auto hold = [&] {
        EXPECT_TRUE(pg::Transact(pool, [&](pg::Tx&) -> base::Result<> {
                        both.arrive_and_wait();
                        return {};
                    }).has_value());
    };
    std::thread other(hold);
    hold();
    other.join();
    ASSERT_TRUE(pool.Ping().has_value());
    EXPECT_LE(pool.Stats().idle, 1U);
}

TEST_F(PoolTest, SurvivesARestartOfTheServer) {
    pg::Pool pool({.url = Server().Url()});
    ASSERT_TRUE(pool.Ping().has_value());
    Server().Stop();
    EXPECT_EQ(pool.Ping().error().reason, "database_unavailable");
    Server().Start();
    EXPECT_TRUE(pool.Ping().has_value());
}

TEST_F(PoolTest, HidesConnectionsThatDiedWhileIdle) {
    pg::Pool pool({.url = Server().Url()});
    ASSERT_TRUE(pool.Ping().has_value());
    Server().Crash();
    Server().Start();
    EXPECT_TRUE(pool.Ping().has_value());
}

TEST_F(PoolTest, ReadsMakeNoTransaction) {
    pg::Pool pool({.url = Server().Url()});
    const auto texts = pg::Read(pool, [](pg::Tx& tx) -> base::Result<std::string> {
        BASE_ASSIGN_OR_RETURN(const auto first,
                              tx.One("SELECT pg_sleep(0.002), now()::text AS at"));
        BASE_ASSIGN_OR_RETURN(const auto second, tx.One("SELECT now()::text AS at"));
        return first.Get<std::string>("at") + "|" + second.Get<std::string>("at");
    });
    ASSERT_TRUE(texts);
    const auto middle = texts->find('|');
    EXPECT_NE(texts->substr(0, middle), texts->substr(middle + 1));
    EXPECT_FALSE(pg::Read(pool, [](pg::Tx& tx) { return tx.Exec("SELECT 1 / 0"); }));
    EXPECT_TRUE(pg::Read(pool, [](pg::Tx& tx) { return tx.Exec("SELECT 1"); }));
    EXPECT_EQ(pool.Stats().idle, 1U);
    EXPECT_TRUE(pg::Transact(pool, [](pg::Tx& tx) { return tx.Exec("SELECT 1"); }));
}

TEST_F(PoolTest, ASnapshotIsOfOneMomentAndWritesNothing) {
    pg::Pool pool({.url = Server().Url()});
    Server().Sql("CREATE TABLE counted (n integer); GRANT ALL ON counted TO platform");
    const auto counts = pg::ReadSnapshot(pool, [&](pg::Tx& tx) -> base::Result<std::string> {
        constexpr const char* kCount = "SELECT count(*)::text AS n FROM counted";
        BASE_ASSIGN_OR_RETURN(const auto first, tx.One(kCount));
        Server().Sql("INSERT INTO counted VALUES (1)");
        BASE_ASSIGN_OR_RETURN(const auto second, tx.One(kCount));
        return first.Get<std::string>("n") + second.Get<std::string>("n");
    });
    EXPECT_EQ(counts.value(), "00");
    EXPECT_FALSE(pg::ReadSnapshot(pool, [](pg::Tx& tx) { return tx.Exec("DELETE FROM counted"); }));
    EXPECT_EQ(Server().Sql("SELECT count(*) FROM counted"), "1");
}

TEST_F(PoolTest, ReadsHideConnectionsThatDiedWhileIdle) {
    pg::Pool pool({.url = Server().Url()});
    ASSERT_TRUE(pool.Ping().has_value());
    Server().Crash();
    Server().Start();
    int runs = 0;
    EXPECT_TRUE(pg::Read(pool, [&](pg::Tx& tx) {
        ++runs;
        return tx.Exec("SELECT 1");
    }));
    // Once where the loss shows before anything is asked.
    EXPECT_LE(runs, 2);
}

TEST_F(PoolTest, ReadsAskAgainWhenTheConnectionDiesAfterTheyBegan) {
    pg::Pool pool({.url = Server().Url()});
    ASSERT_TRUE(pool.Ping().has_value());
    int runs = 0;
    EXPECT_TRUE(pg::Read(pool, [&](pg::Tx& tx) {
        if (++runs == 1) {
            Server().Crash();
            Server().Start();
        }
        return tx.Exec("SELECT 1");
    }));
    EXPECT_EQ(runs, 2);
}

TEST_F(PoolTest, SaysWhenTheServerRefusesConnections) {
    support::TcpProxy proxy(Server().SocketPath());
    pg::Pool pool({.url = support::PrivatePostgres::TcpUrl(proxy.port(), "platform")});
    ASSERT_TRUE(pool.Ping().has_value());
    proxy.Refuse(true);
    proxy.Cut();
    EXPECT_EQ(pool.Ping().error().reason, "database_unavailable");
    proxy.Refuse(false);
    EXPECT_TRUE(pool.Ping().has_value());
}

TEST_F(PoolTest, KeepsThePasswordOutOfErrors) {
    std::string seen;
    pg::Pool pool({.url = "postgresql://platform:hunter2@127.0.0.1:1/platform",
                   .on_error = [&](std::string_view, std::string_view text) { seen = text; }});
    const auto done = pool.Ping();
    EXPECT_EQ(done.error().reason, "database_unavailable");
    EXPECT_FALSE(seen.empty());
    EXPECT_EQ((seen + done.error().detail).find("hunter2"), std::string::npos);
}

}  // namespace
