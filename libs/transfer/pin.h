// What the node must be: fixed at the first start, compared at every later one and each minute.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "chain/chain.h"
#include "pg/pool.h"
#include "pg/tx.h"

namespace transfer {

// Errors: `wrong_network`: the node is of another chain, or of one that began anew;
// `final_block_changed`: a block that was final is not on the node's main chain. The latter also
// stops all sends of the network until an administrator accepts the node's block (final_block.h).
// `pin_moved` (an administrator or another replica was faster) and the chain's own errors: nothing
// is known.
[[nodiscard]] base::Result<> CheckPin(chain::Chain& chain, pg::Pool& pool);

// The follower has read blocks up to its newest one, of which all to `final_height` are final: the
// newest of these is what later ones are compared with. Answers what had been final and has
// changed, which stops all sends too; empty = nothing.
[[nodiscard]] base::Result<std::string> AdvancePin(pg::Tx& tx,
                                                   const std::string& network,
                                                   std::uint64_t final_height);

// The blocks above `height`, which follower_blocks still has, have left the main chain. Where the
// block of the pin is one of them, all sends stop and what had been final there is lost
// (store_lost.h). Answers as AdvancePin.
[[nodiscard]] base::Result<std::string> NoteTakenBack(pg::Tx& tx,
                                                      const std::string& network,
                                                      std::uint64_t height);

// Why sends are stopped; empty = they are not.
[[nodiscard]] base::Result<std::string> SendsStoppedReason(pg::Pool& pool,
                                                           const std::string& network);

}  // namespace transfer
