#include "signer/wire.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace signer {

namespace {

constexpr std::size_t kFirstCapacity = 1024;

void StoreNumber(std::uint64_t value, std::span<std::uint8_t> target) {
    for (std::size_t i = target.size(); i > 0; --i) {
        target[i - 1] = static_cast<std::uint8_t>(value);
        value >>= 8;
    }
}

std::uint64_t LoadNumber(base::ByteView bytes) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes) {
        value = value << 8 | byte;
    }
    return value;
}

}  // namespace

void Writer::Put(base::ByteView bytes) {
    if (size_ + bytes.size() > buffer_.size()) {
        secret::Bytes larger(std::max({kFirstCapacity, 2 * buffer_.size(), size_ + bytes.size()}));
        std::copy_n(buffer_.Expose().begin(), size_, larger.Fill().begin());
        buffer_ = std::move(larger);
    }
    std::copy(bytes.begin(), bytes.end(), buffer_.Fill().subspan(size_).begin());
    size_ += bytes.size();
}

void Writer::Number(std::uint64_t value, int size) {
    base::ByteArray<8> bytes{};
    const std::span<std::uint8_t> used =
        std::span<std::uint8_t>(bytes).first(static_cast<std::size_t>(size));
    StoreNumber(value, used);
    Put(used);
}

void Writer::Block(base::ByteView bytes) {
    Number(bytes.size(), 4);
    Put(bytes);
}

secret::Bytes Writer::Take() {
    buffer_.Shrink(size_);
    size_ = 0;
    return std::move(buffer_);
}

std::uint64_t Reader::Number(std::size_t size) {
    if (rest_.size() < size) {
        failed_ = true;
        rest_ = {};
        return 0;
    }
    const std::uint64_t value = LoadNumber(rest_.first(size));
    rest_ = rest_.subspan(size);
    return value;
}

base::ByteView Reader::Block() {
    const std::size_t size = Number(4);
    if (rest_.size() < size) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    const base::ByteView block = rest_.first(size);
    rest_ = rest_.subspan(size);
    return block;
}

base::ByteArray<kFrameHeaderSize> EncodeFrameHeader(const FrameHeader& header) {
    base::ByteArray<kFrameHeaderSize> bytes{};
    const std::span<std::uint8_t> all(bytes);
    StoreNumber(header.size, all.first(4));
    StoreNumber(header.id, all.subspan(4));
    return bytes;
}

FrameHeader DecodeFrameHeader(const base::ByteArray<kFrameHeaderSize>& bytes) {
    const base::ByteView all(bytes);
    return {static_cast<std::uint32_t>(LoadNumber(all.first(4))), LoadNumber(all.subspan(4))};
}

}  // namespace signer
