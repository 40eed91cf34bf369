// Base16 of secrets, in secret memory throughout. Digits of either case are read, lower case is
// written.
#pragma once

#include <optional>
#include <string_view>

#include "secret/secret.h"

namespace secret {

// Nothing unless the text is an even number of hex digits.
[[nodiscard]] std::optional<Bytes> FromHex(std::string_view text);

[[nodiscard]] String ToHex(const Bytes& bytes);

}  // namespace secret
