#include "config/values.h"

#include <gtest/gtest.h>
#include <string>

#include "config/secret_strength.h"

namespace {

using std::chrono::milliseconds;

TEST(Duration, ReadsEveryUnit) {
    EXPECT_EQ(*config::ParseDuration("500ms"), milliseconds(500));
    EXPECT_EQ(*config::ParseDuration("30s"), milliseconds(30'000));
    EXPECT_EQ(*config::ParseDuration("15m"), milliseconds(900'000));
    EXPECT_EQ(*config::ParseDuration("12h"), milliseconds(43'200'000));
    EXPECT_EQ(*config::ParseDuration("7d"), milliseconds(604'800'000));
}

TEST(Duration, RefusesEverythingElse) {
    for (const char* text : {"",
                             "15",
                             "m",
                             "-1s",
                             "+1s",
                             "1.5h",
                             " 1s",
                             "1 s",
                             "0x1s",
                             "1w",
                             "99999999999999999999s"}) {
        const auto parsed = config::ParseDuration(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().reason, "bad_duration");
    }
}

TEST(Duration, FormatsWithTheLargestUnitThatFits) {
    EXPECT_EQ(config::FormatDuration(milliseconds(900'000)), "15m");
    EXPECT_EQ(config::FormatDuration(milliseconds(86'400'000)), "1d");
    EXPECT_EQ(config::FormatDuration(milliseconds(1'500)), "1500ms");
    EXPECT_EQ(config::FormatDuration(milliseconds(0)), "0ms");
}

TEST(Integer, HoldsItsBounds) {
    EXPECT_EQ(*config::ParseInteger("-5", -5, 5), -5);
    for (const char* text :
         {"", "6", "-6", "1e1", "1 ", " 1", "+1", "0x1", "99999999999999999999"}) {
        EXPECT_FALSE(config::ParseInteger(text, -5, 5)) << text;
    }
}

TEST(Flag, KnowsTwoWords) {
    EXPECT_TRUE(*config::ParseFlag("true"));
    EXPECT_FALSE(*config::ParseFlag("false"));
    for (const char* text : {"", "1", "0", "yes", "TRUE", "off"}) {
        EXPECT_FALSE(config::ParseFlag(text)) << text;
    }
}

TEST(Url, TakesOnlyTheNamedSchemes) {
    EXPECT_TRUE(config::CheckUrl("https://node.example/v3/key", "http,https"));
    EXPECT_TRUE(config::CheckUrl("postgresql://u:p@/db?host=/run/pg", "postgresql"));
    for (const char* text : {"",
                             "node.example",
                             "ftp://node.example",
                             "http://",
                             "http://a:99999",
                             "http://a:0",
                             "http://a b"}) {
        EXPECT_FALSE(config::CheckUrl(text, "http,https")) << text;
    }
}

TEST(Url, ErrorsNeverRepeatTheText) {
    const auto checked = config::CheckUrl("redis://:hunter2@host", "http");
    ASSERT_FALSE(checked);
    EXPECT_EQ((checked.error().detail + checked.error().remedy).find("hunter2"), std::string::npos);
}

TEST(Url, RedactsAllButSchemeAndHost) {
    EXPECT_EQ(config::RedactUrl("https://user:word@node.example:8545/v3/key?q=1"),
              "https://node.example:8545");
    EXPECT_EQ(config::RedactUrl("no url: secret"), "(not a URL)");
}

TEST(Address, TakesHostPortAndUnixPaths) {
    for (const char* text : {"127.0.0.1:9001",
                             "localhost:0",
                             "[::1]:9001",
                             "unix:/run/a.sock",
                             "ipv4:10.0.0.1:9002",
                             "ipv4:10.0.0.1:9002,127.0.0.1:9012"}) {
        EXPECT_TRUE(config::CheckAddress(text)) << text;
    }
    for (const char* text : {"",
                             "localhost",
                             ":9001",
                             "::1:9001",
                             "a:65536",
                             "a:x",
                             "unix:a.sock",
                             "http://a:1",
                             "ipv4:",
                             "ipv4:localhost:1",
                             "ipv4:10.0.0.1",
                             "ipv4:10.0.0.1:1,",
                             "10.0.0.1:1,10.0.0.2:1"}) {
        EXPECT_FALSE(config::CheckAddress(text)) << text;
    }
    EXPECT_FALSE(config::CheckAddress("unix:/" + std::string(107, 'a')));
}

TEST(SecretStrength, RefusesWhatAStrangerCanGuess) {
    for (const std::string& weak : {std::string(),
                                    std::string("short"),
                                    std::string(31, 'x'),
                                    std::string(64, 'a'),
                                    std::string("abababababababababababababababababab"),
                                    std::string("0123456789abcdef0123456789abcdef"),
                                    std::string("your_jwt_secret_min_32_chars_long_enough"),
                                    std::string("ChangeMe-4f9c2e7a1b8d6035e9f4a2c7b1d8")}) {
        const auto checked = config::CheckStrongSecret(weak);
        ASSERT_FALSE(checked) << weak;
        EXPECT_EQ(checked.error().reason, "weak_secret");
        if (weak.size() > 1) {
            EXPECT_EQ(checked.error().detail.find(weak), std::string::npos);
        }
    }
}

TEST(SecretStrength, TakesRandomHex) {
    EXPECT_TRUE(config::CheckStrongSecret(
        "9b1f04c7d2e8a35b6c0f71d9e4a28b3c5d6e7f80912a3b4c5d6e7f8091a2b3c4"));
}

}  // namespace
