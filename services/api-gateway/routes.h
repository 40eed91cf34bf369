// The table of endpoints.
#pragma once

#include <span>
#include <string_view>

#include "api-gateway/web/router.h"

namespace gateway {

[[nodiscard]] std::span<const Route> Routes();

// What the runtime answers before the router is asked: health, metrics and version.
[[nodiscard]] std::span<const std::string_view> RuntimePaths();

}  // namespace gateway
