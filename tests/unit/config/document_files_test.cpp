// The files that are written from the table of variables say what the table says. With
// PLATFORM_WRITE_DOCUMENTS set, this writes them.
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>

#include "config/document.h"

namespace {

constexpr const char* kBegin = "<!-- configuration:begin -->\n";
constexpr const char* kEnd = "<!-- configuration:end -->";

std::string PathOf(const std::string& name) {
    return std::string(PLATFORM_SOURCE_DIR) + "/" + name;
}

std::string ReadText(const std::string& name) {
    std::ifstream file(PathOf(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// README.md with the table between its two marks.
std::string ReadmeWithTable() {
    const std::string text = ReadText("README.md");
    const auto begin = text.find(kBegin) + std::string(kBegin).size();
    return text.substr(0, begin) + config::WriteMarkdownTable() + text.substr(text.find(kEnd));
}

void ExpectFile(const std::string& name, const std::string& content) {
    if (std::getenv("PLATFORM_WRITE_DOCUMENTS") != nullptr) {
        std::ofstream(PathOf(name)) << content;
    }
    EXPECT_TRUE(ReadText(name) == content) << name << " is not what the table of variables says; "
                                           << "PLATFORM_WRITE_DOCUMENTS=1 unit_config writes it";
}

TEST(ConfigDocuments, EnvExampleIsTheTable) {
    ExpectFile(".env.example", config::WriteEnvExample());
}

TEST(ConfigDocuments, ReadmeHoldsTheTable) {
    ExpectFile("README.md", ReadmeWithTable());
}

}  // namespace
