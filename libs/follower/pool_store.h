// SQL of payments to our addresses that wait in the memory pool: rows of incoming_transfers in the
// state PENDING. Writing functions: the caller's transaction began with transfer::Fence.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "follower/store.h"
#include "pg/tx.h"

namespace follower {

struct PooledCoin {
    chain::NewCoin made;
    Watched owner;
};

struct Owners {
    std::map<std::string, Watched> by_address;
    std::uint64_t epoch = 0;  // of the newest address that is stored
};

// Which of these addresses are watched.
[[nodiscard]] base::Result<Owners> LoadOwners(pg::Tx& tx,
                                              const std::string& network,
                                              const std::set<std::string>& addresses);

// Which transactions spend coins of which wallets.
using Payer = std::pair<std::string, base::WalletId>;
[[nodiscard]] base::Result<std::set<Payer>> LoadPayers(pg::Tx& tx,
                                                       const std::string& network,
                                                       std::span<const chain::SpentCoin> spends);

// A payment that is booked already stays as it is, unless a reorg or the pool had lost it.
[[nodiscard]] base::Result<> BookPooled(pg::Tx& tx,
                                        const money::Asset& native,
                                        std::span<const PooledCoin> coins);

// Hashes of the transactions of all PENDING payments.
[[nodiscard]] base::Result<std::set<std::string>> LoadPooled(pg::Tx& tx,
                                                             const std::string& network);
[[nodiscard]] base::Result<> DropPooled(pg::Tx& tx,
                                        const std::string& network,
                                        const std::vector<std::string>& hashes);

}  // namespace follower
