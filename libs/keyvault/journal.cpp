#include "keyvault/journal.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <string_view>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace keyvault {

namespace {

constexpr std::string_view kVersion = "k1";
constexpr std::size_t kFieldCount = 9;
constexpr std::size_t kChecksumDigits = 16;

base::Error Unavailable(const std::filesystem::path& what) {
    return base::Unavailable("journal_unavailable",
                             what.string() + ": " + std::string(std::strerror(errno)))
        .Remedy("check that KEY_JOURNAL_DIR exists, is writable and has space");
}

std::string_view TypeName(SecretType type) {
    switch (type) {
        case SecretType::kPrivateKey:
            return "private_key";
        case SecretType::kMnemonic:
            return "mnemonic";
    }
    return "";
}

std::string Checksum(std::string_view line) {
    return base::HexEncode(crypto::Sha256(base::AsBytes(line))).substr(0, kChecksumDigits);
}

std::string FormatRecord(const JournalRecord& record) {
    std::string line(kVersion);
    for (const std::string_view field : {TypeName(record.label.type),
                                         std::string_view(record.label.wallet_id),
                                         std::string_view(record.label.user_id),
                                         std::string_view(record.label.network),
                                         std::string_view(record.label.address),
                                         std::string_view(record.path),
                                         std::string_view(record.envelope)}) {
        line += " ";
        line += field.empty() ? "-" : field;
    }
    return line + " " + Checksum(line);
}

std::string FieldText(std::string_view field) {
    return field == "-" ? std::string() : std::string(field);
}

bool ParseRecord(std::string_view line, JournalRecord& record) {
    const auto fields = base::Split(line, ' ');
    if (fields.size() != kFieldCount || fields[0] != kVersion ||
        line.size() < kChecksumDigits + 1 ||
        fields[8] != Checksum(line.substr(0, line.size() - kChecksumDigits - 1))) {
        return false;
    }
    if (fields[1] != TypeName(SecretType::kPrivateKey) &&
        fields[1] != TypeName(SecretType::kMnemonic)) {
        return false;
    }
    record.label.type = fields[1] == TypeName(SecretType::kMnemonic) ? SecretType::kMnemonic
                                                                     : SecretType::kPrivateKey;
    record.label.wallet_id = FieldText(fields[2]);
    record.label.user_id = FieldText(fields[3]);
    record.label.network = FieldText(fields[4]);
    record.label.address = FieldText(fields[5]);
    record.path = FieldText(fields[6]);
    record.envelope = FieldText(fields[7]);
    return true;
}

bool WriteAll(int file, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

// A new file's name is on disk only when its folder is.
bool SyncDirectory(const std::filesystem::path& directory) {
    const int folder = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return false;
    }
    const bool synced = ::fsync(folder) == 0;
    ::close(folder);
    return synced;
}

}  // namespace

base::Result<Journal> Journal::Open(const std::filesystem::path& directory,
                                    const std::string& name) {
    const std::filesystem::path path = directory / (name + ".keys");
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) {
        return Unavailable(path);
    }
    Journal journal(file);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0 || !SyncDirectory(directory)) {
        return Unavailable(path);
    }
    // A crash may have left half a line.
    journal.torn_ = ::lseek(file, 0, SEEK_END) > 0;
    return journal;
}

Journal::Journal(Journal&& other) noexcept
    : file_(std::exchange(other.file_, -1)), torn_(other.torn_) {}

Journal::~Journal() {
    if (file_ >= 0) {
        ::close(file_);
    }
}

base::Result<> Journal::Append(const JournalRecord& record) {
    const std::string line = FormatRecord(record) + "\n";
    const std::scoped_lock lock(mutex_);
    if (!WriteAll(file_, torn_ ? "\n" + line : line)) {
        torn_ = true;
        return Unavailable("key journal");
    }
    torn_ = false;
    if (::fdatasync(file_) != 0) {
        // The kernel may have dropped the pages and would report the next sync as good.
        const base::Error error = Unavailable("key journal");
        ::close(std::exchange(file_, -1));
        return error;
    }
    return {};
}

base::Result<JournalContent> ReadJournal(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        return Unavailable(file);
    }
    const std::string text(std::istreambuf_iterator<char>(stream), {});
    JournalContent content;
    for (const std::string_view line : base::Split(text, '\n')) {
        JournalRecord record;
        if (line.empty()) {
            continue;
        }
        if (ParseRecord(line, record)) {
            content.records.push_back(std::move(record));
        } else {
            ++content.damaged_lines;
        }
    }
    return content;
}

}  // namespace keyvault
