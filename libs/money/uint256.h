// An unsigned integer from 0 to 2^256 - 1: amounts in base units, nonces and fees of every chain.
// Arithmetic never wraps and never throws: it answers with an error (`amount_overflow`) instead.
// Not for keys: it does not run in constant time.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace money {

class UInt256 {
public:
    constexpr UInt256() = default;

    explicit constexpr UInt256(std::uint64_t value) : words_{0, 0, 0, value} {}

    // 2^256 - 1.
    [[nodiscard]] static constexpr UInt256 Max() {
        UInt256 value;
        value.words_.fill(~std::uint64_t{0});
        return value;
    }

    // ASCII digits alone, no leading zeros ("0" itself is fine). Errors: `bad_amount`.
    [[nodiscard]] static base::Result<UInt256> Parse(std::string_view decimal);

    // Unsigned, most significant byte first, at most 32 bytes; none means 0. Errors: `bad_amount`.
    [[nodiscard]] static base::Result<UInt256> FromBigEndian(base::ByteView bytes);

    [[nodiscard]] std::string ToDecimal() const;
    [[nodiscard]] base::ByteArray<32> ToBigEndian() const;

    // Without leading zero bytes; empty for 0 (RLP's and Solidity's packed form).
    [[nodiscard]] base::Bytes ToMinimalBigEndian() const;

    // Errors: `amount_overflow` from 2^64 on.
    [[nodiscard]] base::Result<std::uint64_t> ToUint64() const;

    [[nodiscard]] constexpr bool IsZero() const { return *this == UInt256(); }

    friend constexpr bool operator==(const UInt256&, const UInt256&) = default;

    friend constexpr std::strong_ordering operator<=>(const UInt256& left, const UInt256& right) {
        return left.words_ <=> right.words_;
    }

private:
    // Most significant first, so that the array's order is the numeric one.
    std::array<std::uint64_t, 4> words_{};
};

// Which way a quotient goes that is not whole: what we demand (a minimum output) down, what we pay
// (a fee) up.
enum class Rounding { kDown, kUp };

// Errors of all: `amount_overflow` where the result is not from 0 to 2^256 - 1.
[[nodiscard]] base::Result<UInt256> CheckedAdd(const UInt256& left, const UInt256& right);
[[nodiscard]] base::Result<UInt256> CheckedSub(const UInt256& left, const UInt256& right);
[[nodiscard]] base::Result<UInt256> CheckedMul(const UInt256& left, const UInt256& right);

// value * numerator / denominator, the product exact to 512 bits. Errors: `amount_overflow`, also
// for a zero denominator.
[[nodiscard]] base::Result<UInt256> CheckedMulDiv(const UInt256& value,
                                                  const UInt256& numerator,
                                                  const UInt256& denominator,
                                                  Rounding rounding);

[[nodiscard]] inline base::Result<UInt256> CheckedDiv(const UInt256& value,
                                                      const UInt256& denominator,
                                                      Rounding rounding) {
    return CheckedMulDiv(value, UInt256(1), denominator, rounding);
}

}  // namespace money
