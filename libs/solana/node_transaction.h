// Reads getTransaction's answer. Only for this folder.
#pragma once

#include <string>

#include "base/result.h"
#include "solana/answers.h"
#include "solana/node_client.h"

namespace solana {

// `value` is no null. Refuses a transaction of another signature.
[[nodiscard]] base::Result<NodeTransaction> ReadTransaction(const Json& value,
                                                            const std::string& signature);

}  // namespace solana
