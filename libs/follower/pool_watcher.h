// Watches the memory pool of a UTXO chain's node and shows what waits there for our addresses as
// pending payments. It works beside the follower, on a thread of its own, so that a pool that is
// large, slow or silent holds no block up. Nothing of the pool is spent or counted in a balance
// before its block. One process a network works at a time, by a lease.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/result.h"
#include "chain/chain.h"
#include "follower/pool_store.h"
#include "pg/pool.h"
#include "transfer/gate.h"
#include "transfer/lease_book.h"

namespace follower {

struct PoolOptions {
    std::chrono::milliseconds poll{1'000};
    std::chrono::milliseconds rest_longest{60'000};  // between looks that fail
    std::chrono::milliseconds lease{10'000};
    // What one look reads; the rest is read by the next ones.
    std::chrono::milliseconds read_time{2'000};
    std::size_t transactions_at_once = 200;
    std::size_t bytes_at_once = 4'000'000;
    // Transactions of the pool that are told apart; a larger pool is not looked at to its end.
    std::size_t known_max = 100'000;
    std::size_t coins_max = 20'000;  // of ours in the pool
    // Looks in a row that miss a transaction of ours before it is taken for gone: a node that has
    // just changed its chain, or has just started, puts its pool together anew.
    unsigned looks_until_gone = 3;
};

// The chain, the gate and the pool outlive the watcher.
struct PoolParts {
    chain::Chain& chain;
    transfer::WalletGate& gate;
    pg::Pool& pool;
    PoolOptions options{};
    // Called from the watcher's thread; must not block.
    std::function<void(std::string_view what, const base::Error& error)> on_error{};
};

class PoolWatcher {
public:
    explicit PoolWatcher(PoolParts parts);

    // Looks every `poll` until it is stopped; less often at a pool that takes long or fails.
    void Run(const std::stop_token& stop);

    // One look, on this thread. False: it failed.
    bool RunOnce(const std::stop_token& stop = {});

private:
    enum class Reading { kUnread, kFailed, kRead };

    struct Batch {
        std::vector<std::string> hashes;  // all that were asked for
        std::vector<chain::PooledTx> found;
    };

    // A coin of ours that a transaction of the pool makes.
    struct OwnCoin {
        PooledCoin coin;
        bool change = false;  // the same wallet pays it
    };

    [[nodiscard]] base::Result<> Look(const std::stop_token& stop);
    // Forgets what has left the pool. Answers what is to be read, newcomers first.
    [[nodiscard]] std::vector<std::string> Compare(const std::vector<std::string>& pool);
    // Each transaction once; one that cannot be read is tried once more.
    [[nodiscard]] Batch Read(const std::vector<std::string>& unread, const std::stop_token& stop);
    [[nodiscard]] base::Result<> Keep(const Batch& batch);
    [[nodiscard]] base::Result<Owners> FindOwners(const std::set<std::string>& addresses);
    // Whether it spends an output that the pool pays to this wallet.
    [[nodiscard]] bool SpendsPooled(const chain::PooledTx& pooled,
                                    const base::WalletId& wallet) const;
    // Brings the rows to what the pool has.
    [[nodiscard]] base::Result<> Book(const std::vector<std::string>& pool,
                                      const transfer::Lease& lease);
    // Of rows whose transactions the pool lacks, those that are gone.
    [[nodiscard]] base::Result<std::vector<std::string>> FindGone(std::set<std::string> lacking);

    void Report(const base::Error& error) const;

    PoolParts parts_;
    const std::string network_;
    transfer::LeaseBook leases_;
    std::unordered_map<std::string, Reading> known_;
    std::map<std::string, std::vector<OwnCoin>> coins_;  // by transaction
    std::size_t coin_count_ = 0;
    std::map<std::string, unsigned> lacking_;  // looks that missed it
};

}  // namespace follower
