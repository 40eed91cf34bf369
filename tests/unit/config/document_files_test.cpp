// The files that are written from the table of variables say what the table says.
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "config/document.h"

namespace {

std::string ReadText(const std::string& name) {
    std::ifstream file(std::string(PLATFORM_SOURCE_DIR) + "/" + name);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(ConfigDocuments, EnvExampleIsTheTable) {
    EXPECT_EQ(ReadText(".env.example"), config::WriteEnvExample());
}

TEST(ConfigDocuments, ReadmeHoldsTheTable) {
    EXPECT_NE(ReadText("README.md").find(config::WriteMarkdownTable()), std::string::npos);
}

}  // namespace
