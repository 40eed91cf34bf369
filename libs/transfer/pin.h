// What the node must be: fixed at the first start, compared at every later one and each minute.
#pragma once

#include <string>

#include "base/result.h"
#include "chain/chain.h"
#include "pg/pool.h"

namespace transfer {

// Errors: `wrong_network`: the node is of another chain, or of one that began anew;
// `final_block_changed`: a block that was final is not on the node's main chain. The latter also
// stops all sends of the network until an operator clears chain_pins.sends_stopped_reason. Else the
// chain's own errors: nothing is known.
[[nodiscard]] base::Result<> CheckPin(chain::Chain& chain, pg::Pool& pool);

// Why sends are stopped; empty = they are not.
[[nodiscard]] base::Result<std::string> SendsStoppedReason(pg::Pool& pool,
                                                           const std::string& network);

}  // namespace transfer
