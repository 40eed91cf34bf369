// The table of variables as documents.
#pragma once

#include <string>

#include "config/variable.h"

namespace config {

// The whole `.env.example`: every variable with its help, commented out unless it must be set.
[[nodiscard]] std::string WriteEnvExample(Table table = PlatformVariables());

// The configuration table of README.md.
[[nodiscard]] std::string WriteMarkdownTable(Table table = PlatformVariables());

}  // namespace config
