#include "solana/compact_u16.h"

namespace solana {

namespace {

constexpr std::uint8_t kMore = 0x80;
constexpr std::size_t kSizeMax = 3;

base::Error BadLength() {
    return base::InvalidArgument("bad_message", "a length is cut short, too large or not minimal");
}

}  // namespace

void AppendCompactU16(base::Bytes& target, std::uint16_t value) {
    while (value >= kMore) {
        target.push_back(static_cast<std::uint8_t>(value | kMore));
        value = static_cast<std::uint16_t>(value >> 7);
    }
    target.push_back(static_cast<std::uint8_t>(value));
}

base::Result<CompactU16> DecodeCompactU16(base::ByteView bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < kSizeMax && i < bytes.size(); ++i) {
        value |= std::uint32_t{bytes[i]} % kMore << (7 * i);
        if ((bytes[i] & kMore) != 0) {
            continue;
        }
        if ((i > 0 && bytes[i] == 0) || value > 0xffff) {
            return BadLength();
        }
        return CompactU16{static_cast<std::uint16_t>(value), i + 1};
    }
    return BadLength();
}

}  // namespace solana
