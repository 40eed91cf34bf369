// SQL of rescans: addresses that are older than their place here, whose blocks since their birthday
// are read beside the newest ones. Writing functions: the caller's transaction began with
// transfer::Fence.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "chain/types.h"
#include "follower/store.h"
#include "pg/tx.h"
#include "transfer/gate.h"

namespace follower {

// Addresses whose next block to read is the same.
struct Rescan {
    std::uint64_t next_height = 0;
    std::map<std::string, Watched> addresses;  // empty: none may be tried now
    bool open = false;                         // some are not at their end, tried now or later
};

// Opens one for every address with a birthday; once more where it came into another wallet's hands.
[[nodiscard]] base::Result<> OpenRescans(pg::Tx& tx,
                                         const std::string& network,
                                         std::span<const transfer::OwnAddress> addresses);
// The one that was tried the longest ago, of those that have not just failed.
[[nodiscard]] base::Result<Rescan> LoadRescan(pg::Tx& tx, const std::string& network);

// Whether these blocks are those that the follower has read at their heights, as far as it keeps
// them.
[[nodiscard]] base::Result<bool> OnFollowedChain(pg::Tx& tx,
                                                 const std::string& network,
                                                 std::span<const chain::BlockContent> blocks);

// Everything below `next_height` is read; at its end where that is all the follower has read.
[[nodiscard]] base::Result<> AdvanceRescan(pg::Tx& tx,
                                           const std::string& network,
                                           const Rescan& rescan,
                                           std::uint64_t next_height);

// Why a rescan does not go on, and when it is tried again.
struct RescanTrouble {
    std::string detail;
    std::chrono::milliseconds again_in{0};
};

[[nodiscard]] base::Result<> NoteRescanTrouble(pg::Tx& tx,
                                               const std::string& network,
                                               const Rescan& rescan,
                                               const RescanTrouble& trouble);

}  // namespace follower
