#include "config/file_environment.h"

#include <cstddef>
#include <fstream>
#include <utility>

#include "config/env_file.h"
#include "secret/secret.h"

namespace config {

namespace {

constexpr const char* kName = "CONFIG_FILE";
constexpr std::size_t kFileMax = 64 * 1024;

base::Error BadFile(std::string what) {
    return base::FailedPrecondition("bad_env_file", std::move(what))
        .Remedy("write the file that CONFIG_FILE names as lines of NAME=value");
}

base::Result<std::map<std::string, std::string>> ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kFileMax, '\0');
    if (!file.is_open()) {
        return BadFile(path + " cannot be read");
    }
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (size == kFileMax) {
        secret::Wipe(text);
        return BadFile(path + " has 64 KiB or more");
    }
    auto values = ParseEnvFile(std::string_view(text).substr(0, size));
    secret::Wipe(text);
    if (!values) {
        return BadFile(path + ": " + values.error().detail);
    }
    return values;
}

}  // namespace

base::Result<FileEnvironment> FileEnvironment::Open(Environment& above) {
    std::map<std::string, std::string> values;
    if (const auto path = above.Find(kName); path) {
        BASE_ASSIGN_OR_RETURN(values, ReadFile(std::string(*path)));
    }
    return FileEnvironment(above, std::move(values));
}

FileEnvironment::FileEnvironment(Environment& above, std::map<std::string, std::string> values)
    : above_(&above), below_(std::move(values)) {}

std::optional<std::string_view> FileEnvironment::Find(const std::string& name) const {
    const auto value = above_->Find(name);
    return value ? value : below_.Find(name);
}

void FileEnvironment::Forget(const std::string& name) {
    above_->Forget(name);
    below_.Forget(name);
}

}  // namespace config
