#include "observe/json_text.h"

#include <cstdint>
#include <string>
#include <variant>

namespace observe {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// Length of the well-formed UTF-8 sequence at `text`'s start (Unicode 15, table 3-7); 0 if none.
std::size_t Utf8Length(std::string_view text) {
    const auto at = [text](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto in = [&at](std::size_t i, std::uint8_t low, std::uint8_t high) {
        return at(i) >= low && at(i) <= high;
    };
    if (in(0, 0x00, 0x7F)) {
        return 1;
    }
    if (in(0, 0xC2, 0xDF)) {
        return in(1, 0x80, 0xBF) ? 2 : 0;
    }
    if (in(0, 0xE0, 0xEF)) {
        const std::uint8_t low = at(0) == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = at(0) == 0xED ? 0x9F : 0xBF;
        return in(1, low, high) && in(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (in(0, 0xF0, 0xF4)) {
        const std::uint8_t low = at(0) == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = at(0) == 0xF4 ? 0x8F : 0xBF;
        return in(1, low, high) && in(2, 0x80, 0xBF) && in(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

void AppendControl(std::string& target, std::uint8_t letter) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    target += "\\u00";
    target += kDigits[letter >> 4];
    target += kDigits[letter & 0x0F];
}

}  // namespace

void AppendJsonString(std::string& target, std::string_view text) {
    target += '"';
    while (!text.empty()) {
        const std::size_t length = Utf8Length(text);
        const auto letter = static_cast<std::uint8_t>(text.front());
        if (length == 0) {
            target += kReplacement;
        } else if (letter == '"' || letter == '\\') {
            target += '\\';
            target += static_cast<char>(letter);
        } else if (letter < 0x20 || letter == 0x7F) {
            AppendControl(target, letter);
        } else {
            target += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    target += '"';
}

void AppendJsonValue(std::string& target, const Field& field) {
    if (const auto* text = std::get_if<std::string>(&field.value)) {
        AppendJsonString(target, std::string_view(*text).substr(0, kFieldLengthMax));
    } else if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        target += std::to_string(*number);
    } else {
        target += std::get<bool>(field.value) ? "true" : "false";
    }
}

}  // namespace observe
