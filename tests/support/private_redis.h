// A Redis of one test on 127.0.0.1, without persistence.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "support/process.h"
#include "support/temp_dir.h"

namespace support {

// Starts in the constructor; every function throws std::runtime_error when the server does not do
// as it is told. A restart keeps the port and forgets the data.
class PrivateRedis {
public:
    explicit PrivateRedis(std::string password = {});

    // redis://:password@127.0.0.1:port
    [[nodiscard]] std::string Url() const;

    [[nodiscard]] std::uint16_t port() const { return port_; }

    [[nodiscard]] std::filesystem::path SocketPath() const { return folder_.path() / "redis.sock"; }

    // Runs one command, its words separated by blanks, and gives redis-cli's output.
    std::string Command(const std::string& words) const;

    void Start();
    void Stop();

    // Keeps the connections open and answers nothing, until Resume().
    void Pause() { server_->Signal(SIGSTOP); }

    void Resume() { server_->Signal(SIGCONT); }

private:
    std::string password_;
    std::uint16_t port_;
    TempDir folder_;
    std::unique_ptr<Process> server_;
};

}  // namespace support
