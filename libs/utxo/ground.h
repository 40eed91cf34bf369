// A network of a UTXO chain by its CAIP-2 id.
#pragma once

#include <string_view>

#include "base/result.h"
#include "utxo/network.h"
#include "utxo/tx_format.h"

namespace utxo {

struct Ground {
    const TxFormat* format = nullptr;
    Network network = Network::kRegtest;
};

// Errors: `unsupported_network`.
[[nodiscard]] base::Result<Ground> GroundOf(std::string_view network);

}  // namespace utxo
