// Reads a message from the front. Only for this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "solana/compact_u16.h"
#include "solana/pubkey.h"

namespace solana {

// Answers zeros and empty values once anything has been missing or malformed; look at Complete() at
// the end.
class Reader {
public:
    explicit Reader(base::ByteView bytes) : rest_(bytes) {}

    [[nodiscard]] base::ByteView Raw(std::size_t size) {
        if (!good_ || size > rest_.size()) {
            Fail();
            return {};
        }
        const base::ByteView bytes = rest_.first(size);
        rest_ = rest_.subspan(size);
        return bytes;
    }

    [[nodiscard]] std::uint8_t U8() {
        const base::ByteView byte = Raw(1);
        return byte.empty() ? std::uint8_t{0} : byte[0];
    }

    [[nodiscard]] Pubkey Key() { return Pubkey{base::ToArray<32>(Raw(32))}; }

    // A count of items with at least `size_min` bytes each: more than can follow are malformed.
    [[nodiscard]] std::size_t Count(std::size_t size_min) {
        const auto count = DecodeCompactU16(rest_);
        if (!good_ || !count || count->value > (rest_.size() - count->size) / size_min) {
            Fail();
            return 0;
        }
        rest_ = rest_.subspan(count->size);
        return count->value;
    }

    [[nodiscard]] base::Bytes Block() { return base::ToBytes(Raw(Count(1))); }

    [[nodiscard]] base::ByteView rest() const { return rest_; }

    [[nodiscard]] bool good() const { return good_; }

    // Nothing was missing and nothing is left.
    [[nodiscard]] bool Complete() const { return good_ && rest_.empty(); }

    void Fail() {
        good_ = false;
        rest_ = {};
    }

private:
    base::ByteView rest_;
    bool good_ = true;
};

}  // namespace solana
