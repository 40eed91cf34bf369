#include "wallet-manager/incarnation.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

#include "base/text.h"

namespace wallet_manager {

namespace {

base::Error FileError(const std::filesystem::path& file) {
    return base::Unavailable("incarnation_unavailable",
                             file.string() + ": " + std::string(std::strerror(errno)))
        .Remedy("check that INCARNATION_DIR exists, is writable and has space");
}

base::Error Restored(const std::string& what) {
    return base::FailedPrecondition("restored", what)
        .Remedy(
            "compare the payments on chain with the database, then start once with "
            "INCARNATION_ACCEPT_RESTORE=true");
}

base::Result<std::optional<std::uint64_t>> ReadCounter(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string text;
    if (!stream || !std::getline(stream, text)) {
        return std::optional<std::uint64_t>();
    }
    BASE_ASSIGN_OR_RETURN(const auto counter,
                          base::ParseUnsigned<std::uint64_t>(text, ~std::uint64_t{0} >> 1));
    return std::optional<std::uint64_t>(counter);
}

// On disk when it returns, old or new, never half.
base::Result<> WriteCounter(const std::filesystem::path& file, std::uint64_t counter) {
    const std::filesystem::path draft = file.string() + ".new";
    const std::string text = std::to_string(counter) + "\n";
    const int handle = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (handle < 0) {
        return FileError(draft);
    }
    const bool written =
        ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        ::fsync(handle) == 0;
    ::close(handle);
    if (!written || ::rename(draft.c_str(), file.c_str()) != 0) {
        return FileError(draft);
    }
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return FileError(file);
    }
    const bool synced = ::fsync(folder) == 0;
    ::close(folder);
    return synced ? base::Result<>() : base::Result<>(FileError(file));
}

struct Row {
    std::optional<std::uint64_t> counter;
    std::optional<base::Time> accepted_at;
};

base::Result<Row> ReadRow(pg::Pool& pool, const std::string& replica) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Row> {
        BASE_ASSIGN_OR_RETURN(
            const auto own,
            tx.Maybe("SELECT counter FROM incarnations WHERE replica = $1", replica));
        BASE_ASSIGN_OR_RETURN(const pg::Row last,
                              tx.One("SELECT max(accepted_at) AS accepted_at FROM incarnations"));
        Row row;
        row.accepted_at = last.Get<std::optional<base::Time>>("accepted_at");
        if (own) {
            row.counter = own->Get<std::uint64_t>("counter");
        }
        return row;
    });
}

base::Result<base::Time> Accept(pg::Pool& pool, const std::string& replica) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<base::Time> {
        BASE_ASSIGN_OR_RETURN(const pg::Row row,
                              tx.One("INSERT INTO incarnations (replica, counter, accepted_at) "
                                     "VALUES ($1, 0, now()) ON CONFLICT (replica) DO UPDATE "
                                     "SET accepted_at = now() RETURNING accepted_at",
                                     replica));
        return row.Get<base::Time>("accepted_at");
    });
}

base::Result<> WriteRow(pg::Pool& pool, const std::string& replica, std::uint64_t counter) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("INSERT INTO incarnations (replica, counter) VALUES ($1, $2) "
                    "ON CONFLICT (replica) DO UPDATE SET counter = $2, updated_at = now()",
                    replica,
                    counter));
        return {};
    });
}

}  // namespace

base::Result<Incarnation> Incarnation::Open(pg::Pool& pool, const IncarnationOptions& options) {
    Incarnation incarnation(
        pool, options.directory / (options.replica + ".counter"), options.replica);
    BASE_ASSIGN_OR_RETURN(const auto counter, ReadCounter(incarnation.file_));
    BASE_ASSIGN_OR_RETURN(const Row row, ReadRow(pool, options.replica));
    const bool behind = counter && (!row.counter || *row.counter < *counter);
    const bool lost = row.counter && !counter;
    if ((behind || lost) && !options.accept_restore) {
        return Restored(behind ? "the database is older than this replica's counter file"
                               : "this replica's counter file is gone");
    }
    incarnation.valid_from_ = row.accepted_at;
    if (behind || lost) {
        BASE_ASSIGN_OR_RETURN(incarnation.valid_from_, Accept(pool, options.replica));
    }
    incarnation.counter_ = std::max(counter.value_or(0), row.counter.value_or(0));
    BASE_RETURN_IF_ERROR(incarnation.Raise());
    return incarnation;
}

Incarnation::Incarnation(Incarnation&& other) noexcept
    : pool_(other.pool_),
      file_(std::move(other.file_)),
      replica_(std::move(other.replica_)),
      valid_from_(other.valid_from_),
      counter_(other.counter_),
      used_(other.used_),
      raised_at_(other.raised_at_) {}

base::Result<> Incarnation::CountSignature() {
    const std::scoped_lock lock(mutex_);
    if (used_ >= kBatch || std::chrono::steady_clock::now() - raised_at_ >= kBatchTime) {
        BASE_RETURN_IF_ERROR(Raise());
    }
    ++used_;
    return {};
}

// The row first: after a crash in between it is ahead of the file, which is no sign of a restore.
base::Result<> Incarnation::Raise() {
    const std::uint64_t next = counter_ + 1;
    BASE_RETURN_IF_ERROR(WriteRow(*pool_, replica_, next));
    BASE_RETURN_IF_ERROR(WriteCounter(file_, next));
    counter_ = next;
    used_ = 0;
    raised_at_ = std::chrono::steady_clock::now();
    return {};
}

}  // namespace wallet_manager
