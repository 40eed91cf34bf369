// Refuses secrets that a stranger can guess.
#pragma once

#include <string_view>

#include "base/result.h"

namespace config {

// At least 32 bytes, no sample text ("changeme", "your_..."), no repeated characters or blocks.
// The detail never repeats the value. Errors: `weak_secret`.
[[nodiscard]] base::Result<void> CheckStrongSecret(std::string_view value);

}  // namespace config
