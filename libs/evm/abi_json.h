// ABI values as JSON: numbers as decimal text, 0x hex text or JSON integers, bytes as 0x hex text,
// lists and tuples as JSON arrays.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "evm/abi.h"

namespace evm {

// Errors: `bad_abi_value`.
[[nodiscard]] base::Result<AbiValue> AbiValueFromJson(const AbiType& type,
                                                      const nlohmann::json& json);

}  // namespace evm
