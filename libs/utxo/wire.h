// How Bitcoin and Zcash write values: integers little-endian, lengths as CompactSize. Only for this
// folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "crypto/hash.h"

namespace utxo {

class Writer {
public:
    void U8(std::uint8_t value) { Number(value, 1); }

    void U32(std::uint32_t value) { Number(value, 4); }

    void U64(std::uint64_t value) { Number(value, 8); }

    void CompactSize(std::uint64_t value);

    void Raw(base::ByteView bytes) { base::Append(bytes_, bytes); }

    // CompactSize of the length, then the bytes.
    void Block(base::ByteView bytes);

    [[nodiscard]] const base::Bytes& bytes() const { return bytes_; }

private:
    void Number(std::uint64_t value, int size);

    base::Bytes bytes_;
};

// Answers zeros and empty values once anything has been missing or malformed; look at Complete() at
// the end.
class Reader {
public:
    explicit Reader(base::ByteView bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint8_t U8() { return static_cast<std::uint8_t>(Number(1)); }

    [[nodiscard]] std::uint32_t U32() { return static_cast<std::uint32_t>(Number(4)); }

    [[nodiscard]] std::uint64_t U64() { return Number(8); }

    // A longer form than needed is malformed.
    [[nodiscard]] std::uint64_t CompactSize();

    // A CompactSize of items with at least `size_min` bytes each: more than can follow are
    // malformed, so that a count never makes us allocate what was not sent.
    [[nodiscard]] std::size_t Count(std::size_t size_min);

    [[nodiscard]] base::ByteView Raw(std::size_t size);

    [[nodiscard]] base::ByteView Block() { return Raw(Count(1)); }

    [[nodiscard]] crypto::Hash256 Hash() { return base::ToArray<32>(Raw(32)); }

    [[nodiscard]] bool good() const { return good_; }

    [[nodiscard]] std::size_t size_left() const { return rest_.size(); }

    // Nothing was missing and nothing is left.
    [[nodiscard]] bool Complete() const { return good_ && rest_.empty(); }

    void Fail();

private:
    [[nodiscard]] std::uint64_t Number(int size);

    base::ByteView rest_;
    bool good_ = true;
};

[[nodiscard]] std::size_t CompactSizeLength(std::uint64_t value);

}  // namespace utxo
