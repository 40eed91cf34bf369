#include "base/utf8.h"

#include <cstddef>
#include <cstdint>

namespace base {

namespace {

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

}  // namespace base
