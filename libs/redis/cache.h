// Values that may be lost at any moment. Whatever goes wrong with Redis is a miss.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "redis/client.h"

namespace redis {

inline constexpr std::size_t kCacheValueMax = 1 << 20;

// Thread-safe. The client must outlive it.
class Cache {
public:
    // The prefix keeps the caches of one Redis apart: "price".
    Cache(Client& client, std::string prefix) : client_(client), prefix_(std::move(prefix)) {}

    // Blocks; not for a callback's thread.
    [[nodiscard]] std::optional<std::string> Get(std::string_view key);

    // The callback runs as redis::Client's do.
    void AsyncGet(std::string_view key, std::function<void(std::optional<std::string>)> callback);

    // Neither waits. ttl must be positive; a value above kCacheValueMax is not kept.
    void Set(std::string_view key, std::string value, std::chrono::milliseconds ttl);
    void Remove(std::string_view key);

private:
    [[nodiscard]] std::string Name(std::string_view key) const;

    Client& client_;
    const std::string prefix_;
};

}  // namespace redis
