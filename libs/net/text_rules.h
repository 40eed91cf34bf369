// Character rules that several readers of this library share.
#pragma once

#include <string_view>

namespace net {

// UTF-8 without control characters (C0, DEL, C1).
[[nodiscard]] bool IsPrintableUtf8(std::string_view text);

// RFC 9110 section 5.6.2: a header name, a method.
[[nodiscard]] bool IsToken(std::string_view text);

// RFC 9110 section 5.5: no control characters but the tab.
[[nodiscard]] bool IsHeaderValue(std::string_view text);

[[nodiscard]] bool EqualsIgnoringCase(std::string_view left, std::string_view right);

}  // namespace net
