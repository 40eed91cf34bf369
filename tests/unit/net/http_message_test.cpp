#include "net/http_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "net/text_rules.h"

namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Headers, CompareNamesWithoutCase) {
    net::Headers headers{{"Content-Type", "a"}, {"X-A", "1"}, {"x-a", "2"}};
    EXPECT_EQ(headers.Find("content-type"), "a");
    EXPECT_EQ(headers.Find("X-a"), "1");
    EXPECT_EQ(headers.Count("x-A"), 2U);
    EXPECT_FALSE(headers.Find("X"));
    headers.Set("X-A", "3");
    EXPECT_EQ(headers.Count("x-a"), 1U);
    EXPECT_EQ(headers.Find("x-a"), "3");
}

TEST(MediaType, DropsParametersAndCase) {
    EXPECT_EQ(net::MediaType({{"content-type", "Application/JSON ; charset=utf-8"}}),
              "application/json");
    EXPECT_EQ(net::MediaType({}), "");
}

TEST(Method, RoundTrips) {
    for (const char* name : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
        const auto method = net::ParseMethod(name);
        ASSERT_TRUE(method) << name;
        EXPECT_EQ(net::MethodName(*method), name);
    }
    for (const char* name : {"", "get", "TRACE", "CONNECT", "GETX"}) {
        EXPECT_FALSE(net::ParseMethod(name)) << name;
    }
}

TEST(PercentDecode, DecodesOctets) {
    EXPECT_EQ(*net::PercentDecode("a%20b%2Fc%e2%82%ac+"), "a b/c\xe2\x82\xac+");
    for (const char* text : {"%", "%4", "a%", "%zz", "%4g", "100%"}) {
        const auto decoded = net::PercentDecode(text);
        ASSERT_FALSE(decoded) << text;
        EXPECT_EQ(decoded.error().reason, "bad_encoding");
    }
}

TEST(PercentEncode, RoundTripsEveryByte) {
    std::string all;
    for (int i = 0; i < 256; ++i) {
        all += static_cast<char>(i);
    }
    const std::string encoded = net::PercentEncode(all);
    EXPECT_EQ(encoded.find_first_not_of(
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%"),
              std::string::npos);
    EXPECT_EQ(*net::PercentDecode(encoded), all);
}

TEST(Parameters, ReadsPairs) {
    const auto parameters = net::Parameters::Parse("a=1&b=two+words&c&d=x%3Dy%26&e=");
    ASSERT_TRUE(parameters);
    EXPECT_THAT(std::vector(parameters->begin(), parameters->end()),
                ElementsAre(Pair("a", "1"),
                            Pair("b", "two words"),
                            Pair("c", ""),
                            Pair("d", "x=y&"),
                            Pair("e", "")));
    EXPECT_EQ(parameters->Find("d"), "x=y&");
    EXPECT_FALSE(parameters->Find("z"));
    EXPECT_EQ(net::Parameters::Parse("")->size(), 0U);
}

TEST(Parameters, RefuseWhatIsAmbiguous) {
    std::string many = "p0=1";
    for (int i = 1; i <= 64; ++i) {
        many += "&p" + std::to_string(i) + "=1";
    }
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a=1&a=2", "repeated_parameter"},
        {"a=1&%61=2", "repeated_parameter"},
        {"a=%", "bad_query"},
        {"a=%00", "bad_query"},
        {"a=%0d%0a", "bad_query"},
        {"a=%c0%80", "bad_query"},
        {"a=%ff", "bad_query"},
        {"=1", "bad_query"},
        {"a=1&", "bad_query"},
        {"&", "bad_query"},
        {many, "bad_query"}};
    for (const auto& [text, reason] : cases) {
        const auto parameters = net::Parameters::Parse(text);
        ASSERT_FALSE(parameters) << text;
        EXPECT_EQ(parameters.error().reason, reason) << text;
    }
}

TEST(Parameters, NameTheNearestKnownOne) {
    const auto parameters = net::Parameters::Parse("limti=10");
    const auto checked = parameters->OnlyKnown({"limit", "cursor"});
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().reason, "unknown_parameter");
    EXPECT_EQ(checked.error().remedy, "did you mean `limit`?");
    EXPECT_TRUE(parameters->OnlyKnown({"limti"}));
}

TEST(SplitPath, DecodesEachSegment) {
    EXPECT_THAT(*net::SplitPath("/"), ElementsAre());
    EXPECT_THAT(*net::SplitPath("/api/v1/a%20b/%e2%82%ac"),
                ElementsAre("api", "v1", "a b", "\xe2\x82\xac"));
}

TEST(SplitPath, RefusesEverySecondSpelling) {
    for (const char* path : {"",
                             "a",
                             "*",
                             "//",
                             "/a/",
                             "/a//b",
                             "/./a",
                             "/a/..",
                             "/%2e%2e/a",
                             "/a%2fb",
                             "/a%00",
                             "/a%0a",
                             "/%ff",
                             "/%c0%ae",
                             "/%",
                             "/a\x7f"}) {
        const auto segments = net::SplitPath(path);
        ASSERT_FALSE(segments) << path;
        EXPECT_EQ(segments.error().reason, "bad_path");
    }
}

TEST(PrintableUtf8, HasNoControlCharacters) {
    EXPECT_FALSE(net::IsPrintableUtf8("\xc2\x85")) << "C1 control";
    EXPECT_FALSE(net::IsPrintableUtf8("\xc3")) << "no UTF-8";
    EXPECT_TRUE(net::IsPrintableUtf8("\xc2\xa0"));
}

TEST(HeaderText, RefusesLineBreaks) {
    EXPECT_TRUE(net::IsToken("X-Request-Id"));
    EXPECT_FALSE(net::IsToken(""));
    EXPECT_FALSE(net::IsToken("a b"));
    EXPECT_FALSE(net::IsToken("a:"));
    EXPECT_TRUE(net::IsHeaderValue("a\tb \xc3\xa9"));
    EXPECT_FALSE(net::IsHeaderValue("a\r\nb"));
    EXPECT_FALSE(net::IsHeaderValue(std::string_view("a\0b", 3)));
}

TEST(StatusText, KnowsTheUsualOnes) {
    EXPECT_EQ(net::StatusText(422), "Unprocessable Content");
    EXPECT_EQ(net::StatusText(504), "Gateway Timeout");
    EXPECT_EQ(net::StatusText(299), "Unknown");
}

}  // namespace
