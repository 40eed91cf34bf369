// Gas prices as people write them: gwei, 10^9 wei.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "money/uint256.h"

namespace evm {

// Decimal gwei with at most 9 digits after the point -> wei, exact. Errors: `amount_precision`,
// `bad_amount`.
[[nodiscard]] base::Result<money::UInt256> ParseGwei(std::string_view text);

[[nodiscard]] std::string FormatGwei(const money::UInt256& wei);

}  // namespace evm
