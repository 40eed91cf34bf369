// SQL of transactions that left our addresses and that no payment here knows (table
// unknown_spends). Writing functions: the caller's transaction began with transfer::Fence.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/types.h"
#include "follower/store.h"
#include "pg/tx.h"

namespace follower {

// After the blocks and their coins were applied.
[[nodiscard]] base::Result<> BookUnknownSpends(pg::Tx& tx,
                                               const std::string& network,
                                               std::span<const chain::BlockContent> blocks,
                                               const std::map<std::string, Watched>& watched);

[[nodiscard]] base::Result<> TakeBackSpends(pg::Tx& tx,
                                            const std::string& network,
                                            std::uint64_t height);

// Hashes that the node is to be asked about now.
[[nodiscard]] base::Result<std::vector<std::string>> LoadUndescribed(pg::Tx& tx,
                                                                     const std::string& network,
                                                                     std::size_t limit);
[[nodiscard]] base::Result<> Describe(pg::Tx& tx,
                                      const std::string& network,
                                      const chain::TxView& view);
// The node could not say what it does: it is asked again so much later.
[[nodiscard]] base::Result<> PostponeDescription(pg::Tx& tx,
                                                 const std::string& network,
                                                 const std::string& tx_hash,
                                                 std::chrono::milliseconds again_in);

}  // namespace follower
