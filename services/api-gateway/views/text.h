// Texts that may be absent.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace gateway {

// Null for an empty text.
[[nodiscard]] inline nlohmann::json TextOrNull(const std::string& text) {
    return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

}  // namespace gateway
