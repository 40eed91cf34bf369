#include "base/hex.h"

namespace base {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

int DigitValue(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

}  // namespace

std::string HexEncode(ByteView bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text.push_back(kDigits[byte >> 4]);
        text.push_back(kDigits[byte & 0x0f]);
    }
    return text;
}

std::string HexEncodePrefixed(ByteView bytes) {
    return "0x" + HexEncode(bytes);
}

Result<Bytes> HexDecode(std::string_view text) {
    if (text.size() % 2 != 0) {
        return InvalidArgument(
            "bad_hex", "hex text has an odd number of digits: " + std::to_string(text.size()));
    }
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = DigitValue(text[i]);
        const int low = DigitValue(text[i + 1]);
        if (high < 0 || low < 0) {
            const std::size_t position = high < 0 ? i : i + 1;
            return InvalidArgument("bad_hex",
                                   "not a hex digit at position " + std::to_string(position));
        }
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

Result<Bytes> HexDecodePrefixed(std::string_view text) {
    if (!text.starts_with("0x")) {
        return InvalidArgument("bad_hex", "hex text must start with 0x");
    }
    return HexDecode(text.substr(2));
}

}  // namespace base
