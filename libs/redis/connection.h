// One connection to a Redis: bytes out, replies in. Only for the .cpp files of libs/redis.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "redis/client.h"
#include "redis/endpoint.h"

struct redisReader;

namespace redis {

// Every failure means that the connection is of no more use. Used by one thread.
class Connection {
public:
    // Connects, authenticates and selects the database, all within the timeout.
    [[nodiscard]] static base::Result<std::unique_ptr<Connection>> Open(
        const Endpoint& endpoint, std::chrono::milliseconds timeout);

    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] int descriptor() const { return descriptor_; }

    // The command in the wire's format, to be given to Queue.
    [[nodiscard]] static std::string Format(const Command& command);

    void Queue(std::string_view formatted) { output_ += formatted; }

    [[nodiscard]] bool HasOutput() const { return !output_.empty(); }

    // Both move what is possible without waiting.
    [[nodiscard]] base::Result<> Write();
    [[nodiscard]] base::Result<> Read();

    // The next complete reply among those read, if there is one.
    [[nodiscard]] base::Result<std::optional<Reply>> Next();

private:
    explicit Connection(int descriptor);

    [[nodiscard]] base::Result<> Handshake(const Endpoint& endpoint,
                                           std::chrono::steady_clock::time_point until);

    int descriptor_;
    std::string output_;
    std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

[[nodiscard]] base::Error RedisUnavailable(std::string detail);

// The error that a kError reply stands for.
[[nodiscard]] base::Error ErrorOf(const Reply& reply);

}  // namespace redis
