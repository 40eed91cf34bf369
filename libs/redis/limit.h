// What the rate limiter is asked and what it answers.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace redis {

// At most `burst` calls at once, and `count` in each `period` in the long run.
struct Limit {
    std::string name;     // the class: "send"
    std::string subject;  // whom it holds for: "user:<uuid>", "ip:192.0.2.1"; no braces
    std::int64_t count = 0;
    std::chrono::milliseconds period{60'000};
    std::int64_t burst = 0;
    // The in-process fallback of one replica sees only its own calls; where guessing is at stake
    // (sign-in) it grants half.
    bool halve_in_fallback = false;
};

struct Decision {
    bool allowed = true;
    bool fallback = false;  // decided without Redis
    // The limit that refuses, or the one with the least left. Not set if no limit was asked.
    std::string limit_name;
    std::int64_t limit = 0;                    // its burst
    std::int64_t remaining = 0;                // calls that would be allowed right now
    std::chrono::milliseconds retry_after{0};  // zero if allowed
    std::chrono::milliseconds reset{0};        // until all of the burst is available again
};

}  // namespace redis
