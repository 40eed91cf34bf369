// Files of the source tree and of a test.
#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

namespace support {

// The root of the source tree.
[[nodiscard]] std::filesystem::path SourceDir();

// Throws std::runtime_error if it cannot be read.
[[nodiscard]] std::string ReadFile(const std::filesystem::path& path);

// `path` is relative to the root of the source tree, or absolute. Throws if it is not JSON.
[[nodiscard]] nlohmann::json ReadJson(const std::filesystem::path& path);

}  // namespace support
