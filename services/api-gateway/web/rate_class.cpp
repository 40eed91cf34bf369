#include "api-gateway/web/rate_class.h"

#include <algorithm>

namespace gateway {

std::string_view RateClassName(RateClass rate_class) {
    switch (rate_class) {
        case RateClass::kOpen:
            return "open";
        case RateClass::kAuth:
            return "auth";
        case RateClass::kRead:
            return "read";
        case RateClass::kWrite:
            return "write";
        case RateClass::kSend:
            return "send";
        case RateClass::kSecret:
            return "secret";
        case RateClass::kAi:
            return "ai";
        case RateClass::kAdmin:
            return "admin";
    }
    return "";
}

std::optional<RateClass> ParseRateClass(std::string_view name) {
    const auto* const found =
        std::find_if(kRateClasses.begin(), kRateClasses.end(), [&](RateClass one) {
            return RateClassName(one) == name;
        });
    return found == kRateClasses.end() ? std::nullopt : std::optional(*found);
}

bool IsPerUser(RateClass rate_class) {
    return rate_class != RateClass::kOpen && rate_class != RateClass::kAuth;
}

std::chrono::seconds RateWindow(RateClass rate_class) {
    return rate_class == RateClass::kSecret ? std::chrono::hours(1) : std::chrono::minutes(1);
}

std::uint32_t RateBurst(RateClass rate_class, std::uint32_t permits) {
    constexpr std::uint32_t kReadShare = 3;
    return rate_class == RateClass::kRead ? std::max(1U, permits / kReadShare) : permits;
}

std::chrono::milliseconds Budget(RateClass rate_class) {
    switch (rate_class) {
        case RateClass::kOpen:
        case RateClass::kRead:
            return std::chrono::seconds(10);
        case RateClass::kAuth:
        case RateClass::kWrite:
        case RateClass::kSecret:
        case RateClass::kAdmin:
            return std::chrono::seconds(15);
        case RateClass::kSend:
            return std::chrono::seconds(30);
        case RateClass::kAi:
            return std::chrono::seconds(120);
    }
    return {};
}

}  // namespace gateway
