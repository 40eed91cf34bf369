// SQL of the coins: outputs of ours as blocks bring and spend them. Writing functions: the caller's
// transaction began with transfer::Fence.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/result.h"
#include "chain/types.h"
#include "follower/store.h"
#include "pg/tx.h"

namespace follower {

// The coins that a block brings and takes. What comes from another wallet is booked as an incoming
// transfer too; change is not.
[[nodiscard]] base::Result<> ApplyCoins(pg::Tx& tx,
                                        const money::Asset& native,
                                        const chain::BlockContent& content,
                                        const std::map<std::string, Watched>& watched);

// Undoes what blocks above `height` brought and took.
[[nodiscard]] base::Result<> TakeBackCoins(pg::Tx& tx,
                                           const std::string& network,
                                           std::uint64_t height);

}  // namespace follower
