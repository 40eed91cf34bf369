// Rate limits of a request: over Redis where it is configured, else in this process.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/caller.h"
#include "api-gateway/web/rate_class.h"
#include "base/result.h"
#include "net/http_message.h"
#include "redis/client.h"
#include "redis/limit.h"
#include "redis/local_limiter.h"
#include "redis/rate_limiter.h"

namespace gateway {

class Limiter {
public:
    // `client` may be null and outlives the limiter.
    Limiter(redis::Client* client, RatePermits permits);

    // Counts one request of the class: by address (`open`, `auth`) or by user. Answers the
    // decision; a refusal is the error `rate_limited` of RefusalOf.
    [[nodiscard]] boost::asio::awaitable<redis::Decision> CountAddress(RateClass rate_class,
                                                                       const std::string& address);
    [[nodiscard]] boost::asio::awaitable<redis::Decision> CountUser(RateClass rate_class,
                                                                    const UserState& user);

    // Sign-in attempts at one account, whoever makes them: half of the address's number.
    [[nodiscard]] boost::asio::awaitable<redis::Decision> CountAccount(const std::string& email);

    [[nodiscard]] std::uint32_t PermitsOf(RateClass rate_class, const UserState* user) const;

private:
    [[nodiscard]] boost::asio::awaitable<redis::Decision> Check(redis::Limit limit);

    std::optional<redis::RateLimiter> shared_;
    redis::LocalLimiter local_{redis::kFallbackEntriesMax};
    const RatePermits permits_;
};

// Errors: `rate_limited` with the time to wait.
[[nodiscard]] base::Result<> RefusalOf(const redis::Decision& decision);

// RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers).
void AddRateHeaders(net::Response& response, RateClass rate_class, const redis::Decision& decision);

}  // namespace gateway
