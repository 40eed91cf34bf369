#include "support/private_redis.h"

#include <sstream>
#include <stdexcept>

#include "support/free_port.h"

namespace support {

namespace {

constexpr std::chrono::seconds kRedisStartTimeout{10};

}  // namespace

PrivateRedis::PrivateRedis(std::string password)
    : password_(std::move(password)), port_(FreePort()) {
    Start();
}

std::string PrivateRedis::Url() const {
    return "redis://" + (password_.empty() ? "" : ":" + password_ + "@") +
           "127.0.0.1:" + std::to_string(port_);
}

std::string PrivateRedis::Command(const std::string& words) const {
    std::vector<std::string> command = {"redis-cli", "-s", SocketPath()};
    std::istringstream stream(words);
    for (std::string word; stream >> word;) {
        command.push_back(word);
    }
    std::map<std::string, std::string> environment;
    if (!password_.empty()) {
        environment.emplace("REDISCLI_AUTH", password_);
    }
    const CommandResult result = RunCommand(std::move(command), environment);
    if (result.exit_code != 0) {
        throw std::runtime_error("redis-cli failed:\n" + result.output);
    }
    return result.output.substr(0, result.output.find_last_not_of('\n') + 1);
}

void PrivateRedis::Start() {
    ProcessOptions options;
    options.command = {"redis-server",
                       "--bind",
                       "127.0.0.1",
                       "--port",
                       std::to_string(port_),
                       "--unixsocket",
                       SocketPath(),
                       "--dir",
                       folder_.path(),
                       "--save",
                       "",
                       "--appendonly",
                       "no"};
    if (!password_.empty()) {
        options.command.insert(options.command.end(), {"--requirepass", password_});
    }
    options.stop_signal = SIGKILL;  // there is nothing to save, and it may be paused
    options.output = folder_.path() / "log";
    // From an empty log, so that an earlier run's line is not taken for this one's.
    std::filesystem::remove(options.output);
    server_ = std::make_unique<Process>(std::move(options));
    if (!server_->WaitForOutput("Ready to accept connections", kRedisStartTimeout)) {
        throw std::runtime_error("redis-server does not start:\n" + server_->Output());
    }
}

void PrivateRedis::Stop() {
    server_->Kill();
}

}  // namespace support
