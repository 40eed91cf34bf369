// What a node's refusal of a transaction means. Only for this folder.
#pragma once

#include <string_view>

#include "chain/types.h"

namespace utxo {

[[nodiscard]] chain::BroadcastResult ClassifyRefusal(std::string_view text);

}  // namespace utxo
