#include "money/uint256.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "base/hex.h"
#include "unit/money/arbitrary.h"

namespace {

using money::Rounding;
using money::UInt256;

constexpr const char* kMaxText =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

UInt256 Number(std::string_view decimal) {
    return UInt256::Parse(decimal).value();
}

std::string Decimal(const base::Result<UInt256>& value) {
    return value ? value->ToDecimal() : value.error().reason;
}

TEST(UInt256, ReadsAndWritesDecimalEdges) {
    for (const char* const text : {"0",
                                   "1",
                                   "9007199254740993",
                                   "18446744073709551615",
                                   "18446744073709551616",
                                   "340282366920938463463374607431768211456",
                                   kMaxText}) {
        EXPECT_EQ(Number(text).ToDecimal(), text);
    }
    EXPECT_EQ(UInt256::Max(), Number(kMaxText));
    EXPECT_EQ(UInt256(18446744073709551615U), Number("18446744073709551615"));
}

TEST(UInt256, RefusesWhatIsNotACanonicalNumberInRange) {
    for (const std::string& text : {std::string(""),
                                    std::string("00"),
                                    std::string("01"),
                                    std::string("-1"),
                                    std::string("+1"),
                                    std::string("1.0"),
                                    std::string("0x1"),
                                    std::string("1e3"),
                                    std::string(" 1"),
                                    std::string("1\0", 2),
                                    std::string("\xd9\xa1"),
                                    // 2^256, and a text of a hundred nines
                                    std::string("1157920892373161954235709850086879078532699846656"
                                                "40564039457584007913129639936"),
                                    std::string(100, '9')}) {
        EXPECT_EQ(Decimal(UInt256::Parse(text)), "bad_amount") << text;
    }
}

TEST(UInt256, RefusesMoreThan32Bytes) {
    EXPECT_EQ(Decimal(UInt256::FromBigEndian(base::Bytes(33, 0))), "bad_amount");
    EXPECT_TRUE(UInt256::FromBigEndian({}).value().IsZero());
}

TEST(UInt256, WritesMinimalBigEndian) {
    EXPECT_EQ(base::HexEncode(UInt256().ToMinimalBigEndian()), "");
    EXPECT_EQ(base::HexEncode(UInt256(1).ToMinimalBigEndian()), "01");
    EXPECT_EQ(base::HexEncode(UInt256(256).ToMinimalBigEndian()), "0100");
    EXPECT_EQ(UInt256::Max().ToMinimalBigEndian().size(), 32U);
}

TEST(UInt256, NarrowsTo64BitsOnlyWhereItFits) {
    EXPECT_EQ(Number("18446744073709551615").ToUint64().value(), 18446744073709551615U);
    for (const char* const text : {"18446744073709551616",
                                   "340282366920938463463374607431768211456",
                                   "6277101735386680763835789423207666416102355444464034512896"}) {
        EXPECT_EQ(Number(text).ToUint64().error().reason, "amount_overflow") << text;
    }
}

TEST(UInt256, NeverWraps) {
    const UInt256 one(1);
    EXPECT_EQ(Decimal(CheckedAdd(UInt256::Max(), one)), "amount_overflow");
    EXPECT_EQ(Decimal(CheckedSub(UInt256(), one)), "amount_overflow");
    EXPECT_EQ(Decimal(CheckedMul(UInt256::Max(), UInt256(2))), "amount_overflow");
    EXPECT_EQ(Decimal(CheckedMul(UInt256::Max(), UInt256::Max())), "amount_overflow");
    EXPECT_EQ(Decimal(CheckedAdd(CheckedSub(UInt256::Max(), one).value(), one)), kMaxText);
}

TEST(UInt256, RoundsTheWayItIsTold) {
    const auto third = [](Rounding rounding) {
        return Decimal(CheckedMulDiv(UInt256(100), UInt256(1), UInt256(3), rounding));
    };
    EXPECT_EQ(third(Rounding::kDown), "33");
    EXPECT_EQ(third(Rounding::kUp), "34");
    EXPECT_EQ(Decimal(CheckedDiv(UInt256(99), UInt256(3), Rounding::kUp)), "33");
    EXPECT_EQ(Decimal(CheckedDiv(UInt256(0), UInt256(3), Rounding::kUp)), "0");
}

TEST(UInt256, MulDivKeepsTheWholeProduct) {
    const UInt256 max = UInt256::Max();
    EXPECT_EQ(CheckedMulDiv(max, max, max, Rounding::kUp).value(), max);
    EXPECT_EQ(Decimal(CheckedMulDiv(max, UInt256(2), UInt256(1), Rounding::kDown)),
              "amount_overflow");
    EXPECT_EQ(Decimal(CheckedMulDiv(max, max, UInt256(), Rounding::kDown)), "amount_overflow");
    EXPECT_EQ(Decimal(CheckedDiv(max, UInt256(), Rounding::kDown)), "amount_overflow");
}

RC_GTEST_PROP(UInt256Property, DecimalRoundTrips, (const UInt256& value)) {
    RC_ASSERT(UInt256::Parse(value.ToDecimal()).value() == value);
}

RC_GTEST_PROP(UInt256Property, BigEndianRoundTrips, (const UInt256& value)) {
    RC_ASSERT(UInt256::FromBigEndian(value.ToBigEndian()).value() == value);
    RC_ASSERT(UInt256::FromBigEndian(value.ToMinimalBigEndian()).value() == value);
}

RC_GTEST_PROP(UInt256Property, OrderIsThatOfTheBytes, (const UInt256& left, const UInt256& right)) {
    RC_ASSERT((left < right) == (left.ToBigEndian() < right.ToBigEndian()));
    RC_ASSERT((left == right) == (left.ToBigEndian() == right.ToBigEndian()));
}

RC_GTEST_PROP(UInt256Property, SubtractionUndoesAddition, (const UInt256& a, const UInt256& b)) {
    const auto sum = CheckedAdd(a, b);
    RC_ASSERT(sum.has_value() == (a <= CheckedSub(UInt256::Max(), b).value()));
    if (sum) {
        RC_ASSERT(CheckedSub(*sum, b).value() == a);
        RC_ASSERT(CheckedAdd(b, a).value() == *sum);
    }
}

RC_GTEST_PROP(UInt256Property, DivisionUndoesMultiplication, (const UInt256& a, const UInt256& b)) {
    RC_PRE(!b.IsZero());
    RC_ASSERT(CheckedMulDiv(a, b, b, Rounding::kDown).value() == a);
    RC_ASSERT(CheckedMulDiv(a, b, b, Rounding::kUp).value() == a);
    const auto product = CheckedMul(a, b);
    const auto limit = CheckedDiv(UInt256::Max(), b, Rounding::kDown).value();
    RC_ASSERT(product.has_value() == (a <= limit));
    if (product) {
        RC_ASSERT(CheckedDiv(*product, b, Rounding::kUp).value() == a);
    }
}

RC_GTEST_PROP(UInt256Property, RoundingBracketsTheQuotient, (const UInt256& a, const UInt256& b)) {
    RC_PRE(!b.IsZero());
    const UInt256 down = CheckedDiv(a, b, Rounding::kDown).value();
    const UInt256 up = CheckedDiv(a, b, Rounding::kUp).value();
    const UInt256 below = CheckedMul(down, b).value();
    RC_ASSERT(below <= a);
    RC_ASSERT(CheckedSub(a, below).value() < b);
    RC_ASSERT(up == (below == a ? down : CheckedAdd(down, UInt256(1)).value()));
}

}  // namespace
