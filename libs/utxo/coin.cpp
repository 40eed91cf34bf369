#include "utxo/coin.h"

#include <string>

namespace utxo {

base::Result<> CheckSpendable(const CoinState& state, std::uint32_t tip_height) {
    if (state.coinbase && state.shielded_first) {
        return base::FailedPrecondition(
            "coin_unshielded",
            "a mining reward must be shielded on this network before it is spent");
    }
    if (state.height) {
        // 64 bits: a height near the end of 32 must not wrap.
        const std::uint64_t mature_at = std::uint64_t{*state.height} + kCoinbaseMaturity;
        if (state.coinbase && std::uint64_t{tip_height} + 1 < mature_at) {
            return base::FailedPrecondition(
                "coin_immature",
                "a mining reward can be spent from block " + std::to_string(mature_at) + " on");
        }
        return {};
    }
    const bool spendable = state.own_change && !state.coinbase && state.own_chain <= kOwnChainMax &&
                           state.parent_attempts == 1;
    if (!spendable) {
        return base::FailedPrecondition("coin_unconfirmed", "the coin is in no block yet");
    }
    return {};
}

}  // namespace utxo
