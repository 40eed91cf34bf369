// What a node's refusal to take a transaction means. Only for this folder.
#pragma once

#include <optional>

#include "base/error.h"
#include "chain/types.h"

namespace solana {

// Empty: the node has trouble of its own, and the outcome is unknown.
[[nodiscard]] std::optional<chain::BroadcastResult> ClassifyRefusal(const base::Error& error);

}  // namespace solana
