// Tells a restored database from a living one: a counter file in this replica's own folder, raised
// on disk before a signature leaves, with a copy in the database. The row falls behind the file
// only where the database was taken back to an older state.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "pg/pool.h"

namespace wallet_manager {

struct IncarnationOptions {
    std::filesystem::path directory;
    std::string replica;
    bool accept_restore = false;  // the operator has looked: go on with this database
};

// Thread-safe.
class Incarnation {
public:
    // Reads file and row of this replica; neither = a new replica, both are made. `pool` outlives
    // this object. Errors: `restored` where the row is behind the file or the file is gone, unless
    // that is accepted; `incarnation_unavailable` where the folder cannot be written.
    [[nodiscard]] static base::Result<Incarnation> Open(pg::Pool& pool,
                                                        const IncarnationOptions& options);

    Incarnation(Incarnation&& other) noexcept;
    Incarnation& operator=(Incarnation&&) = delete;
    Incarnation(const Incarnation&) = delete;
    Incarnation& operator=(const Incarnation&) = delete;

    // Counts one signature; writes row and file when a batch is used up or a second has passed.
    // Errors: `incarnation_unavailable` and those of the database; then the signature must not
    // leave.
    [[nodiscard]] base::Result<> CountSignature();

    // Orders issued before are void: they may have been spent in the lost part of history.
    [[nodiscard]] std::optional<base::Time> orders_valid_from() const { return valid_from_; }

private:
    static constexpr std::uint64_t kBatch = 256;
    static constexpr std::chrono::seconds kBatchTime{1};

    Incarnation(pg::Pool& pool, std::filesystem::path file, std::string replica)
        : pool_(&pool), file_(std::move(file)), replica_(std::move(replica)) {}

    [[nodiscard]] base::Result<> Raise();

    pg::Pool* pool_;
    std::filesystem::path file_;
    std::string replica_;
    std::optional<base::Time> valid_from_;
    std::mutex mutex_;
    std::uint64_t counter_ = 0;
    std::uint64_t used_ = kBatch;  // of the current batch
    std::chrono::steady_clock::time_point raised_at_;
};

}  // namespace wallet_manager
