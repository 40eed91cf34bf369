// SQL of transactions that left a wallet and that no payment here knows: rows of the follower
// (table unknown_spends).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"

namespace transfer {

struct UnknownSpends {
    std::optional<std::uint64_t> nonce;  // reserved for the intent
    std::uint64_t followed_height = 0;   // they are known up to this block
    std::vector<std::string> hashes;     // newest first
};

[[nodiscard]] base::Result<UnknownSpends> LoadUnknownSpends(pg::Tx& tx,
                                                            const std::string& network,
                                                            const base::WalletId& wallet,
                                                            const base::IntentId& intent,
                                                            std::size_t limit);

// They are payments after all.
[[nodiscard]] base::Result<> ForgetUnknownSpends(pg::Tx& tx,
                                                 const std::string& network,
                                                 const std::vector<std::string>& hashes);

}  // namespace transfer
