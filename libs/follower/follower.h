// Follows a chain block by block and books what reaches our addresses. Blocks are applied in order,
// each on the one whose hash it names; a reorg takes back what its blocks had brought. One process
// a network works at a time, by a lease.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/result.h"
#include "chain/chain.h"
#include "follower/store.h"
#include "pg/pool.h"
#include "transfer/gate.h"
#include "transfer/lease_book.h"

namespace follower {

struct Options {
    std::chrono::milliseconds poll{500};
    std::chrono::milliseconds lease{10'000};
    std::size_t blocks_at_once = 50;      // one transaction; fewer where they are slow to read
    std::uint64_t blocks_kept = 1'000;    // the deepest reorg that can be undone
    std::uint64_t balance_interval = 10;  // blocks between two looks at an address
    std::size_t balances_at_once = 20;
    // What the node could not show is asked for again after so long.
    std::chrono::milliseconds rescan_retry{30'000};
    std::chrono::milliseconds description_retry{60'000};
};

// Called from the follower's thread; must not block.
struct Hooks {
    std::function<void(std::string_view what, const base::Error& error)> on_error;
    // A person must see it: a final block was taken back.
    std::function<void(std::string_view what, const std::string& detail)> on_alarm;
};

// The chain, the gate and the pool outlive the follower.
struct Parts {
    chain::Chain& chain;
    transfer::WalletGate& gate;
    pg::Pool& pool;
    Options options{};
    Hooks hooks{};
};

class Follower {
public:
    explicit Follower(Parts parts);

    // Follows until it is stopped; looks at the chain every `poll`.
    void Run(const std::stop_token& stop);

    // Reads on to the newest block, on this thread, and a few of the older ones that are wanted.
    // True: more of those may be read at once.
    bool RunOnce(const std::stop_token& stop = {});

private:
    [[nodiscard]] base::Result<bool> Follow(const std::stop_token& stop);
    // Addresses made before now, so before any block that can pay them is read.
    [[nodiscard]] base::Result<> RefreshAddresses();
    // The block that the first start takes as read: no reorg within its bounds takes it away.
    [[nodiscard]] base::Result<chain::Block> FirstBlock(const chain::Head& head);
    // The newest block we have read that is still on the main chain; what came after it is undone.
    [[nodiscard]] base::Result<std::optional<FollowedBlock>> FindFoot(const transfer::Lease& lease,
                                                                      const chain::Head& head);
    [[nodiscard]] base::Result<> TakeBack(const transfer::Lease& lease, std::uint64_t height);
    // True: there is more to read.
    [[nodiscard]] base::Result<bool> ReadOn(const transfer::Lease& lease,
                                            const chain::Head& head,
                                            FollowedBlock& foot);
    void RaiseAlarms(const chain::BlockContent& content) const;
    // What is true at the newest block alone. False: there is more to look at.
    [[nodiscard]] base::Result<bool> LookAround(const transfer::Lease& lease,
                                                const FollowedBlock& foot);
    // Reads some of the blocks that are older than an address's place here. True: there are more.
    [[nodiscard]] base::Result<bool> Rescan(const transfer::Lease& lease, const chain::Head& head);
    // Asks the node what transactions do that no payment here knows. False: there are more.
    [[nodiscard]] base::Result<bool> DescribeSpends(const transfer::Lease& lease);
    [[nodiscard]] base::Result<> LookAtBalances(const transfer::Lease& lease,
                                                const FollowedBlock& foot);
    [[nodiscard]] base::Result<> LookAtBalance(const transfer::Lease& lease,
                                               const FollowedBlock& foot,
                                               const BalanceDue& due);
    void Report(const base::Error& error) const;

    Parts parts_;
    const std::string network_;
    const bool has_coins_;
    transfer::LeaseBook leases_;
    std::map<std::string, Watched> watched_;  // by address
    std::uint64_t epoch_ = 0;
    bool loaded_ = false;
    std::chrono::steady_clock::time_point refreshed_;
    bool rescanning_ = true;  // some rescan is open, until a look has shown otherwise
    std::string seen_;        // the head that was followed to its end
};

}  // namespace follower
