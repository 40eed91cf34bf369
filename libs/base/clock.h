// Wall-clock time as UTC with millisecond precision, its RFC 3339 text, and the seam through which
// tests move it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Time Now() const = 0;
};

// The system's clock. Thread-safe; lives for the whole process.
[[nodiscard]] const Clock& SystemClock();

// "2026-01-28T10:00:00Z", with ".123" where the milliseconds are not zero.
[[nodiscard]] std::string FormatRfc3339(Time time);

// RFC 3339 section 5.6, UTC ("Z") only, at most nine fraction digits (cut to milliseconds).
// Errors: `bad_time`.
[[nodiscard]] Result<Time> ParseRfc3339(std::string_view text);

}  // namespace base
