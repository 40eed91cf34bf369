#include "redis/rate_limiter.h"

#include <future>
#include <span>
#include <string>
#include <utility>

#include "redis/gcra.h"

namespace redis {

namespace {

constexpr std::size_t kNumbersPerLimit = 3;

// Advance() of gcra.h for each key, with its interval and burst in ARGV; stores only if all allow.
// Answers remaining, retry_after and reset of each. Numbers up to 2^53 are exact in Lua, and
// microseconds since 1970 stay below that until the year 2255.
constexpr const char* kScript = R"lua(
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local answer, following, allowed = {}, {}, true
for i, key in ipairs(KEYS) do
    local interval, burst = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
    local full = interval * burst
    local tat = tonumber(redis.call('GET', key) or now) or now
    tat = math.min(math.max(tat, now), now + full)
    local after = tat + interval
    local room = now + full - after
    if room < 0 then
        allowed = false
        answer[#answer + 1] = -1
        answer[#answer + 1] = -room
        answer[#answer + 1] = tat - now
    else
        answer[#answer + 1] = math.floor(room / interval)
        answer[#answer + 1] = 0
        answer[#answer + 1] = after - now
    end
    following[i] = after
end
if allowed then
    for i, key in ipairs(KEYS) do
        redis.call('SET', key, string.format('%.0f', following[i]),
                   'PX', math.ceil((following[i] - now) / 1000))
    end
end
return answer
)lua";

const Script& LimiterScript() {
    static const Script script(kScript);
    return script;
}

// The leading limits that share a subject.
std::span<const Limit> FirstSubject(std::span<const Limit> limits) {
    std::size_t count = 1;
    while (count < limits.size() && limits[count].subject == limits.front().subject) {
        ++count;
    }
    return limits.first(count);
}

ScriptCall CallFor(std::span<const Limit> limits) {
    ScriptCall call{.script = LimiterScript(), .keys = {}, .arguments = {}};
    for (const Limit& limit : limits) {
        const Pace pace = PaceOf(limit);
        call.keys.push_back("limit:{" + limit.subject + "}:" + limit.name);
        call.arguments.push_back(std::to_string(pace.interval_us));
        call.arguments.push_back(std::to_string(pace.burst));
    }
    return call;
}

}  // namespace

struct RateLimiter::Run {
    std::vector<Limit> limits;
    Callback callback;
    std::size_t asked = 0;  // limits that have answered
    Decision decision;
};

void RateLimiter::AsyncCheck(std::vector<Limit> limits, Callback callback) {
    auto run = std::make_shared<Run>();
    run->limits = std::move(limits);
    run->callback = std::move(callback);
    Continue(run);
}

void RateLimiter::Continue(const std::shared_ptr<Run>& run) {
    const auto rest = std::span<const Limit>(run->limits).subspan(run->asked);
    if (rest.empty() || !run->decision.allowed) {
        run->callback(run->decision);
        return;
    }
    const auto limits = FirstSubject(rest);
    client_.AsyncEval(CallFor(limits), [this, run, limits](const base::Result<Reply>& reply) {
        if (!reply || reply->elements.size() != limits.size() * kNumbersPerLimit) {
            run->decision =
                fallback_.Check(limits, std::chrono::steady_clock::now(), std::move(run->decision));
        } else {
            for (std::size_t i = 0; i < limits.size(); ++i) {
                const auto number = [&](std::size_t at) {
                    return reply->elements[i * kNumbersPerLimit + at].integer;
                };
                Merge(run->decision,
                      limits[i],
                      {.remaining = number(0), .retry_after_us = number(1), .reset_us = number(2)});
            }
        }
        run->asked += limits.size();
        Continue(run);
    });
}

Decision RateLimiter::Check(std::vector<Limit> limits) {
    const auto promise = std::make_shared<std::promise<Decision>>();
    AsyncCheck(std::move(limits), [promise](const Decision& made) { promise->set_value(made); });
    return promise->get_future().get();
}

}  // namespace redis
