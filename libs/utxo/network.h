// Which network an address, a key or a transaction is of.
#pragma once

#include <string_view>

#include "chain/catalog.h"

namespace utxo {

// kTest is every public test network (testnet3 and 4, signet; Zcash's testnet).
enum class Network { kMain, kTest, kRegtest };

[[nodiscard]] constexpr Network NetworkOf(chain::Mode mode) {
    switch (mode) {
        case chain::Mode::kMainnet:
            return Network::kMain;
        case chain::Mode::kTestnet:
            return Network::kTest;
        case chain::Mode::kDevnet:
            return Network::kRegtest;
    }
    return Network::kRegtest;
}

[[nodiscard]] constexpr std::string_view NetworkName(Network network) {
    switch (network) {
        case Network::kMain:
            return "mainnet";
        case Network::kTest:
            return "testnet";
        case Network::kRegtest:
            return "regtest";
    }
    return "regtest";
}

}  // namespace utxo
