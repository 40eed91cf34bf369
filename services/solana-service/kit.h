// What makes a chain daemon the one of Solana.
#pragma once

#include "chain_host/host.h"

namespace solana_service {

[[nodiscard]] chain_host::ChainKit Kit();

}  // namespace solana_service
