// Transactions that are in our records no more, told by what the chain shows. Only for the .cpp
// files of libs/transfer.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "chain/chain.h"
#include "transfer/store_attempts.h"

namespace transfer {

inline constexpr std::size_t kFoundMax = 1'000;  // transactions of a wallet that are looked at

struct FoundTx {
    chain::Unsigned unsigned_tx;  // as chain::Rediscovered has it
    chain::Signed signed_tx;
};

// What a transaction is compared with.
struct Wanted {
    const chain::Plan& plan;
    base::ByteView unsigned_tx;  // of one of its attempts
};

// The first of them that is this payment. `taken` = of other payments. Asks the node about each.
[[nodiscard]] base::Result<std::optional<FoundTx>> FindAmong(
    chain::Chain& chain,
    const Wanted& wanted,
    const std::vector<std::string>& hashes,
    const std::set<std::string>& taken = {});

// What was found as the next attempt of its intent.
[[nodiscard]] Recalled NextAttempt(const Subject& subject,
                                   const base::WalletId& wallet,
                                   FoundTx found);

}  // namespace transfer
