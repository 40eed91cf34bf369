// SQL of lost payments: they had ended in a block that was final, and that block has left the main
// chain. They stay what they are; the bytes that had landed are live again until a block at final
// depth has one of their transactions. Nothing is signed for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"
#include "transfer/store_tracking.h"

namespace transfer {

// Those whose block was above `height`, and fills with them. Answers how many payments.
[[nodiscard]] base::Result<std::size_t> MarkLost(pg::Tx& tx,
                                                 const std::string& network,
                                                 std::uint64_t height);

// At most `limit`, with every attempt that was signed; the states are those they ended in.
[[nodiscard]] base::Result<std::vector<Tracked>> LoadLost(pg::Tx& tx,
                                                          const std::string& network,
                                                          std::size_t limit);

struct LandedAgain {
    base::IntentId id;
    std::uint32_t attempt = 1;
    std::string tx_hash;
    chain::TxStatus status;
    bool other_end = false;  // not as it had ended
};

// No longer lost, in the block of `status`.
[[nodiscard]] base::Result<> MarkLandedAgain(pg::Tx& tx, const LandedAgain& landed);

}  // namespace transfer
