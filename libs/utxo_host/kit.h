// What the daemons of Bitcoin and Zcash have in common: a daemon names its chain and runs.
#pragma once

#include <string>

#include "chain_host/host.h"

namespace utxo_host {

// `chain_name`: "bitcoin" or "zcash".
[[nodiscard]] chain_host::ChainKit KitOf(std::string chain_name);

}  // namespace utxo_host
