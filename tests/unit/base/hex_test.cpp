#include "base/hex.h"

#include <gtest/gtest.h>

namespace {

TEST(Hex, RoundTripsEveryByte) {
    base::Bytes all;
    for (int value = 0; value < 256; ++value) {
        all.push_back(static_cast<std::uint8_t>(value));
    }
    EXPECT_EQ(*base::HexDecode(base::HexEncode(all)), all);
    EXPECT_EQ(*base::HexDecodePrefixed(base::HexEncodePrefixed(all)), all);
}

TEST(Hex, NamesTheFirstWrongPosition) {
    const auto result = base::HexDecode("00g0");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "bad_hex");
    EXPECT_NE(result.error().detail.find("position 2"), std::string::npos);
}

TEST(Hex, RefusesOddLengthAndMissingPrefix) {
    EXPECT_FALSE(base::HexDecode("abc"));
    EXPECT_FALSE(base::HexDecodePrefixed("abcd"));
}

}  // namespace
