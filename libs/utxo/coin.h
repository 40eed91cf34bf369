// A coin of ours: an output that a wallet's key can spend, and when it may be spent.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "utxo/transaction.h"
#include "utxo/unsigned_tx.h"

namespace utxo {

// Consensus of both chains.
inline constexpr std::uint32_t kCoinbaseMaturity = 100;
// Nodes drop longer chains of unconfirmed transactions (Bitcoin Core's limit is 25); ours are
// shorter.
inline constexpr std::uint32_t kOwnChainMax = 10;

struct Coin {
    OutPoint prevout;
    Output output;
    std::optional<KeyPlace> place;

    friend bool operator==(const Coin&, const Coin&) = default;
};

struct CoinState {
    std::optional<std::uint32_t> height;  // none = in no block
    bool coinbase = false;
    bool shielded_first = false;  // where the network lets nobody spend a reward openly
    // Of a coin in no block:
    bool own_change = false;      // made by a transaction of ours
    std::uint32_t own_chain = 0;  // unconfirmed transactions of ours up to it, its own included
    std::uint32_t parent_attempts = 1;  // signed versions of its transaction
};

// Whether a coin may be spent in the block after `tip_height`. Errors: `coin_immature` (coinbase
// under 100 blocks), `coin_unshielded` (Zcash protocol 7.1.2), `coin_unconfirmed` (foreign, or a
// chain of ours that is too long or not settled: a parent with several versions may vanish).
[[nodiscard]] base::Result<> CheckSpendable(const CoinState& state, std::uint32_t tip_height);

}  // namespace utxo
