#include "keyvault/journal.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace {

using keyvault::Journal;
using keyvault::JournalRecord;
using keyvault::SecretType;

JournalRecord Record(const std::string& address) {
    return {{SecretType::kPrivateKey, "wallet-1", "user-1", "eip155:1", address},
            "m/44'/60'/0'/0/0",
            "v1.1.aa.bb.cc"};
}

class KeyJournal : public ::testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "journalXXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }

    void TearDown() override { std::filesystem::remove_all(directory_); }

    [[nodiscard]] std::filesystem::path File() const { return directory_ / "one.keys"; }

    std::filesystem::path directory_;
};

TEST_F(KeyJournal, ReadsBackWhatWasAppended) {
    auto journal = Journal::Open(directory_, "one");
    ASSERT_TRUE(journal);
    ASSERT_TRUE(journal->Append(Record("0xaa")));
    ASSERT_TRUE(journal->Append({{SecretType::kMnemonic, "", "user-1", "", ""}, "", "v1.2.d.e.f"}));
    const auto content = keyvault::ReadJournal(File());
    ASSERT_TRUE(content);
    ASSERT_EQ(content->records.size(), 2U);
    EXPECT_EQ(content->damaged_lines, 0U);
    EXPECT_EQ(content->records[0].label.address, "0xaa");
    EXPECT_EQ(content->records[0].path, "m/44'/60'/0'/0/0");
    EXPECT_EQ(content->records[1].label.type, SecretType::kMnemonic);
    EXPECT_EQ(content->records[1].label.wallet_id, "");
    EXPECT_EQ(content->records[1].envelope, "v1.2.d.e.f");
}

TEST_F(KeyJournal, SurvivesATornLastLine) {
    {
        auto journal = Journal::Open(directory_, "one");
        ASSERT_TRUE(journal->Append(Record("0xaa")));
    }
    std::ofstream(File(), std::ios::app) << "k1 private_key half a li";
    {
        auto journal = Journal::Open(directory_, "one");
        ASSERT_TRUE(journal->Append(Record("0xbb")));
    }
    const auto content = keyvault::ReadJournal(File());
    ASSERT_EQ(content->records.size(), 2U);
    EXPECT_EQ(content->records[1].label.address, "0xbb");
    EXPECT_EQ(content->damaged_lines, 1U);
}

TEST_F(KeyJournal, CountsALineThatWasEdited) {
    auto journal = Journal::Open(directory_, "one");
    ASSERT_TRUE(journal->Append(Record("0xaa")));
    std::ifstream before(File());
    std::string line;
    std::getline(before, line);
    line.replace(line.find("0xaa"), 4, "0xab");
    std::ofstream(File(), std::ios::trunc) << line << "\n";
    const auto content = keyvault::ReadJournal(File());
    EXPECT_TRUE(content->records.empty());
    EXPECT_EQ(content->damaged_lines, 1U);
}

TEST_F(KeyJournal, BelongsToOneProcess) {
    auto journal = Journal::Open(directory_, "one");
    ASSERT_TRUE(journal);
    EXPECT_EQ(Journal::Open(directory_, "one").error().reason, "journal_unavailable");
    EXPECT_TRUE(Journal::Open(directory_, "two"));
}

TEST_F(KeyJournal, RefusesAFolderThatIsNotThere) {
    EXPECT_EQ(Journal::Open(directory_ / "absent", "one").error().reason, "journal_unavailable");
    EXPECT_EQ(keyvault::ReadJournal(File()).error().reason, "journal_unavailable");
}

TEST_F(KeyJournal, KeepsRecordsOfManyThreadsWhole) {
    auto journal = Journal::Open(directory_, "one");
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&journal, thread] {
            for (int i = 0; i < 25; ++i) {
                ASSERT_TRUE(
                    journal->Append(Record(std::to_string(thread) + "-" + std::to_string(i))));
            }
        });
    }
    std::for_each(threads.begin(), threads.end(), [](std::thread& thread) { thread.join(); });
    const auto content = keyvault::ReadJournal(File());
    EXPECT_EQ(content->records.size(), 100U);
    EXPECT_EQ(content->damaged_lines, 0U);
}

TEST_F(KeyJournal, IsForItsOwnerAlone) {
    auto journal = Journal::Open(directory_, "one");
    EXPECT_EQ(std::filesystem::status(File()).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
