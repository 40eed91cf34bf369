#include "pg/pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <pqxx/connection>

#include "pg/error_map.h"
#include "pg/session.h"

namespace pg {

namespace {

using Connection = std::unique_ptr<pqxx::connection>;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr int kAttemptsMax = 5;
constexpr std::chrono::milliseconds kConflictPause{4};  // doubled after each try

struct IdleConnection {
    Connection connection;
    SteadyTime since;
};

// A peer that vanished without a word is noticed within these bounds.
std::string WithNetworkBounds(const std::string& url, std::chrono::seconds connect_timeout) {
    const std::string bounds = "connect_timeout=" + std::to_string(connect_timeout.count()) +
                               "&tcp_user_timeout=10000&keepalives_idle=15&keepalives_interval=5";
    return url + (url.find('?') == std::string::npos ? '?' : '&') + bounds;
}

}  // namespace

class Pool::State {
public:
    using Work = std::function<base::Result<>(Tx&)>;

    explicit State(PoolOptions options)
        : options_(std::move(options)),
          address_(WithNetworkBounds(options_.url, options_.connect_timeout)) {}

    base::Result<> RunOnce(const Work& work, const TxOptions& options, bool& conflict);

    [[nodiscard]] PoolStats Stats() const {
        const std::lock_guard lock(mutex_);
        return {in_use_, idle_.size()};
    }

private:
    class Place;

    [[nodiscard]] base::Result<Connection> TakePlace(const TxOptions& options);
    void LeavePlace(Connection connection);
    [[nodiscard]] base::Result<Connection> Open() const;
    void CloseIdle();
    void ReportInUse(std::size_t in_use) const;

    const PoolOptions options_;
    const std::string address_;
    Statements statements_;
    mutable std::mutex mutex_;
    std::condition_variable freed_;
    // The most recently used is at the back. in_use_ + idle_.size() <= connections_max, because a
    // connection is opened only while none is idle.
    std::deque<IdleConnection> idle_;
    std::size_t in_use_ = 0;
};

// One of the connections_max places, taken. At the end of the scope its connection goes back to the
// idle ones if it was said to be in order; otherwise, as after an exception, it is closed.
class Pool::State::Place {
public:
    Place(State& pool, Connection reused) : connection(std::move(reused)), pool_(pool) {}

    ~Place() { pool_.LeavePlace(in_order_ ? std::move(connection) : Connection()); }

    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    base::Result<> Finish(Tx::Session& session, const Work& work, bool& conflict);

    Connection connection;

private:
    State& pool_;
    bool in_order_ = false;
};

// Does the work of a transaction that has begun, and ends it.
base::Result<> Pool::State::Place::Finish(Tx::Session& session, const Work& work, bool& conflict) {
    Tx tx(session);
    base::Result<> done;
    try {
        done = work(tx);
    } catch (const ColumnError& error) {
        done = base::Internal(error.what());
    }
    if (done) {
        done = session.Commit();
    }
    if (!done) {
        conflict = session.failure() && session.failure()->conflict;
        session.Rollback();
    }
    in_order_ = session.alive();
    return done;
}

base::Result<> Pool::State::RunOnce(const Work& work, const TxOptions& options, bool& conflict) {
    BASE_ASSIGN_OR_RETURN(Connection idle, TakePlace(options));
    Place place(*this, std::move(idle));
    if (place.connection) {
        Tx::Session session(*place.connection, statements_, options_.on_error);
        const auto begun = session.Begin(options);
        if (begun) {
            auto done = place.Finish(session, work, conflict);
            if (!session.alive()) {
                CloseIdle();
                // Where nothing was written another connection may be asked.
                conflict = conflict || options.reads;
            }
            return done;
        }
        if (session.alive()) {
            return begun.error();
        }
        // It died while it was idle: nothing has run, so a fresh one is safe. What killed it has
        // most likely killed the other idle ones too.
        CloseIdle();
    }
    BASE_ASSIGN_OR_RETURN(place.connection, Open());
    Tx::Session session(*place.connection, statements_, options_.on_error);
    BASE_RETURN_IF_ERROR(session.Begin(options));
    return place.Finish(session, work, conflict);
}

// Waits for a free place. Gives an idle connection, or null when one must be opened.
base::Result<Connection> Pool::State::TakePlace(const TxOptions& options) {
    SteadyTime until = std::chrono::steady_clock::now() + options_.acquire_timeout;
    if (options.deadline) {
        until = std::min(until, *options.deadline);
    }
    Connection connection;
    std::size_t in_use = 0;
    {
        std::unique_lock lock(mutex_);
        if (!freed_.wait_until(lock, until, [&] { return in_use_ < options_.connections_max; })) {
            return DatabaseUnavailable("every database connection is in use");
        }
        in_use = ++in_use_;
        if (!idle_.empty()) {
            connection = std::move(idle_.back().connection);
            idle_.pop_back();
        }
    }
    ReportInUse(in_use);
    return connection;
}

void Pool::State::LeavePlace(Connection connection) {
    const SteadyTime now = std::chrono::steady_clock::now();
    std::deque<IdleConnection> expired;  // closed when the lock is free again
    std::size_t in_use = 0;
    {
        const std::lock_guard lock(mutex_);
        in_use = --in_use_;
        if (connection) {
            idle_.push_back({std::move(connection), now});
        }
        while (!idle_.empty() && now - idle_.front().since > options_.idle_max) {
            expired.push_back(std::move(idle_.front()));
            idle_.pop_front();
        }
    }
    freed_.notify_one();
    ReportInUse(in_use);
}

base::Result<Connection> Pool::State::Open() const {
    try {
        auto connection = std::make_unique<pqxx::connection>(address_);
        // Verbose texts carry the constraint's name, see error_map.cpp.
        connection->set_verbosity(pqxx::connection_base::verbose);
        return connection;
    } catch (const std::exception& exception) {
        if (options_.on_error) {
            options_.on_error("", exception.what());
        }
        return DatabaseUnavailable("the database cannot be reached");
    }
}

void Pool::State::CloseIdle() {
    std::deque<IdleConnection> closed;  // destroyed after the lock
    const std::lock_guard lock(mutex_);
    closed.swap(idle_);
}

void Pool::State::ReportInUse(std::size_t in_use) const {
    if (options_.on_in_use) {
        options_.on_in_use(in_use);
    }
}

Pool::Pool(PoolOptions options) : state_(std::make_unique<State>(std::move(options))) {}

Pool::~Pool() = default;

base::Result<> Pool::Ping() {
    return Run([](Tx&) -> base::Result<> { return {}; }, {});
}

PoolStats Pool::Stats() const {
    return state_->Stats();
}

base::Result<> Pool::Run(const std::function<base::Result<>(Tx&)>& work, const TxOptions& options) {
    for (int attempt = 1;; ++attempt) {
        bool conflict = false;
        auto done = state_->RunOnce(work, options, conflict);
        const bool late = options.deadline && std::chrono::steady_clock::now() > *options.deadline;
        if (done || !conflict || attempt == kAttemptsMax || late) {
            return done;
        }
        std::this_thread::sleep_for(kConflictPause * (1 << attempt));
    }
}

bool Violates(const base::Error& error, std::string_view constraint) {
    const auto found = error.metadata.find("constraint");
    return found != error.metadata.end() && found->second == constraint;
}

}  // namespace pg
