// A Postgres of one test, migrated, reachable through a unix socket only.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace support {

struct PostgresOptions {
    // False for tests that do not care about crashes: commits cost no disk write then.
    bool fsync = true;
    bool migrated = true;                    // false: an empty database
    std::vector<std::string> settings = {};  // "max_connections=10"
};

// The data directory is copied from a template, made once for each state of the migrations and kept
// in the temporary folder. Starts in the constructor; every function throws std::runtime_error when
// the server does not do as it is told. When we are root, it runs as `postgres`.
class PrivatePostgres {
public:
    explicit PrivatePostgres(PostgresOptions options = {});

    ~PrivatePostgres() { Crash(); }

    PrivatePostgres(const PrivatePostgres&) = delete;
    PrivatePostgres& operator=(const PrivatePostgres&) = delete;

    // For a service's role ("wallet_manager"), the owner of the database, who runs migrations
    // ("platform"), or the superuser ("postgres"). All of them may log in without a password.
    [[nodiscard]] std::string Url(std::string_view role = "platform") const;

    // The socket, for support::TcpProxy.
    [[nodiscard]] std::filesystem::path SocketPath() const;

    // The same as Url for a server or proxy that listens on 127.0.0.1:port.
    [[nodiscard]] static std::string TcpUrl(std::uint16_t port, std::string_view role);

    // Runs SQL as the superuser and gives psql's unaligned output without headers.
    std::string Sql(std::string_view statements) const;

    void Start();

    // Ends every connection at once and writes everything out.
    void Stop();

    // As a power cut of the server's processes; Start() recovers.
    void Crash();

private:
    PostgresOptions options_;
    TempDir folder_;
    std::unique_ptr<Process> server_;
};

}  // namespace support
