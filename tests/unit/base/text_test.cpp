#include "base/text.h"

#include <gtest/gtest.h>

namespace {

TEST(ParseUnsigned, TakesDigitsUpToTheMaximum) {
    EXPECT_EQ(*base::ParseUnsigned<int>("42", 42), 42);
    for (const std::string text :
         {"", "-1", "+1", " 1", "1 ", "43", "99999999999999999999", "0x1"}) {
        EXPECT_FALSE(base::ParseUnsigned<int>(text, 42)) << text;
    }
}

TEST(Split, KeepsEmptyParts) {
    EXPECT_EQ(base::Split("a,,b", ',').size(), 3u);
    EXPECT_EQ(base::Split("", ',').size(), 1u);
}

TEST(Trim, CutsBlanksAtBothEnds) {
    EXPECT_EQ(base::Trim(" \ta b\r\n"), "a b");
    EXPECT_EQ(base::Trim(" \n"), "");
}

TEST(Nearest, FindsATypingSlipAndNothingFarAway) {
    EXPECT_EQ(base::Nearest("statsu", {"chain", "status"}), "status");
    EXPECT_EQ(base::Nearest("wholly-else", {"chain", "status"}), "");
}

}  // namespace
