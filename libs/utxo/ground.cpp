#include "utxo/ground.h"

#include <string>

#include "chain/catalog.h"

namespace utxo {

base::Result<Ground> GroundOf(std::string_view network) {
    const chain::ChainInfo* info = chain::FindNetwork(network);
    if (info != nullptr && info->family == chain::Family::kUtxo) {
        for (const chain::Mode mode :
             {chain::Mode::kDevnet, chain::Mode::kTestnet, chain::Mode::kMainnet}) {
            if (chain::NetworkId(*info, mode) == network) {
                Ground ground;
                BASE_ASSIGN_OR_RETURN(ground.format, FindFormat(info->name));
                ground.network = NetworkOf(mode);
                return ground;
            }
        }
    }
    return base::MakeError(base::ErrorKind::kUnimplemented,
                           "unsupported_network",
                           "there are no coins of " + std::string(network) + " here");
}

}  // namespace utxo
