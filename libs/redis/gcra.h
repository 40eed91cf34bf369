// The generic cell rate algorithm (ITU-T I.371) in integer microseconds. A limit's whole state is
// one number, the theoretical arrival time (TAT): when all of the burst will be available again.
// The Lua script in rate_limiter.cpp is the same arithmetic.
#pragma once

#include <algorithm>
#include <cstdint>

#include "redis/limit.h"

namespace redis {

struct Pace {
    std::int64_t interval_us = 1;  // a call is earned every so often
    std::int64_t burst = 1;
};

[[nodiscard]] inline Pace PaceOf(const Limit& limit) {
    const std::int64_t period_us = std::chrono::microseconds(limit.period).count();
    return {std::max<std::int64_t>(period_us / std::max<std::int64_t>(limit.count, 1), 1),
            std::max<std::int64_t>(limit.burst, 1)};
}

struct Cell {
    std::int64_t tat_us = 0;     // the new state, to be stored if every limit allows the call
    std::int64_t remaining = 0;  // after this call; negative: refused
    std::int64_t retry_after_us = 0;
    std::int64_t reset_us = 0;
};

// `tat_us` is the stored state, `now_us` where there is none.
[[nodiscard]] inline Cell Advance(const Pace& pace, std::int64_t tat_us, std::int64_t now_us) {
    const std::int64_t full_us = pace.interval_us * pace.burst;
    // Not before now, and, should the clock have been set back, not further away than a full burst.
    const std::int64_t base_us = std::clamp(tat_us, now_us, now_us + full_us);
    const std::int64_t next_us = base_us + pace.interval_us;
    const std::int64_t room_us = now_us + full_us - next_us;
    if (room_us < 0) {
        return {.tat_us = base_us,
                .remaining = -1,
                .retry_after_us = -room_us,
                .reset_us = base_us - now_us};
    }
    return {.tat_us = next_us,
            .remaining = room_us / pace.interval_us,
            .retry_after_us = 0,
            .reset_us = next_us - now_us};
}

}  // namespace redis
