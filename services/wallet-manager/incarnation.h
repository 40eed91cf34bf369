// Tells a restored database from a living one: a counter in a file of this replica's own folder,
// with the cluster and timeline it was counted on, raised on disk before a signature leaves and
// again within a second after it, and a copy in the database. The row falls behind the file, or
// another cluster or timeline answers, only where the database was taken back to an older state.
// Then nothing is signed until an administrator has accepted it (table restores).
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "pg/pool.h"

namespace wallet_manager {

struct IncarnationOptions {
    std::filesystem::path directory;
    std::string replica;
};

// Thread-safe.
class Incarnation {
public:
    // Reads file and row of this replica; neither = a new replica, both are made. A restored
    // database is written down, not an error: see CheckOpen. `pool` outlives this object. Errors:
    // `incarnation_unavailable` where the folder cannot be written, those of the database.
    [[nodiscard]] static base::Result<Incarnation> Open(pg::Pool& pool,
                                                        const IncarnationOptions& options);

    Incarnation(Incarnation&& other) noexcept;
    Incarnation& operator=(Incarnation&&) = delete;
    Incarnation(const Incarnation&) = delete;
    Incarnation& operator=(const Incarnation&) = delete;

    // Asks the database only while closed. Errors: `restored` (kUnavailable) until an
    // administrator has accepted the database.
    [[nodiscard]] base::Result<> CheckOpen();

    // Counts one signature; writes row and file when a batch is used up or a second has passed.
    // Errors: those of CheckOpen, also where the database went back meanwhile;
    // `incarnation_unavailable` and those of the database. Then the signature must not leave.
    [[nodiscard]] base::Result<> CountSignature();

    // Raises the counter past the signatures that were counted since it was last raised: a dump
    // from between them falls behind like any other.
    [[nodiscard]] base::Result<> EndBatch();

    // EndBatch each second until `stop`, and once more then.
    void Run(const std::stop_token& stop);

    // Orders issued before are void: they may have been spent in the lost part of history.
    [[nodiscard]] std::optional<base::Time> orders_valid_from() const;
    // Errors: `restored` (kFailedPrecondition) for an order issued before that.
    [[nodiscard]] base::Result<> CheckIssued(base::Time issued) const;

private:
    static constexpr std::uint64_t kBatch = 256;
    static constexpr std::chrono::seconds kBatchTime{1};

    Incarnation(pg::Pool& pool, std::filesystem::path file, std::string replica)
        : pool_(&pool), file_(std::move(file)), replica_(std::move(replica)) {}

    // The following under the lock.
    [[nodiscard]] base::Result<> CheckOpenLocked();
    [[nodiscard]] base::Result<> CloseUntilAccepted(const std::string& reason);
    [[nodiscard]] base::Result<> Raise();
    [[nodiscard]] base::Result<> Begin();
    [[nodiscard]] base::Result<> KeepNext(std::uint64_t next);

    pg::Pool* pool_;
    std::filesystem::path file_;
    std::string replica_;
    mutable std::mutex mutex_;
    std::string system_;
    std::optional<base::Time> valid_from_;
    std::string closed_;  // why nothing is signed; empty = open
    std::uint64_t counter_ = 0;
    std::uint64_t used_ = 0;  // of the current batch
    std::chrono::steady_clock::time_point raised_at_;
};

}  // namespace wallet_manager
