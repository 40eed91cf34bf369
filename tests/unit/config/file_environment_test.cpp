#include "config/file_environment.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>

namespace {

using Values = std::map<std::string, std::string>;

class FileEnvironment : public testing::Test {
protected:
    FileEnvironment() {
        std::string pattern = (std::filesystem::temp_directory_path() / "config-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
        file_ = folder_ / "env";
    }

    ~FileEnvironment() override { std::filesystem::remove_all(folder_); }

    void Write(const std::string& text) const { std::ofstream(file_) << text; }

    std::filesystem::path folder_;
    std::filesystem::path file_;
};

TEST_F(FileEnvironment, TakesFromTheFileWhatTheProcessDoesNotSet) {
    Write("A=file\nB='of the file'\n");
    config::MapEnvironment process({{"CONFIG_FILE", file_.string()}, {"A", "process"}});
    const auto environment = config::FileEnvironment::Open(process);
    ASSERT_TRUE(environment);
    EXPECT_EQ(environment->Find("A"), "process");
    EXPECT_EQ(environment->Find("B"), "of the file");
    EXPECT_FALSE(environment->Find("C"));
}

TEST_F(FileEnvironment, ForgetsInBothPlaces) {
    Write("A=file\n");
    config::MapEnvironment process({{"CONFIG_FILE", file_.string()}, {"A", "process"}});
    auto environment = config::FileEnvironment::Open(process);
    ASSERT_TRUE(environment);
    environment->Forget("A");
    EXPECT_FALSE(environment->Find("A"));
    EXPECT_FALSE(process.Find("A"));
}

TEST_F(FileEnvironment, IsTheProcessAloneWithoutConfigFile) {
    config::MapEnvironment process(Values{{"A", "process"}});
    const auto environment = config::FileEnvironment::Open(process);
    ASSERT_TRUE(environment);
    EXPECT_EQ(environment->Find("A"), "process");
    EXPECT_FALSE(environment->Find("B"));
}

TEST_F(FileEnvironment, RefusesWhatIsNoFileOfVariables) {
    config::MapEnvironment process(Values{{"CONFIG_FILE", file_.string()}});
    const auto missing = config::FileEnvironment::Open(process);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().reason, "bad_env_file");
    Write("A\n");
    const auto wrong = config::FileEnvironment::Open(process);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().detail.find("line 1"), std::string::npos);
    Write("A=" + std::string(64 * 1024, 'x'));
    EXPECT_FALSE(config::FileEnvironment::Open(process));
}

}  // namespace
