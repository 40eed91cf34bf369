// What tells one EVM network from another: a value for each chain and mode. A further chain is one
// more row here.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "chain/catalog.h"
#include "chain/types.h"
#include "evm/address.h"
#include "money/uint256.h"

namespace evm {

struct Params {
    chain::Parameters common;
    std::uint64_t chain_id = 0;
    // Wei a unit of gas. Under the floor validators do not take a transaction; above the ceiling we
    // do not go, whatever a node says.
    money::UInt256 tip_floor;
    money::UInt256 tip_ceiling;
    money::UInt256 gas_price_ceiling;
    std::optional<Address> wrapped_native;  // WETH9 and its copies
    std::uint32_t block_seconds = 0;
};

// ethereum, binance, polygon or avalanche (C-Chain). Errors: `unknown_chain`.
[[nodiscard]] base::Result<Params> ParamsOf(std::string_view chain_name, chain::Mode mode);

// By CAIP-2 id and mode (the devnet and the testnet of one chain may share an id). Errors:
// `unknown_chain`.
[[nodiscard]] base::Result<Params> ParamsOfNetwork(std::string_view network, chain::Mode mode);

}  // namespace evm
