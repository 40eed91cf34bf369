#include "net/text_rules.h"

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "base/utf8.h"

namespace net {

namespace {

char Lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

bool IsPrintableUtf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(text[i]);
        // C1 controls are U+0080 to U+009F: C2 80 to C2 9F.
        const bool c1 =
            byte == 0xC2 && i + 1 < text.size() && static_cast<std::uint8_t>(text[i + 1]) < 0xA0;
        if (byte < 0x20 || byte == 0x7F || c1) {
            return false;
        }
    }
    return base::IsUtf8(text);
}

bool IsToken(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [kMarks](char letter) {
        return base::IsDigit(letter) || (Lower(letter) >= 'a' && Lower(letter) <= 'z') ||
               kMarks.find(letter) != std::string_view::npos;
    });
}

bool IsHeaderValue(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) {
        const auto byte = static_cast<std::uint8_t>(letter);
        return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
    });
}

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
               return Lower(a) == Lower(b);
           });
}

}  // namespace net
