// Postgres behind a bounded pool. Everything happens inside Transact:
//
//     auto id = pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<base::WalletId> {
//         BASE_ASSIGN_OR_RETURN(const auto row,
//                               tx.One("INSERT INTO wallets (...) VALUES ($1, $2) RETURNING id", a,
//                               b));
//         return row.Get<base::WalletId>("id");
//     });
//
// READ COMMITTED. A value commits, an error rolls back. The work runs again, a bounded number of
// times, only where the server has undone it for another's sake (a deadlock, a serialization
// failure, a statement that its session has not prepared): so it must have no effect outside the
// transaction, and no network call belongs in it.
//
// Connections prepare their statements, and stop that for good once a session turns out to be
// another than the one that prepared: PgBouncer in transaction mode may stand between. Nothing else
// here depends on the session (no advisory session locks, LISTEN or savepoints).
//
// Reasons of the errors:
//   database_unavailable   kUnavailable       nothing was committed: no connection in time, or it
//   died commit_in_doubt        kUnavailable       it died at COMMIT: look the object up by its id,
//   never
//                                             simply run again
//   unique_violation, exclusion_violation     kAlreadyExists, metadata `constraint`
//   foreign_key_violation, check_violation    kFailedPrecondition, metadata `constraint`; triggers
//                                             raise theirs USING ERRCODE and CONSTRAINT
//   transaction_conflict   kAborted           deadlocks or serialization failures until the last
//   try lock_timeout           kAborted statement_timeout      kDeadlineExceeded internal kInternal
//   anything else, metadata `sqlstate`
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "pg/tx.h"

namespace pg {

inline constexpr std::size_t kConnectionsMax = 20;

struct PoolOptions {
    std::string url;  // postgresql://user:password@host:port/database; never logged
    std::size_t connections_max = kConnectionsMax;
    std::chrono::milliseconds acquire_timeout{2'000};
    std::chrono::seconds connect_timeout{3};
    // Connections idle for longer are closed when another one is given back.
    std::chrono::seconds idle_max{60};
    // Both hooks may be empty; they are called from the thread of the transaction, hold no lock
    // and must not block.
    std::function<void(std::size_t in_use)> on_in_use = {};
    // Every error of the server or the connection with its full text, for the log.
    std::function<void(std::string_view sqlstate, std::string_view message)> on_error = {};
};

struct TxOptions {
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds lock_timeout{3'000};
    // The caller's deadline shortens the wait for a connection and both timeouts.
    std::optional<std::chrono::steady_clock::time_point> deadline = {};
    bool reads = false;     // see Read
    bool snapshot = false;  // see ReadSnapshot
};

struct PoolStats {
    std::size_t in_use = 0;
    std::size_t idle = 0;
};

// Starts empty, opens connections as they are needed, replaces dead ones. Thread-safe. Must outlive
// its transactions. A thread that holds a transaction must not begin a second one.
class Pool {
public:
    explicit Pool(PoolOptions options);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // One round trip on a connection of the pool.
    [[nodiscard]] base::Result<> Ping();

    [[nodiscard]] PoolStats Stats() const;

    // What Transact is made of.
    [[nodiscard]] base::Result<> Run(const std::function<base::Result<>(Tx&)>& work,
                                     const TxOptions& options);

private:
    class State;

    std::unique_ptr<State> state_;
};

// `work` is called with a Tx& and returns a base::Result<T>, as does Transact.
template <class Work>
[[nodiscard]] std::invoke_result_t<Work&, Tx&> Transact(Pool& pool,
                                                        Work&& work,
                                                        const TxOptions& options = {}) {
    std::optional<std::invoke_result_t<Work&, Tx&>> outcome;
    const auto done = pool.Run(
        [&](Tx& tx) -> base::Result<> {
            outcome.emplace(work(tx));
            if (!*outcome) {
                return outcome->error();
            }
            return {};
        },
        options);
    if (!done) {
        return done.error();
    }
    return std::move(*outcome);
}

// `work` only reads, and its statements need not see the same moment: no transaction is made around
// them, so that each costs one round trip. Bounded by the statement_timeout of the role. Tried
// again where the connection had died meanwhile.
template <class Work>
[[nodiscard]] std::invoke_result_t<Work&, Tx&> Read(Pool& pool, Work&& work) {
    TxOptions options;
    options.reads = true;
    return Transact(pool, std::forward<Work>(work), options);
}

// `work` only reads, and all its statements see the moment of the first (REPEATABLE READ READ
// ONLY): for sums and lists that have to agree.
template <class Work>
[[nodiscard]] std::invoke_result_t<Work&, Tx&> ReadSnapshot(Pool& pool, Work&& work) {
    TxOptions options;
    options.snapshot = true;
    return Transact(pool, std::forward<Work>(work), options);
}

// True for a constraint's violation: `if (pg::Violates(error, "nonce_slots_pkey"))`.
[[nodiscard]] bool Violates(const base::Error& error, std::string_view constraint);

}  // namespace pg
