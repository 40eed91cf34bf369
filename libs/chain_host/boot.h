// The start of a chain daemon: it takes payments only once the database is safe and migrated, the
// node is of the pinned chain, and every open intent was driven once. Afterwards the pin is checked
// each minute.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <stop_token>

#include "base/result.h"
#include "chain/chain.h"
#include "pg/pool.h"
#include "transfer/engine.h"

namespace chain_host {

class Boot {
public:
    Boot(chain::Chain& chain, pg::Pool& pool, transfer::Engine& engine)
        : chain_(chain), pool_(pool), engine_(engine) {}

    // Tries until it succeeds, starts the engine, keeps checking the pin, and hands the engine's
    // leases over at the end.
    void Run(const std::stop_token& stop);

    // Why the daemon is not ready yet, or no more.
    [[nodiscard]] base::Result<> Check() const;

    [[nodiscard]] const std::atomic<bool>& open() const { return open_; }

private:
    [[nodiscard]] base::Result<> TryOnce();
    void Note(base::Result<> state);

    chain::Chain& chain_;
    pg::Pool& pool_;
    transfer::Engine& engine_;
    std::atomic<bool> open_{false};
    mutable std::mutex mutex_;
    base::Result<> state_ = base::Unavailable("starting", "the service is starting");
};

}  // namespace chain_host
