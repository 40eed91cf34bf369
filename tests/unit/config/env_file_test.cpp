#include "config/env_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(EnvFile, ReadsNamesQuotesAndComments) {
    const auto values = config::ParseEnvFile(
        "# comment\n\nA=1\r\nexport B = two words \n"
        "C=\"quoted # text\"\nD='x'\nE=\nF=a=b\n");
    ASSERT_FALSE(values) << "a blank before the equals sign is not a name";
    const auto good = config::ParseEnvFile(
        "# comment\n\nA=1\r\nexport B= two words \nC=\"quoted # text\"\nE=\nF=a=b");
    ASSERT_TRUE(good);
    EXPECT_THAT(*good,
                ElementsAre(Pair("A", "1"),
                            Pair("B", "two words"),
                            Pair("C", "quoted # text"),
                            Pair("E", ""),
                            Pair("F", "a=b")));
}

TEST(EnvFile, NamesEveryWrongLine) {
    const auto values = config::ParseEnvFile("A=1\nnonsense\nB=\"open\nA=hunter2\n1X=2");
    ASSERT_FALSE(values);
    EXPECT_EQ(values.error().reason, "bad_env_file");
    EXPECT_EQ(values.error().detail,
              "line 2 is not NAME=value\nline 3 has a quote that stays open\n"
              "line 4 sets A a second time\nline 5 is not NAME=value");
}

TEST(EnvFile, SuggestsTheNearestName) {
    const auto lines = config::UnknownNames({{"JWT_SECERT", "x"},
                                             {"JWT_SECRET_FILE", "/x"},
                                             {"ENCRYPTION_KEY_V2", "x"},
                                             {"ENCRYPTION_KEY_V2_FILE", "x"},
                                             {"ENCRYPTION_KEY_V99", "x"},
                                             {"LOG_LEVEL_FILE", "x"}});
    EXPECT_THAT(
        lines, HasSubstr("JWT_SECERT is not a variable of the platform; did you mean JWT_SECRET?"));
    EXPECT_THAT(lines, Not(HasSubstr("JWT_SECRET_FILE")));
    EXPECT_THAT(lines, Not(HasSubstr("ENCRYPTION_KEY_V2")));
    EXPECT_THAT(lines, HasSubstr("ENCRYPTION_KEY_V99"));
    EXPECT_THAT(lines, HasSubstr("LOG_LEVEL_FILE"));
}

}  // namespace
