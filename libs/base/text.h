// Small text helpers that the standard library lacks. ASCII only, locale-free.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace base {

[[nodiscard]] constexpr bool IsDigit(char letter) {
    return letter >= '0' && letter <= '9';
}

[[nodiscard]] std::string ToLower(std::string_view text);

// "a,,b" -> {"a", "", "b"}; an empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> Split(std::string_view text, char separator);

// Cuts blanks, tabs, CR and LF at both ends.
[[nodiscard]] std::string_view Trim(std::string_view text);

// The entry of `choices` nearest to `text` by edit distance, at most 3 edits; empty if none is
// near. Used for "did you mean" in errors; texts over 64 characters are never near.
[[nodiscard]] std::string_view Nearest(std::string_view text,
                                       const std::vector<std::string_view>& choices);

// Decimal digits alone, no sign, no blanks. Errors: `bad_number`.
template <class Integer>
[[nodiscard]] Result<Integer> ParseUnsigned(std::string_view text, Integer max) {
    Integer value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || !IsDigit(text.front()) || code != std::errc{} ||
        end != text.data() + text.size() || value > max) {
        return InvalidArgument("bad_number",
                               "expected a whole number from 0 to " + std::to_string(max));
    }
    return value;
}

}  // namespace base
