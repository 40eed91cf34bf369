// Which build this is.
#pragma once

#include <string>
#include <string_view>

namespace runtime {

// "0.1.0"
[[nodiscard]] std::string_view Version();

// Abbreviated commit, "unknown" where the sources came without git.
[[nodiscard]] std::string_view Commit();

// "wallet-manager 0.1.0 (1a2b3c4)"
[[nodiscard]] std::string VersionLine(std::string_view service);

}  // namespace runtime
