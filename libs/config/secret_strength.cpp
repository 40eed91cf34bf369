#include "config/secret_strength.h"

#include <array>
#include <set>
#include <string>

#include "base/text.h"

namespace config {

namespace {

constexpr std::size_t kLengthMin = 32;
constexpr std::size_t kDistinctMin = 8;
constexpr std::size_t kPeriodMax = 16;

constexpr std::array<std::string_view, 14> kSamples{"your_",
                                                    "your-",
                                                    "changeme",
                                                    "change_me",
                                                    "change-me",
                                                    "example",
                                                    "sample",
                                                    "placeholder",
                                                    "replace",
                                                    "secret",
                                                    "password",
                                                    "insecure",
                                                    "default",
                                                    "qwerty"};

bool IsSampleText(std::string_view value) {
    const std::string lower = base::ToLower(value);
    for (const std::string_view sample : kSamples) {
        if (lower.find(sample) != std::string::npos) {
            return true;
        }
    }
    return false;
}

// "abcabcabc" is "abc" again and again.
bool IsPeriodic(std::string_view value) {
    for (std::size_t period = 1; period <= kPeriodMax && period * 2 <= value.size(); ++period) {
        if (value.substr(period) == value.substr(0, value.size() - period)) {
            return true;
        }
    }
    return false;
}

}  // namespace

base::Result<void> CheckStrongSecret(std::string_view value) {
    const auto weak = [](std::string detail) {
        return base::InvalidArgument("weak_secret", std::move(detail))
            .Remedy("make one with: openssl rand -hex 32");
    };
    if (value.size() < kLengthMin) {
        return weak("has " + std::to_string(value.size()) + " characters, needs " +
                    std::to_string(kLengthMin));
    }
    if (IsSampleText(value)) {
        return weak("is sample text");
    }
    if (std::set<char>(value.begin(), value.end()).size() < kDistinctMin || IsPeriodic(value)) {
        return weak("repeats itself");
    }
    return {};
}

}  // namespace config
