#include "utxo/spendable.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "utxo/address.h"
#include "utxo/coin.h"

namespace utxo {

namespace {

CoinState StateOf(const chain::FreeCoin& coin, const Params& params) {
    CoinState state;
    state.shielded_first = params.shields_rewards;
    if (coin.block_height > 0) {
        state.height = static_cast<std::uint32_t>(coin.block_height);
    }
    state.coinbase = coin.coinbase;
    state.own_change = coin.block_height == 0;
    state.own_chain = coin.own_chain;
    state.parent_attempts = coin.parent_attempts;
    return state;
}

}  // namespace

base::Result<Purse> ReadPurse(chain::Ledger& ledger,
                              const Params& params,
                              const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const chain::Holdings holdings, ledger.HoldingsOf(address));
    Purse purse;
    purse.tip_height = std::min<std::uint64_t>(holdings.tip_height, INT32_MAX);
    purse.left = holdings.left;
    for (const chain::FreeCoin& free : holdings.free) {
        const auto spendable =
            CheckSpendable(StateOf(free, params), static_cast<std::uint32_t>(purse.tip_height));
        if (!spendable) {
            if (free.block_height > 0) {
                // A reward: nothing under way brings it nearer.
                const auto less = money::CheckedSub(purse.left, free.coin.amount);
                purse.left = less ? *less : money::UInt256();
            }
            if (spendable.error().reason == "coin_unshielded") {
                const auto more = money::CheckedAdd(purse.unshielded, free.coin.amount);
                purse.unshielded = more ? *more : money::UInt256::Max();
            }
            continue;
        }
        Coin coin;
        BASE_ASSIGN_OR_RETURN(coin.prevout.tx_hash, ParseTxHash(free.coin.tx_hash));
        coin.prevout.index = free.coin.index;
        BASE_ASSIGN_OR_RETURN(coin.output.amount, free.coin.amount.ToUint64());
        BASE_ASSIGN_OR_RETURN(Address own,
                              params.format->ParseAddress(free.address, params.network));
        coin.output.script = std::move(own.script);
        if (free.block_height > 0) {
            purse.confirmed.push_back(coin);
        }
        purse.coins.push_back(std::move(coin));
    }
    return purse;
}

chain::Coin WriteCoin(const OutPoint& prevout, const Output& output) {
    return {TxHashText(prevout.tx_hash), prevout.index, money::UInt256(output.amount)};
}

}  // namespace utxo
