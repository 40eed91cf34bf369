#include "auth/password.h"

#include <gtest/gtest.h>

namespace {

constexpr const char* kEmail = "carla@example.com";

std::string RuleOf(std::string_view text) {
    const auto checked = auth::CheckNewPassword(text, kEmail);
    if (checked) {
        return "accepted";
    }
    const auto& error = checked.error();
    return error.metadata.contains("rule") ? error.metadata.at("rule") : error.reason;
}

TEST(Password, TheDocumentedOneIsAccepted) {
    const auto checked = auth::CheckNewPassword("SecurePassword123!", "user@example.com");
    ASSERT_TRUE(checked.has_value());
    EXPECT_EQ(checked->Expose(), "SecurePassword123!");
}

TEST(Password, EachRefusalNamesItsRule) {
    EXPECT_EQ(RuleOf(""), "min_length");
    EXPECT_EQ(RuleOf("aB3!xyz"), "min_length");
    EXPECT_EQ(RuleOf("aB3!xyzw"), "accepted");
    EXPECT_EQ(RuleOf("Password123"), "common");
    EXPECT_EQ(RuleOf("ababababab"), "repetitive");
    EXPECT_EQ(RuleOf("my-CARLA-2026"), "contains_email");
    EXPECT_EQ(RuleOf(std::string("pass\0word", 9)), "bad_password_text");
    EXPECT_EQ(RuleOf("pass\xc3word"), "bad_password_text");
}

TEST(Password, ShortNamesOfAnEmailAreNotForbiddenSyllables) {
    EXPECT_TRUE(auth::CheckNewPassword("alpine-ropes", "al@example.com").has_value());
}

TEST(Password, SeventyTwoBytesAreTheLimitAfterNormalisation) {
    std::string longest;
    while (longest.size() < 72) {
        longest += static_cast<char>('a' + longest.size() % 26);
    }
    EXPECT_EQ(RuleOf(longest), "accepted");
    EXPECT_EQ(RuleOf(longest + "x"), "password_too_long");
    EXPECT_EQ(RuleOf(std::string(2000, 'x')), "password_too_long");
    // Sixty letters and six decomposed e-acute: 78 bytes as typed, 72 in NFC.
    std::string decomposed = longest.substr(0, 60);
    for (int count = 0; count < 6; ++count) {
        decomposed += "e\xcc\x81";
    }
    EXPECT_EQ(RuleOf(decomposed), "accepted");
}

TEST(Password, ComposedAndDecomposedFormsAreOnePassword) {
    const auto composed = auth::NormalisePassword("caf\xc3\xa9-terrace");
    const auto decomposed = auth::NormalisePassword("cafe\xcc\x81-terrace");
    ASSERT_TRUE(composed.has_value() && decomposed.has_value());
    EXPECT_EQ(composed->Expose(), decomposed->Expose());
}

}  // namespace
