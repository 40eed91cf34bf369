// Which byte strings are text.
#pragma once

#include <string_view>

namespace base {

// Well-formed UTF-8 (Unicode 15, table 3-7).
[[nodiscard]] bool IsUtf8(std::string_view text);

}  // namespace base
