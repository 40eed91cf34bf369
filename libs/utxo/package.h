// Child pays for parent: what a child has to pay so that its parents are worth a block's room with
// it. Only for this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "chain/ledger.h"
#include "utxo/tx_format.h"

namespace utxo {

// Bitcoin Core's limit of unconfirmed ancestors, the transaction itself included.
inline constexpr std::size_t kAncestorsMax = 25;

struct Package {
    std::size_t virtual_size = 0;
    std::uint64_t fee = 0;
};

// The transaction of ours and those of ours it depends on that are in no block. Errors:
// `unknown_tx` where it is not ours; `too_many_coins` above kAncestorsMax.
[[nodiscard]] base::Result<Package> PackageOf(chain::Ledger& ledger,
                                              const TxFormat& format,
                                              const std::string& tx_hash);

// The child's own rate at which parents and child together reach `rate_milli`, never below it.
// Errors: `amount_overflow`.
[[nodiscard]] base::Result<std::uint64_t> RateOfChild(const Package& parents,
                                                      std::size_t child_virtual_size,
                                                      std::uint64_t rate_milli);

}  // namespace utxo
