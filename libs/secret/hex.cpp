#include "secret/hex.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace secret {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

// -1 for any other character.
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

std::optional<Bytes> FromHex(std::string_view text) {
    if (text.size() % 2 != 0) {
        return std::nullopt;
    }
    Bytes bytes(text.size() / 2);
    const std::span<std::uint8_t> target = bytes.Fill();
    for (std::size_t i = 0; i < target.size(); ++i) {
        const int high = DigitValue(text[2 * i]);
        const int low = DigitValue(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        target[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return bytes;
}

String ToHex(const Bytes& bytes) {
    Bytes text(2 * bytes.size());
    const std::span<std::uint8_t> target = text.Fill();
    std::size_t place = 0;
    for (const std::uint8_t byte : bytes.Expose()) {
        target[place++] = static_cast<std::uint8_t>(kDigits[byte >> 4]);
        target[place++] = static_cast<std::uint8_t>(kDigits[byte & 15]);
    }
    return String(std::move(text));
}

}  // namespace secret
