// Which coins pay for an order, and what is left as change. Pure and deterministic: the same
// request gives the same selection.
//
// Several ways propose sets of coins: branch and bound for a set that needs no change (Erhardt
// 2016, over effective values), the smallest single coin, and largest first. Every proposal is then
// settled exactly (fee of the real shape, dust, change) and the one with the least waste wins:
// waste = fee of the inputs above what they would cost at the long-term rate + the cost of change,
// or what is overpaid without change.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/types.h"
#include "utxo/coin.h"
#include "utxo/tx_format.h"

namespace utxo {

inline constexpr std::size_t kInputsMax = 200;

// Rates in thousandths of a satoshi per vbyte.
inline constexpr std::uint64_t kLongTermRateMilli = 10'000;
// Bitcoin Core's minimum relay fee, and what a replacement pays on top for its own size (BIP-125).
inline constexpr std::uint64_t kRelayRateMilli = 1000;

struct SelectionRequest {
    std::vector<Coin> coins;         // may be spent, see CheckSpendable
    std::vector<Coin> required;      // are spent in any case and come first; the anchor at the head
    std::vector<Output> recipients;  // exactly one in the modes subtract_fee and all
    chain::TransferMode mode = chain::TransferMode::kExact;
    base::Bytes change_script;
    std::uint64_t rate_milli_per_vbyte = 0;
    std::uint64_t fee_max = 0;
    // What the transaction replaces: the fee is at least this much plus the relay rate for the new
    // size (BIP-125, rules 3 and 4).
    std::optional<std::uint64_t> replaced_fee;
};

struct Selection {
    std::vector<Coin> coins;
    std::vector<Output> recipients;  // with the amounts that they get
    std::optional<Output> change;
    std::uint64_t fee = 0;
    std::int64_t waste = 0;
};

// Errors: `bad_order` (recipients do not fit the mode, amounts out of range); `no_utxos`;
// `insufficient_funds` (metadata `available`: the most that one recipient could get);
// `dust_output` (metadata `minimum`); `too_many_coins`; `fee_cap_exceeded` (metadata `fee`);
// `unsupported_script_type`.
[[nodiscard]] base::Result<Selection> SelectCoins(const TxFormat& format,
                                                  const SelectionRequest& request);

}  // namespace utxo
