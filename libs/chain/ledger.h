// The seam to our own books of a UTXO chain: the coins of our addresses, as the follower has read
// them from the blocks. libs/follower implements it over Postgres; tests in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/types.h"

namespace chain {

// A coin of ours that no block and no payment of ours spends.
struct FreeCoin {
    Coin coin;
    std::string address;
    bool coinbase = false;
    std::uint64_t block_height = 0;  // 0: in no block, change of a payment of ours
    // Of a coin in no block: unconfirmed transactions of ours up to it, its own included, and the
    // signed versions of its transaction.
    std::uint32_t own_chain = 0;
    std::uint32_t parent_attempts = 0;
};

// What an address can spend, now and soon.
struct Holdings {
    std::uint64_t tip_height = 0;  // of the last block that was read
    std::vector<FreeCoin> free;
    // In blocks, less what payments under way take: more than the free coins where change of them
    // is still to come.
    money::UInt256 left;
};

class Ledger {
public:
    virtual ~Ledger() = default;

    // The addresses of one wallet share their coins; any of them names it. Errors:
    // `follower_behind` (kUnavailable) where no block has been read yet; `wallet_rescanning` where
    // older blocks are still being read for it.
    [[nodiscard]] virtual base::Result<Holdings> HoldingsOf(const std::string& address) = 0;
    // What blocks up to `block_height` have left there.
    [[nodiscard]] virtual base::Result<Balance> BalanceOf(const std::string& address) = 0;
    // A transaction in a block that pays us or spends coins of ours; `fee_paid` where it is ours.
    // Empty where our blocks have none of this hash.
    [[nodiscard]] virtual base::Result<std::optional<TxStatus>> FindTransaction(
        const std::string& tx_hash) = 0;
    // What a transaction of ours pays the miners, be it in a block or not. Empty: it is not ours.
    [[nodiscard]] virtual base::Result<std::optional<money::UInt256>> FeeOf(
        const std::string& tx_hash) = 0;
    // The bytes of a transaction that made coins of ours. Errors: `unknown_tx`.
    [[nodiscard]] virtual base::Result<base::Bytes> SourceOf(const std::string& tx_hash) = 0;
};

}  // namespace chain
