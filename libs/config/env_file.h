// The `.env` format: NAME=value lines, `#` comments, optional single or double quotes around the
// whole value, no expansion.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/variable.h"

namespace config {

// All lines that are wrong are named in one error's detail, by number. Errors: `bad_env_file`.
[[nodiscard]] base::Result<std::map<std::string, std::string>> ParseEnvFile(std::string_view text);

// One sentence for each name that the table does not know, with the nearest that it does.
[[nodiscard]] std::string UnknownNames(const std::map<std::string, std::string>& values,
                                       Table table = PlatformVariables());

}  // namespace config
