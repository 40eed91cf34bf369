#include "wallet-manager/incarnation.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

#include "base/text.h"
#include "observe/log.h"

namespace wallet_manager {

namespace {

base::Error FileError(const std::filesystem::path& file) {
    return base::Unavailable("incarnation_unavailable",
                             file.string() + ": " + std::string(std::strerror(errno)))
        .Remedy("check that INCARNATION_DIR exists, is writable and has space");
}

base::Error Restored(const std::string& why) {
    return base::Unavailable("restored", why)
        .Remedy(
            "compare the payments on chain with the database, then run cryptoctl restore accept");
}

// What the file holds: "17 7412345678901234567/1".
struct Kept {
    std::uint64_t counter = 0;
    std::string system;
    base::Time at;
};

base::Result<std::optional<Kept>> ReadFile(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::string text;
    if (!stream || !std::getline(stream, text)) {
        return std::optional<Kept>();
    }
    const std::size_t space = text.find(' ');
    Kept kept;
    BASE_ASSIGN_OR_RETURN(
        kept.counter,
        base::ParseUnsigned<std::uint64_t>(text.substr(0, space), ~std::uint64_t{0} >> 1));
    kept.system = space == std::string::npos ? "" : text.substr(space + 1);
    std::error_code failed;
    const auto written = std::filesystem::last_write_time(file, failed);
    if (failed) {
        return FileError(file);
    }
    kept.at =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::file_clock::to_sys(written));
    return std::optional<Kept>(std::move(kept));
}

// On disk when it returns, old or new, never half.
base::Result<> WriteFile(const std::filesystem::path& file, const std::string& text) {
    const std::filesystem::path draft = file.string() + ".new";
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
    std::string system;  // of the database that answers now
    std::optional<base::Time> accepted_at;
};

base::Result<Row> ReadRow(pg::Pool& pool, const std::string& replica) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Row> {
        BASE_ASSIGN_OR_RETURN(
            const auto own,
            tx.Maybe("SELECT counter FROM incarnations WHERE replica = $1", replica));
        BASE_ASSIGN_OR_RETURN(
            const pg::Row now,
            tx.One("SELECT s.system_identifier || '/' || c.timeline_id AS system, "
                   "(SELECT max(accepted_at) FROM restores) AS accepted_at "
                   "FROM pg_control_system() s, pg_control_checkpoint() c"));
        Row row;
        row.system = now.Get<std::string>("system");
        row.accepted_at = now.Get<std::optional<base::Time>>("accepted_at");
        if (own) {
            row.counter = own->Get<std::uint64_t>("counter");
        }
        return row;
    });
}

// Why this database is not the one that the file was counted on; empty = it is.
std::string FaultOf(const std::optional<Kept>& kept, const Row& row) {
    if (row.counter && !kept) {
        return "this replica's counter file is gone";
    }
    // A replica that comes back after the operator's acceptance is covered by it.
    const bool covered = kept && row.accepted_at && kept->at < *row.accepted_at;
    if (!kept || covered) {
        return "";
    }
    if (!row.counter || *row.counter < kept->counter) {
        return "the database is older than this replica's counter file";
    }
    if (!kept->system.empty() && kept->system != row.system) {
        return "another database cluster or timeline answers";
    }
    return "";
}

}  // namespace

base::Result<Incarnation> Incarnation::Open(pg::Pool& pool, const IncarnationOptions& options) {
    Incarnation incarnation(
        pool, options.directory / (options.replica + ".counter"), options.replica);
    BASE_ASSIGN_OR_RETURN(const auto kept, ReadFile(incarnation.file_));
    BASE_ASSIGN_OR_RETURN(const Row row, ReadRow(pool, options.replica));
    incarnation.valid_from_ = row.accepted_at;
    incarnation.system_ = row.system;
    incarnation.counter_ = std::max(kept ? kept->counter : 0, row.counter.value_or(0));
    const std::string fault = FaultOf(kept, row);
    BASE_RETURN_IF_ERROR(fault.empty() ? incarnation.Begin()
                                       : incarnation.CloseUntilAccepted(fault));
    return incarnation;
}

Incarnation::Incarnation(Incarnation&& other) noexcept
    : pool_(other.pool_),
      file_(std::move(other.file_)),
      replica_(std::move(other.replica_)),
      system_(std::move(other.system_)),
      valid_from_(other.valid_from_),
      closed_(std::move(other.closed_)),
      counter_(other.counter_),
      used_(other.used_),
      raised_at_(other.raised_at_) {}

std::optional<base::Time> Incarnation::orders_valid_from() const {
    const std::scoped_lock lock(mutex_);
    return valid_from_;
}

base::Result<> Incarnation::CheckIssued(base::Time issued) const {
    const auto valid_from = orders_valid_from();
    if (valid_from && issued < *valid_from) {
        return base::FailedPrecondition("restored",
                                        "the order is older than the restored database");
    }
    return {};
}

base::Result<> Incarnation::CheckOpen() {
    const std::scoped_lock lock(mutex_);
    return CheckOpenLocked();
}

base::Result<> Incarnation::CheckOpenLocked() {
    if (closed_.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Row last, pg::Transact(*pool_, [](pg::Tx& tx) {
            return tx.One("SELECT accepted_at FROM restores ORDER BY id DESC LIMIT 1");
        }));
    const auto accepted = last.Get<std::optional<base::Time>>("accepted_at");
    if (!accepted) {
        return Restored(closed_);
    }
    BASE_RETURN_IF_ERROR(Begin());
    valid_from_ = accepted;
    closed_.clear();
    return {};
}

base::Result<> Incarnation::CloseUntilAccepted(const std::string& reason) {
    closed_ = reason;
    return pg::Transact(*pool_, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("INSERT INTO restores (reason) VALUES ($1) "
                    "ON CONFLICT ((true)) WHERE closed_at IS NULL DO UPDATE SET "
                    "reason = excluded.reason, detected_at = now(), accepted_at = NULL, "
                    "accepted_by = NULL",
                    reason));
        return {};
    });
}

base::Result<> Incarnation::CountSignature() {
    const std::scoped_lock lock(mutex_);
    BASE_RETURN_IF_ERROR(CheckOpenLocked());
    if (used_ >= kBatch || std::chrono::steady_clock::now() - raised_at_ >= kBatchTime) {
        BASE_RETURN_IF_ERROR(Raise());
    }
    ++used_;
    return {};
}

base::Result<> Incarnation::EndBatch() {
    const std::scoped_lock lock(mutex_);
    return used_ == 0 || !closed_.empty() ? base::Result<>() : Raise();
}

void Incarnation::Run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    bool failed = false;
    do {
        std::unique_lock lock(mutex);
        (void)wake.wait_for(lock, stop, kBatchTime, [] { return false; });
        const auto ended = EndBatch();
        if (!ended && !failed) {
            observe::Warn("the counter of signatures waits",
                          {{observe::Key::kErrorCode, ended.error().reason},
                           {observe::Key::kErrorDetail, ended.error().detail}});
        }
        failed = !ended;
    } while (!stop.stop_requested());
}

// Compare-and-set: a row that is not where we left it belongs to another state of the database.
// One step further it is our own raise, whose answer was lost.
base::Result<> Incarnation::Raise() {
    const std::uint64_t next = counter_ + 1;
    BASE_ASSIGN_OR_RETURN(const pg::Rows raised, pg::Transact(*pool_, [&](pg::Tx& tx) {
                              return tx.Exec(
                                  "UPDATE incarnations SET counter = $2, updated_at = now() "
                                  "WHERE replica = $1 AND counter IN ($2, $3)",
                                  replica_,
                                  next,
                                  counter_);
                          }));
    if (raised.affected() == 0) {
        BASE_RETURN_IF_ERROR(
            CloseUntilAccepted("the database went back while this replica was running"));
        return Restored(closed_);
    }
    return KeepNext(next);
}

// From here on this database is the one that is counted on.
base::Result<> Incarnation::Begin() {
    const std::uint64_t next = counter_ + 1;
    BASE_ASSIGN_OR_RETURN(const Row row, ReadRow(*pool_, replica_));
    system_ = row.system;
    BASE_RETURN_IF_ERROR(pg::Transact(*pool_, [&](pg::Tx& tx) {
        return tx.Exec(
            "INSERT INTO incarnations (replica, counter, system) VALUES ($1, $2, $3) "
            "ON CONFLICT (replica) DO UPDATE SET counter = $2, system = $3, "
            "updated_at = now()",
            replica_,
            next,
            system_);
    }));
    return KeepNext(next);
}

// After the row: after a crash in between it is ahead of the file, which is no sign of a restore.
base::Result<> Incarnation::KeepNext(std::uint64_t next) {
    BASE_RETURN_IF_ERROR(WriteFile(file_, std::to_string(next) + " " + system_ + "\n"));
    counter_ = next;
    used_ = 0;
    raised_at_ = std::chrono::steady_clock::now();
    return {};
}

}  // namespace wallet_manager
