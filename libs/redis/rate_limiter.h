// Rate limits that all replicas share, in Redis, with an in-process fallback: the limiter is never
// off. Time is Redis's own. The limits of one subject are checked by one script and share a hash
// tag, so that a cluster serves. FLUSHALL loses the history of calls, nothing else.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "redis/client.h"
#include "redis/limit.h"
#include "redis/local_limiter.h"

namespace redis {

inline constexpr std::size_t kFallbackEntriesMax = 100'000;

// Thread-safe. The client must outlive it; it must outlive the checks under way.
class RateLimiter {
public:
    using Callback = std::function<void(const Decision&)>;

    explicit RateLimiter(Client& client) : client_(client), fallback_(kFallbackEntriesMax) {}

    // Counts one call. Limits of one subject that stand side by side count together or not at all;
    // subjects are asked in turn, and the first refusal ends it: a call that its address's limit
    // refuses does not touch the account's. The callback runs as redis::Client's do.
    void AsyncCheck(std::vector<Limit> limits, Callback callback);

    // The same for threads that may block.
    [[nodiscard]] Decision Check(std::vector<Limit> limits);

private:
    struct Run;

    // Asks the next subject, or ends.
    void Continue(const std::shared_ptr<Run>& run);

    Client& client_;
    LocalLimiter fallback_;
};

}  // namespace redis
