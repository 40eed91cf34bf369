// What every daemon of an EVM network has in common: a daemon names its chain and runs.
#pragma once

#include <string>

#include "chain_host/host.h"

namespace evm_host {

// `chain_name`: one that evm::ParamsOf knows, as "ethereum", "binance", "polygon".
[[nodiscard]] chain_host::ChainKit KitOf(std::string chain_name);

}  // namespace evm_host
