#include "redis/rate_limiter.h"

#include <algorithm>
#include <future>
#include <span>
#include <string>
#include <utility>

#include "redis/gcra.h"

namespace redis {

namespace {

// Advance() of gcra.h for up to ARGV[1] calls in a row, each counted in every key or in none: the
// interval and burst of each key follow in ARGV. Answers how many are allowed, then for each key
// how far its TAT was from now before the first. Numbers up to 2^53 are exact in Lua, and
// microseconds since 1970 stay below that until the year 2255.
constexpr const char* kScript = R"lua(
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local answer, allowed = {0}, tonumber(ARGV[1])
for i, key in ipairs(KEYS) do
    local interval, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local full = interval * burst
    local tat = tonumber(redis.call('GET', key) or now) or now
    local ahead = math.min(math.max(tat - now, 0), full)
    allowed = math.min(allowed, math.floor((full - ahead) / interval))
    answer[i + 1] = ahead
end
answer[1] = allowed
if allowed > 0 then
    for i, key in ipairs(KEYS) do
        local ahead = answer[i + 1] + allowed * tonumber(ARGV[2 * i])
        redis.call('SET', key, string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000))
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

// The keys and their pace, and nothing else: calls that ask the same are counted together.
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

std::string TextOf(std::span<const Limit> limits) {
    std::string text;
    for (const Limit& limit : limits) {
        const Pace pace = PaceOf(limit);
        text.append(limit.subject).append(" ").append(limit.name).append(" ");
        text.append(std::to_string(pace.interval_us)).append(" ");
        text.append(std::to_string(pace.burst)).append(" ");
    }
    return text;
}

}  // namespace

struct RateLimiter::Run {
    std::vector<Limit> limits;
    Callback callback;
    std::size_t asked = 0;  // limits that have answered
    Decision decision;

    [[nodiscard]] std::span<const Limit> Asking() const {
        return FirstSubject(std::span<const Limit>(limits).subspan(asked));
    }
};

void RateLimiter::AsyncCheck(std::vector<Limit> limits, Callback callback) {
    auto run = std::make_shared<Run>();
    run->limits = std::move(limits);
    run->callback = std::move(callback);
    Continue(run);
}

void RateLimiter::Continue(const std::shared_ptr<Run>& run) {
    if (run->asked == run->limits.size() || !run->decision.allowed) {
        run->callback(run->decision);
        return;
    }
    std::string what = TextOf(run->Asking());
    {
        const std::lock_guard lock(mutex_);
        const auto [waiting, first] = waiting_.try_emplace(what);
        if (!first && waiting->second.size() < kCountedTogetherMax) {
            waiting->second.push_back(run);
            return;
        }
        if (!first) {
            what.clear();  // a script of its own, for which nobody waits
        }
    }
    Count(std::move(what), {run});
}

void RateLimiter::Count(std::string what, Runs runs) {
    ScriptCall call = CallFor(runs.front()->Asking());
    call.arguments.insert(call.arguments.begin(), std::to_string(runs.size()));
    client_.AsyncEval(
        std::move(call),
        [this, what = std::move(what), runs = std::move(runs)](const base::Result<Reply>& reply) {
            Runs next;
            if (!what.empty()) {
                const std::lock_guard lock(mutex_);
                const auto waiting = waiting_.find(what);
                next.swap(waiting->second);
                // Those who waited for a Redis that has gone fall back at once.
                if (next.empty() || !reply) {
                    waiting_.erase(waiting);
                }
            }
            if (!next.empty() && reply) {
                Count(what, std::move(next));
            } else if (!next.empty()) {
                Answer(next, reply);
            }
            Answer(runs, reply);
        });
}

void RateLimiter::Answer(const Runs& runs, const base::Result<Reply>& reply) {
    const auto limits = runs.front()->Asking();
    const bool counted = reply && reply->elements.size() == limits.size() + 1;
    for (std::size_t call = 0; call < runs.size(); ++call) {
        Run& run = *runs[call];
        const auto asking = run.Asking();
        if (!counted) {
            run.decision =
                fallback_.Check(asking, std::chrono::steady_clock::now(), std::move(run.decision));
        }
        for (std::size_t at = 0; counted && at < asking.size(); ++at) {
            const Pace pace = PaceOf(asking[at]);
            // The calls before this one that were allowed.
            const auto before =
                std::min(static_cast<std::int64_t>(call), reply->elements[0].integer);
            const std::int64_t ahead = reply->elements[at + 1].integer + before * pace.interval_us;
            Merge(run.decision, asking[at], Advance(pace, ahead, 0));
        }
        run.asked += asking.size();
        Continue(runs[call]);
    }
}

Decision RateLimiter::Check(std::vector<Limit> limits) {
    const auto promise = std::make_shared<std::promise<Decision>>();
    AsyncCheck(std::move(limits), [promise](const Decision& made) { promise->set_value(made); });
    return promise->get_future().get();
}

}  // namespace redis
