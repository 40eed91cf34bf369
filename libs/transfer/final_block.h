// The way out of an alarm about a final block (pin.h): a person sees what is pinned and what the
// node has there, wallet-manager writes down which block an administrator has accepted, and the
// chain's daemon pins that block and opens sends. Nothing is signed by it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/chain.h"
#include "pg/pool.h"

namespace transfer {

inline constexpr std::size_t kLostShown = 100;

// What the node has.
struct NodeChain {
    std::uint64_t newest_height = 0;
    std::uint64_t final_height = 0;
    std::string hash;  // of the block at the pinned height; empty: it has none there yet
};

// A payment that had ended in a block that is gone, and is in no final one again.
struct LostView {
    base::IntentId id;
    std::string tx_hash;
};

struct FinalBlock {
    std::uint64_t height = 0;
    std::string hash;
    std::string stopped_reason;     // empty: sends are open
    std::optional<NodeChain> node;  // nothing: no node answers
    std::vector<LostView> lost;     // the oldest kLostShown
};

// Errors: kUnavailable `starting`: nothing was ever pinned.
[[nodiscard]] base::Result<FinalBlock> LookAtFinalBlock(chain::Chain& chain, pg::Pool& pool);

// Pins the node's block of this hash at the pinned height, and opens sends. Errors:
// `sends_not_stopped`; `block_not_accepted`: no administrator has accepted this hash;
// `wrong_network`; `node_behind`: the node calls no block of this height final yet;
// `block_mismatch`: the node has another block there; `blocks_unread`: payments are not yet
// compared with the node's chain; the chain's own.
[[nodiscard]] base::Result<> AdoptFinalBlock(chain::Chain& chain,
                                             pg::Pool& pool,
                                             const std::string& hash);

}  // namespace transfer
