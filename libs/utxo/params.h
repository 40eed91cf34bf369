// What tells one UTXO network from another for payments: a value for each chain and mode.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "chain/catalog.h"
#include "chain/types.h"
#include "utxo/network.h"
#include "utxo/tx_format.h"

namespace utxo {

struct Params {
    chain::Parameters common;
    Network network = Network::kRegtest;
    const TxFormat* format = nullptr;
    bool has_fee_market = false;  // Bitcoin; Zcash has one price (ZIP-317)
    bool keeps_sources = false;   // signatures need the transactions that made the coins
    // Consensus of Zcash's public networks: a coinbase output pays shielded receivers alone.
    bool shields_rewards = false;
    std::uint64_t rate_ceiling_milli = 0;
    std::uint32_t block_seconds = 0;
};

// bitcoin or zcash. Errors: `unknown_chain`.
[[nodiscard]] base::Result<Params> ParamsOf(std::string_view chain_name, chain::Mode mode);

// By CAIP-2 id and mode. Errors: `unknown_chain`.
[[nodiscard]] base::Result<Params> ParamsOfNetwork(std::string_view network, chain::Mode mode);

}  // namespace utxo
