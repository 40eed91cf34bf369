#include "base/utf8.h"

#include <gtest/gtest.h>

namespace {

TEST(Utf8, FollowsTheUnicodeTable) {
    for (const char* text : {"",
                             "a",
                             "\xc3\xa9",
                             "\xe2\x82\xac",
                             "\xed\x9f\xbf",
                             "\xf0\x9f\x98\x80",
                             "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(base::IsUtf8(text)) << text;
    }
    for (const char* text : {"\x80",
                             "\xc0\x80",
                             "\xc3",
                             "\xe0\x80\x80",
                             "\xed\xa0\x80",
                             "\xf0\x80\x80\x80",
                             "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80",
                             "\xe2\x82"}) {
        EXPECT_FALSE(base::IsUtf8(text));
    }
}

}  // namespace
