#include "base/clock.h"

#include <array>
#include <cstdio>

#include "base/text.h"

namespace base {

namespace {

class RealClock final : public Clock {
public:
    [[nodiscard]] Time Now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now());
    }
};

constexpr std::size_t kSecondsTextLength = 19;  // "2026-01-28T10:00:00"
constexpr std::size_t kFractionDigitsMax = 9;

Error BadTime() {
    return InvalidArgument("bad_time", "a time is RFC 3339 in UTC, such as 2026-01-28T10:00:00Z");
}

// Milliseconds of ".123456789Z" or "Z".
Result<int> ParseFraction(std::string_view text) {
    if (text == "Z") {
        return 0;
    }
    if (text.size() < 3 || text.size() > kFractionDigitsMax + 2 || text.front() != '.' ||
        text.back() != 'Z') {
        return BadTime();
    }
    std::string digits(text.substr(1, text.size() - 2));
    digits.resize(3, '0');
    for (const char digit : text.substr(1, text.size() - 2)) {
        if (!IsDigit(digit)) {
            return BadTime();
        }
    }
    return ParseUnsigned<int>(digits, 999);
}

}  // namespace

const Clock& SystemClock() {
    static const RealClock clock;
    return clock;
}

std::string FormatRfc3339(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    std::array<char, 48> text{};
    int length = std::snprintf(text.data(),
                               text.size(),
                               "%04d-%02u-%02uT%02d:%02d:%02d",
                               static_cast<int>(date.year()),
                               static_cast<unsigned>(date.month()),
                               static_cast<unsigned>(date.day()),
                               static_cast<int>(clock.hours().count()),
                               static_cast<int>(clock.minutes().count()),
                               static_cast<int>(clock.seconds().count()));
    std::string result(text.data(), static_cast<std::size_t>(length));
    const auto fraction = static_cast<int>(clock.subseconds().count());
    if (fraction != 0) {
        length = std::snprintf(text.data(), text.size(), ".%03d", fraction);
        result.append(text.data(), static_cast<std::size_t>(length));
    }
    return result + "Z";
}

Result<Time> ParseRfc3339(std::string_view text) {
    if (text.size() <= kSecondsTextLength || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
        text[13] != ':' || text[16] != ':') {
        return BadTime();
    }
    const auto number = [&](std::size_t from, std::size_t count, int max) {
        return ParseUnsigned<int>(text.substr(from, count), max);
    };
    const auto year = number(0, 4, 9999);
    const auto month = number(5, 2, 12);
    const auto day = number(8, 2, 31);
    const auto hour = number(11, 2, 23);
    const auto minute = number(14, 2, 59);
    const auto second = number(17, 2, 59);
    const auto fraction = ParseFraction(text.substr(kSecondsTextLength));
    if (!year || !month || !day || !hour || !minute || !second || !fraction) {
        return BadTime();
    }
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok()) {
        return BadTime();
    }
    return Time(std::chrono::sys_days(date)) + std::chrono::hours(*hour) +
           std::chrono::minutes(*minute) + std::chrono::seconds(*second) +
           std::chrono::milliseconds(*fraction);
}

}  // namespace base
