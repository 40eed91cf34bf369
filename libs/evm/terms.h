// The JSON of Quote::terms and Unsigned::terms. Only for this folder.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "evm/fees.h"

namespace evm {

struct Terms {
    std::uint64_t gas = 0;
    GasFigures figures;
};

[[nodiscard]] std::string WriteTerms(const Terms& terms);

// Errors: `internal`: the text is not what WriteTerms wrote.
[[nodiscard]] base::Result<Terms> ReadTerms(const std::string& text);

}  // namespace evm
