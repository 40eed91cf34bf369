#include "support/files.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace support {

std::filesystem::path SourceDir() {
    return PLATFORM_SOURCE_DIR;
}

std::string ReadFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        throw std::runtime_error("cannot read " + path.string());
    }
    return text.str();
}

nlohmann::json ReadJson(const std::filesystem::path& path) {
    return nlohmann::json::parse(ReadFile(SourceDir() / path));
}

}  // namespace support
