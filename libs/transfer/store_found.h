// SQL of transactions that left a wallet and that no payment here knows: rows of the follower
// (table unknown_spends). They are looked at for payments that a restored database holds unsigned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"

namespace transfer {

struct UnknownSpends {
    std::optional<std::uint64_t> nonce;  // reserved for the intent
    std::uint64_t followed_height = 0;   // they are known up to this block
    std::vector<std::string> hashes;     // newest first
};

// Its order is older than the restore of this database, or than one that is not accepted yet: what
// was signed for it may be forgotten.
[[nodiscard]] base::Result<bool> IsOlderThanRestore(pg::Tx& tx, const base::IntentId& intent);

[[nodiscard]] base::Result<UnknownSpends> LoadUnknownSpends(pg::Tx& tx,
                                                            const std::string& network,
                                                            const base::WalletId& wallet,
                                                            const base::IntentId& intent,
                                                            std::size_t limit);

// What the first attempt of an intent is, where that is not what was stored before it was signed.
// The payload is left to MarkSigned.
[[nodiscard]] base::Result<> StoreFoundTerms(pg::Tx& tx,
                                             const base::IntentId& intent,
                                             const chain::Unsigned& found);

// They are payments after all.
[[nodiscard]] base::Result<> ForgetUnknownSpends(pg::Tx& tx,
                                                 const std::string& network,
                                                 const std::vector<std::string>& hashes);

}  // namespace transfer
