#include "net/text_rules.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/text.h"

namespace net {

namespace {

char Lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

struct Lead {
    std::uint8_t first_low;
    std::uint8_t first_high;
    std::uint8_t second_low;
    std::uint8_t second_high;
    std::size_t length;
};

// The lead bytes of sequences longer than one byte and the range of the byte after each.
constexpr Lead kLeads[] = {{0xC2, 0xDF, 0x80, 0xBF, 2},
                           {0xE0, 0xE0, 0xA0, 0xBF, 3},
                           {0xE1, 0xEC, 0x80, 0xBF, 3},
                           {0xED, 0xED, 0x80, 0x9F, 3},
                           {0xEE, 0xEF, 0x80, 0xBF, 3},
                           {0xF0, 0xF0, 0x90, 0xBF, 4},
                           {0xF1, 0xF3, 0x80, 0xBF, 4},
                           {0xF4, 0xF4, 0x80, 0x8F, 4}};

// Length of the well-formed sequence at the start of `text`; 0 if there is none.
std::size_t SequenceLength(std::string_view text) {
    const auto at = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    if (at(0) < 0x80) {
        return 1;
    }
    for (const Lead& lead : kLeads) {
        if (at(0) < lead.first_low || at(0) > lead.first_high) {
            continue;
        }
        if (text.size() < lead.length || at(1) < lead.second_low || at(1) > lead.second_high) {
            return 0;
        }
        for (std::size_t i = 2; i < lead.length; ++i) {
            if (at(i) < 0x80 || at(i) > 0xBF) {
                return 0;
            }
        }
        return lead.length;
    }
    return 0;
}

}  // namespace

bool IsUtf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = SequenceLength(text);
        if (length == 0) {
            return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

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
    return IsUtf8(text);
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
