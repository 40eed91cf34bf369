#include "auth/base64url.h"

#include <cstdint>

namespace auth {

namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kBitsPerLetter = 6;
constexpr unsigned kBitsPerByte = 8;

base::Error BadBase64() {
    return base::InvalidArgument("bad_base64", "not base64url without padding");
}

}  // namespace

std::string Base64UrlEncode(base::ByteView bytes) {
    std::string text;
    text.reserve((bytes.size() * kBitsPerByte + kBitsPerLetter - 1) / kBitsPerLetter);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const std::uint8_t byte : bytes) {
        pending = (pending << kBitsPerByte) | byte;
        bits += kBitsPerByte;
        while (bits >= kBitsPerLetter) {
            bits -= kBitsPerLetter;
            text += kAlphabet[(pending >> bits) & 0x3f];
        }
    }
    if (bits > 0) {
        text += kAlphabet[(pending << (kBitsPerLetter - bits)) & 0x3f];
    }
    return text;
}

base::Result<base::Bytes> Base64UrlDecode(std::string_view text) {
    base::Bytes bytes;
    bytes.reserve(text.size() * kBitsPerLetter / kBitsPerByte);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char letter : text) {
        const std::size_t value = kAlphabet.find(letter);
        if (value == std::string_view::npos) {
            return BadBase64();
        }
        pending = (pending << kBitsPerLetter) | static_cast<std::uint32_t>(value);
        bits += kBitsPerLetter;
        if (bits >= kBitsPerByte) {
            bits -= kBitsPerByte;
            bytes.push_back(static_cast<std::uint8_t>(pending >> bits));
        }
    }
    // A single letter carries no whole byte; leftover bits must be zero.
    if (bits >= kBitsPerLetter || (pending & ((1U << bits) - 1)) != 0) {
        return BadBase64();
    }
    return bytes;
}

}  // namespace auth
