// SQL of the follower: the blocks it has read, the addresses it watches, and what reached them.
// Writing functions: the caller's transaction began with transfer::Fence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"
#include "transfer/gate.h"

namespace follower {

struct Watched {
    base::WalletId wallet;
    base::UserId user;
};

struct FollowedBlock {
    std::uint64_t height = 0;
    std::string hash;
};

[[nodiscard]] base::Result<std::map<std::string, Watched>> LoadWatched(pg::Tx& tx,
                                                                       const std::string& network,
                                                                       std::uint64_t& epoch);
[[nodiscard]] base::Result<> StoreWatched(pg::Tx& tx,
                                          const std::string& network,
                                          std::span<const transfer::OwnAddress> addresses);

// Newest first.
[[nodiscard]] base::Result<std::vector<FollowedBlock>> LoadBlocks(pg::Tx& tx,
                                                                  const std::string& network,
                                                                  std::size_t limit);

// The payments of a block that are ours. A payment that was taken back and is here again, or was
// booked before, is the same one.
[[nodiscard]] base::Result<> BookPayments(pg::Tx& tx,
                                          const std::string& network,
                                          const chain::BlockContent& content,
                                          const std::map<std::string, Watched>& watched);

// The next block with its payments.
[[nodiscard]] base::Result<> ApplyBlock(pg::Tx& tx,
                                        const std::string& network,
                                        const chain::BlockContent& content,
                                        const std::map<std::string, Watched>& watched);
[[nodiscard]] base::Result<> PruneBlocks(pg::Tx& tx,
                                         const std::string& network,
                                         std::uint64_t below);

// Undoes every block above. Answers how many payments had been final.
[[nodiscard]] base::Result<std::size_t> TakeBackAbove(pg::Tx& tx,
                                                      const std::string& network,
                                                      std::uint64_t height);
[[nodiscard]] base::Result<> MarkFinal(pg::Tx& tx,
                                       const std::string& network,
                                       std::uint64_t height);

// An address at rest, whose native balance was last seen some blocks ago.
struct BalanceDue {
    std::string address;
    Watched owner;
    std::optional<std::uint64_t> seen_at;  // empty: never
    money::UInt256 expected;               // at the block asked for; meaningless where never seen
    bool explained = true;  // false: an own contract call may have brought coins; book nothing
};

// Addresses without a payment under way, the longest unseen first, with what known transactions
// make of their balance at `height`.
[[nodiscard]] base::Result<std::vector<BalanceDue>> LoadBalancesDue(pg::Tx& tx,
                                                                    const std::string& network,
                                                                    std::uint64_t height,
                                                                    std::uint64_t interval,
                                                                    std::size_t limit);

struct BalanceSeen {
    BalanceDue due;
    chain::Balance balance;
    money::UInt256 rise;  // beyond what is expected; 0 = none
};

// False: the block is not the newest any more, nothing was written.
[[nodiscard]] base::Result<bool> StoreBalance(pg::Tx& tx,
                                              const money::Asset& native,
                                              const FollowedBlock& foot,
                                              const BalanceSeen& seen);

}  // namespace follower
