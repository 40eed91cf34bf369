// The classes of requests that are limited together.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace gateway {

enum class RateClass { kOpen, kAuth, kRead, kWrite, kSend, kSecret, kAi, kAdmin };

inline constexpr std::array kRateClasses{RateClass::kOpen,
                                         RateClass::kAuth,
                                         RateClass::kRead,
                                         RateClass::kWrite,
                                         RateClass::kSend,
                                         RateClass::kSecret,
                                         RateClass::kAi,
                                         RateClass::kAdmin};

// Requests a window.
using RatePermits = std::map<RateClass, std::uint32_t>;

// "read", as problems, headers and the table of overrides spell it.
[[nodiscard]] std::string_view RateClassName(RateClass rate_class);
[[nodiscard]] std::optional<RateClass> ParseRateClass(std::string_view name);

// Open and auth are counted per IP address, all others per user.
[[nodiscard]] bool IsPerUser(RateClass rate_class);

// A minute; an hour for secrets.
[[nodiscard]] std::chrono::seconds RateWindow(RateClass rate_class);

// How many of a window's permits may be used at once: a third of the reads, all of the others.
[[nodiscard]] std::uint32_t RateBurst(RateClass rate_class, std::uint32_t permits);

// How long a request of the class may take.
[[nodiscard]] std::chrono::milliseconds Budget(RateClass rate_class);

}  // namespace gateway
