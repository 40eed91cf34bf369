#include "secret/hex.h"

#include <gtest/gtest.h>

namespace {

TEST(SecretHex, ReadsEitherCaseAndWritesLower) {
    const auto bytes = secret::FromHex("00fFaB");
    ASSERT_TRUE(bytes);
    EXPECT_EQ(secret::ToHex(*bytes).Expose(), "00ffab");
    EXPECT_TRUE(secret::FromHex("")->empty());
}

TEST(SecretHex, RefusesEverythingElse) {
    for (const char* text : {"0", "0x", "0g", "g0", " 0", "00 "}) {
        EXPECT_FALSE(secret::FromHex(text)) << text;
    }
}

}  // namespace
