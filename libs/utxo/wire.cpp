#include "utxo/wire.h"

namespace utxo {

namespace {

constexpr std::uint8_t kTwoBytes = 0xfd;
constexpr std::uint8_t kFourBytes = 0xfe;
constexpr std::uint8_t kEightBytes = 0xff;

}  // namespace

void Writer::Number(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) {
        bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

void Writer::CompactSize(std::uint64_t value) {
    switch (CompactSizeLength(value)) {
        case 1:
            Number(value, 1);
            return;
        case 3:
            Number(kTwoBytes, 1);
            Number(value, 2);
            return;
        case 5:
            Number(kFourBytes, 1);
            Number(value, 4);
            return;
        default:
            Number(kEightBytes, 1);
            Number(value, 8);
    }
}

void Writer::Block(base::ByteView bytes) {
    CompactSize(bytes.size());
    Raw(bytes);
}

void Reader::Fail() {
    good_ = false;
    rest_ = {};
}

base::ByteView Reader::Raw(std::size_t size) {
    if (!good_ || size > rest_.size()) {
        Fail();
        return {};
    }
    const base::ByteView bytes = rest_.first(size);
    rest_ = rest_.subspan(size);
    return bytes;
}

std::uint64_t Reader::Number(int size) {
    std::uint64_t value = 0;
    int shift = 0;
    for (const std::uint8_t byte : Raw(static_cast<std::size_t>(size))) {
        value |= std::uint64_t{byte} << shift;
        shift += 8;
    }
    return value;
}

std::uint64_t Reader::CompactSize() {
    const std::uint8_t first = U8();
    if (first < kTwoBytes) {
        return first;
    }
    const int size = first == kTwoBytes ? 2 : first == kFourBytes ? 4 : 8;
    const std::uint64_t value = Number(size);
    if (good_ && CompactSizeLength(value) != static_cast<std::size_t>(size) + 1) {
        Fail();
    }
    return good_ ? value : 0;
}

std::size_t Reader::Count(std::size_t size_min) {
    const std::uint64_t count = CompactSize();
    if (count > rest_.size() / size_min) {
        Fail();
        return 0;
    }
    return static_cast<std::size_t>(count);
}

std::size_t CompactSizeLength(std::uint64_t value) {
    if (value < kTwoBytes) {
        return 1;
    }
    if (value <= 0xffff) {
        return 3;
    }
    return value <= 0xffffffff ? 5 : 9;
}

}  // namespace utxo
