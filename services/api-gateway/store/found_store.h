// Payments that the chain shows and no row here explains: what a restored database has lost. All
// functions block.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "money/uint256.h"
#include "pg/pool.h"

namespace gateway {

struct FoundPayment {
    std::string tx_hash;
    std::string to;
    money::UInt256 amount;  // of the native coin
    std::vector<std::string> lines;
    std::uint64_t block_height = 0;
    base::Time at;
};

// Of the user's wallets on this network, newest first.
[[nodiscard]] base::Result<std::vector<FoundPayment>> ListFoundPayments(pg::Pool& pool,
                                                                        base::UserId user,
                                                                        const std::string& network,
                                                                        unsigned limit);

}  // namespace gateway
