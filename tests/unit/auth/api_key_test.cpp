#include "auth/api_key.h"

#include <gtest/gtest.h>

namespace {

TEST(ApiKey, GeneratedKeysParseToThemselves) {
    const auth::ApiKey made = auth::GenerateApiKey();
    EXPECT_TRUE(made.text.Expose().starts_with(made.prefix + "_"));
    const auto parsed = auth::ParseApiKey(made.text.Expose());
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->prefix, made.prefix);
    EXPECT_EQ(parsed->text.Expose(), made.text.Expose());
    EXPECT_NE(auth::GenerateApiKey().prefix, made.prefix);
}

TEST(ApiKey, OtherTextsAreRefused) {
    const std::string good(auth::GenerateApiKey().text.Expose());
    std::string upper = good;
    upper[5] = 'A';
    std::string mark = good;
    mark[0] = 'C';
    std::string separator = good;
    separator[16] = '-';
    std::string secret = good;
    secret.back() = 'g';
    for (const std::string& text :
         {std::string(), good.substr(1), good + "0", upper, mark, separator, secret}) {
        const auto parsed = auth::ParseApiKey(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().reason, "bad_api_key");
        EXPECT_EQ(parsed.error().kind, base::ErrorKind::kUnauthenticated);
    }
}

TEST(ApiKey, HashDependsOnKeyAndInstallation) {
    const auth::ApiKey one = auth::GenerateApiKey();
    const auth::ApiKey two = auth::GenerateApiKey();
    const auto here = secret::Bytes::Copy(base::AsBytes("one installation's hash key"));
    const auto there = secret::Bytes::Copy(base::AsBytes("another one's hash key"));
    EXPECT_EQ(auth::HashApiKey(one, here), auth::HashApiKey(one, here));
    EXPECT_NE(auth::HashApiKey(one, here), auth::HashApiKey(two, here));
    EXPECT_NE(auth::HashApiKey(one, here), auth::HashApiKey(one, there));
}

TEST(ApiKey, UnusableFormIsUniqueAndNeverParses) {
    EXPECT_NE(auth::UnusableApiKey(), auth::UnusableApiKey());
    EXPECT_FALSE(auth::ParseApiKey(auth::UnusableApiKey()).has_value());
}

}  // namespace
