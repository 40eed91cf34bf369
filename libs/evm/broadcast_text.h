// What a node's refusal of a transaction means, by the words of geth, Erigon, Nethermind, Besu,
// Reth, anvil and the BNB and Polygon forks of geth. Only for this folder.
#pragma once

#include <optional>
#include <string_view>

#include "chain/types.h"
#include "money/uint256.h"

namespace evm {

// Whether an error of a node tells about itself (a rate limit, a timeout, state it has pruned)
// rather than about what it was asked.
[[nodiscard]] bool IsNodeTrouble(std::string_view text);

// Empty where IsNodeTrouble: the outcome is unknown then.
[[nodiscard]] std::optional<chain::BroadcastResult> ClassifyRefusal(std::string_view text);

// The tip in wei that a refusal such as "gas tip cap 1, minimum needed 50000000" asks for.
[[nodiscard]] std::optional<money::UInt256> NeededTip(std::string_view text);

}  // namespace evm
