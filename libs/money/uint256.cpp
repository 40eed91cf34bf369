#include "money/uint256.h"

#include <algorithm>
#include <cstddef>

#include <boost/multiprecision/cpp_int.hpp>

#include "base/text.h"

namespace money {

namespace {

namespace mp = boost::multiprecision;

// Wide enough for the product of two values, so that no step before the range check can wrap.
using Wide = mp::number<mp::cpp_int_backend<512, 512, mp::unsigned_magnitude, mp::checked, void>>;

constexpr std::size_t kDigitsMax = 78;  // of 2^256 - 1

Wide ToWide(const UInt256& value) {
    const base::ByteArray<32> bytes = value.ToBigEndian();
    Wide wide;
    mp::import_bits(wide, bytes.begin(), bytes.end());
    return wide;
}

base::Error Overflow(std::string detail) {
    return base::InvalidArgument("amount_overflow", std::move(detail));
}

base::Result<UInt256> Narrow(const Wide& wide) {
    base::Bytes bytes;
    mp::export_bits(wide, std::back_inserter(bytes), 8);
    if (bytes.size() > 32) {
        return Overflow("the result is above 2^256 - 1");
    }
    return UInt256::FromBigEndian(bytes);
}

}  // namespace

base::Result<UInt256> UInt256::Parse(std::string_view decimal) {
    if (decimal.empty()) {
        return base::InvalidArgument("bad_amount", "the amount is empty");
    }
    for (std::size_t i = 0; i < decimal.size(); ++i) {
        if (!base::IsDigit(decimal[i])) {
            return base::InvalidArgument("bad_amount",
                                         "not a decimal digit at position " + std::to_string(i));
        }
    }
    if (decimal.size() > 1 && decimal.front() == '0') {
        return base::InvalidArgument("bad_amount", "the amount has a leading zero");
    }
    // 78 digits fit 512 bits with room to spare, so that the conversion cannot overflow.
    if (decimal.size() <= kDigitsMax) {
        if (auto value = Narrow(Wide(std::string(decimal)))) {
            return value;
        }
    }
    return base::InvalidArgument("bad_amount", "the amount is above 2^256 - 1");
}

base::Result<UInt256> UInt256::FromBigEndian(base::ByteView bytes) {
    if (bytes.size() > 32) {
        return base::InvalidArgument(
            "bad_amount",
            "an amount has at most 32 bytes, this has " + std::to_string(bytes.size()));
    }
    UInt256 value;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::size_t place = bytes.size() - 1 - i;  // 0 = least significant byte
        value.words_[3 - place / 8] |= std::uint64_t{bytes[i]} << (8 * (place % 8));
    }
    return value;
}

std::string UInt256::ToDecimal() const {
    return ToWide(*this).str();
}

base::ByteArray<32> UInt256::ToBigEndian() const {
    base::ByteArray<32> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(words_[i / 8] >> (56 - 8 * (i % 8)));
    }
    return bytes;
}

base::Bytes UInt256::ToMinimalBigEndian() const {
    const base::ByteArray<32> bytes = ToBigEndian();
    const auto first =
        std::find_if(bytes.begin(), bytes.end(), [](auto byte) { return byte != 0; });
    return {first, bytes.end()};
}

base::Result<std::uint64_t> UInt256::ToUint64() const {
    if (words_[0] != 0 || words_[1] != 0 || words_[2] != 0) {
        return Overflow("the value is above 2^64 - 1");
    }
    return words_[3];
}

base::Result<UInt256> CheckedAdd(const UInt256& left, const UInt256& right) {
    return Narrow(ToWide(left) + ToWide(right));
}

base::Result<UInt256> CheckedSub(const UInt256& left, const UInt256& right) {
    if (left < right) {
        return Overflow("the result is below zero");
    }
    return Narrow(ToWide(left) - ToWide(right));
}

base::Result<UInt256> CheckedMul(const UInt256& left, const UInt256& right) {
    return Narrow(ToWide(left) * ToWide(right));
}

base::Result<UInt256> CheckedMulDiv(const UInt256& value,
                                    const UInt256& numerator,
                                    const UInt256& denominator,
                                    Rounding rounding) {
    if (denominator.IsZero()) {
        return Overflow("division by zero");
    }
    const Wide product = ToWide(value) * ToWide(numerator);
    Wide quotient;
    Wide remainder;
    mp::divide_qr(product, ToWide(denominator), quotient, remainder);
    if (rounding == Rounding::kUp && !remainder.is_zero()) {
        ++quotient;
    }
    return Narrow(quotient);
}

}  // namespace money
