// What a wallet can spend, as coin selection wants it. Only for this folder.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/ledger.h"
#include "utxo/coin_selection.h"
#include "utxo/params.h"

namespace utxo {

struct Purse {
    std::uint64_t tip_height = 0;
    std::vector<Coin> coins;      // may be spent in the next block
    std::vector<Coin> confirmed;  // of these, those in a block
    // More than the coins come to where change of payments under way is still to come.
    money::UInt256 left;
    // In rewards that must be shielded first.
    money::UInt256 unshielded;
};

[[nodiscard]] base::Result<Purse> ReadPurse(chain::Ledger& ledger,
                                            const Params& params,
                                            const std::string& address);

[[nodiscard]] chain::Coin WriteCoin(const OutPoint& prevout, const Output& output);

}  // namespace utxo
