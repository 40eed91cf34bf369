#include "auth/base64url.h"

#include <gtest/gtest.h>

namespace {

// RFC 4648 section 10, without padding.
TEST(Base64Url, MatchesTheStandardsExamples) {
    const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                         {"f", "Zg"},
                                                         {"fo", "Zm8"},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg"},
                                                         {"fooba", "Zm9vYmE"},
                                                         {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : cases) {
        EXPECT_EQ(auth::Base64UrlEncode(base::AsBytes(plain)), text);
        const auto decoded = auth::Base64UrlDecode(text);
        ASSERT_TRUE(decoded.has_value()) << text;
        EXPECT_EQ(base::ToText(*decoded), plain);
    }
}

TEST(Base64Url, UsesTheUrlAlphabet) {
    const base::Bytes bytes{0xfb, 0xef, 0xff};
    EXPECT_EQ(auth::Base64UrlEncode(bytes), "--__");
}

TEST(Base64Url, RefusesEverySecondSpelling) {
    for (const char* text : {"Zg==", "Z", "Zm9vY", "Zh", "Zm9=", "Zm+v", "Zm/v", "Zm 8", "Zm8\n"}) {
        const auto decoded = auth::Base64UrlDecode(text);
        ASSERT_FALSE(decoded.has_value()) << text;
        EXPECT_EQ(decoded.error().reason, "bad_base64");
    }
}

}  // namespace
