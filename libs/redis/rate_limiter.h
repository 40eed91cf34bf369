// Rate limits that all replicas share, in Redis, with an in-process fallback: the limiter is never
// off. Time is Redis's own. The limits of one subject are checked by one script and share a hash
// tag, so that a cluster serves. FLUSHALL loses the history of calls, nothing else.
//
// Calls of one subject that come while the script runs for an earlier one wait for its answer and
// then are counted together, by one script, each for itself: a busy user costs Redis one script a
// round trip, and no call is counted ahead of its time.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "redis/client.h"
#include "redis/limit.h"
#include "redis/local_limiter.h"

namespace redis {

inline constexpr std::size_t kFallbackEntriesMax = 100'000;
// Calls that one script counts together at most; further ones go on their own.
inline constexpr std::size_t kCountedTogetherMax = 1'000;

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
    using Runs = std::vector<std::shared_ptr<Run>>;

    // Asks the next subject, or ends.
    void Continue(const std::shared_ptr<Run>& run);
    // One script for calls that ask the same.
    void Count(std::string what, Runs runs);
    void Answer(const Runs& runs, const base::Result<Reply>& reply);

    Client& client_;
    LocalLimiter fallback_;
    std::mutex mutex_;
    // By what is asked: those that wait for the script under way.
    std::unordered_map<std::string, Runs> waiting_;
};

}  // namespace redis
