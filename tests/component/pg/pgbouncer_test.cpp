// PgBouncer in transaction mode may stand between a daemon and Postgres.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>

#include "pg/pool.h"
#include "support/free_port.h"
#include "support/private_postgres.h"

namespace {

constexpr int kThreads = 16;
constexpr int kTransactions = 50;

std::string Binary() {
    const char* named = std::getenv("PGBOUNCER");
    return named != nullptr ? named : "/usr/sbin/pgbouncer";
}

// Starts it in the server's folder, which the account it runs as may enter.
std::unique_ptr<support::Process> Start(const support::PrivatePostgres& server,
                                        std::uint16_t port) {
    const std::filesystem::path folder = server.SocketPath().parent_path();
    std::ofstream(folder / "users.txt") << "\"platform\" \"\"\n";
    std::ofstream(folder / "pgbouncer.ini")
        << "[databases]\nplatform = host=" << folder.string() << " dbname=platform\n"
        << "[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port
        << "\nunix_socket_dir =\nauth_type = trust\nauth_file = " << (folder / "users.txt").string()
        << "\npool_mode = transaction\ndefault_pool_size = 4\n";
    return std::make_unique<support::Process>(
        support::ProcessOptions{.command = {Binary(), folder / "pgbouncer.ini"},
                                .output = folder / "pgbouncer.log",
                                .user = geteuid() == 0 ? "postgres" : "",
                                .stop_signal = SIGKILL});
}

TEST(PgBouncer, ServesMoreThreadsThanItHasConnections) {
    if (!std::filesystem::exists(Binary())) {
        GTEST_SKIP() << "pgbouncer is not installed";
    }
    const support::PrivatePostgres server({.fsync = false, .migrated = false});
    server.Sql(
        "CREATE TABLE counters (id bigint PRIMARY KEY, n bigint);"
        "INSERT INTO counters SELECT i, 0 FROM generate_series(0, 9) i;"
        "GRANT ALL ON counters TO platform");
    const std::uint16_t port = support::FreePort();
    const auto bouncer = Start(server, port);
    pg::Pool pool({.url = support::PrivatePostgres::TcpUrl(port, "platform")});
    ASSERT_TRUE(
        support::WaitUntil([&] { return pool.Ping().has_value(); }, std::chrono::seconds(10)))
        << bouncer->Output();

    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    std::atomic<int> failed{0};
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < kTransactions; ++i) {
                const auto done = pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
                    BASE_RETURN_IF_ERROR(
                        tx.Exec("UPDATE counters SET n = n + 1 WHERE id = $1", i % 10));
                    BASE_RETURN_IF_ERROR(tx.One("SELECT count(*) FROM counters"));
                    return {};
                });
                failed += done ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(server.Sql("SELECT sum(n) FROM counters"), std::to_string(kThreads * kTransactions));
}

}  // namespace
