#include "config/environment.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>

#include "secret/secret.h"

namespace config {

namespace {

class ProcessEnvironmentImpl : public Environment {
public:
    [[nodiscard]] std::optional<std::string_view> Find(const std::string& name) const override {
        const char* value = std::getenv(name.c_str());
        if (value == nullptr || *value == '\0') {
            return std::nullopt;
        }
        return value;
    }

    void Forget(const std::string& name) override {
        // unsetenv alone leaves the value in the memory that /proc/self/environ shows.
        if (char* value = std::getenv(name.c_str()); value != nullptr) {
            secret::Wipe({reinterpret_cast<std::uint8_t*>(value), std::strlen(value)});
            (void)unsetenv(name.c_str());
        }
    }
};

}  // namespace

Environment& ProcessEnvironment() {
    static ProcessEnvironmentImpl environment;
    return environment;
}

MapEnvironment::MapEnvironment(std::map<std::string, std::string> values)
    : values_(std::move(values)) {}

std::optional<std::string_view> MapEnvironment::Find(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty()) {
        return std::nullopt;
    }
    return found->second;
}

void MapEnvironment::Forget(const std::string& name) {
    if (const auto found = values_.find(name); found != values_.end()) {
        secret::Wipe(found->second);
        values_.erase(found);
    }
}

}  // namespace config
