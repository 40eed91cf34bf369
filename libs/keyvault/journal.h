// The key journal: every sealed key is appended and on disk here before its address is shown to
// anybody, so that last night's database dump and the journal together open every key. One text
// line a record, its fields separated by blanks, a checksum at the end:
//
//     k1 <type> <wallet id> <user id> <network> <address> <path> <envelope> <SHA-256, 16 digits>
//
// ("-" stands for an empty field). A torn last line is what a crash leaves; readers skip damaged
// lines and count them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "keyvault/envelope.h"

namespace keyvault {

struct JournalRecord {
    Label label;
    std::string path;  // derivation path of a wallet's key; empty for imported keys and mnemonics
    std::string envelope;
};

// Thread-safe.
class Journal {
public:
    // Appends to <directory>/<name>.keys, which this process alone may hold. Errors:
    // `journal_unavailable`.
    [[nodiscard]] static base::Result<Journal> Open(const std::filesystem::path& directory,
                                                    const std::string& name);

    ~Journal();
    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&&) = delete;
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    // Returns when the record is on disk. Errors: `journal_unavailable`; then the key must not be
    // used.
    [[nodiscard]] base::Result<> Append(const JournalRecord& record);

private:
    explicit Journal(int file) : file_(file) {}

    std::mutex mutex_;
    int file_ = -1;
    bool torn_ = false;  // the last write failed halfway: the next one begins a new line
};

struct JournalContent {
    std::vector<JournalRecord> records;
    std::size_t damaged_lines = 0;
};

// Errors: `journal_unavailable`.
[[nodiscard]] base::Result<JournalContent> ReadJournal(const std::filesystem::path& file);

}  // namespace keyvault
