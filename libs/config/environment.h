// Where configuration values come from: the process's environment, or a map in tests and for
// `.env` files.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace config {

class Environment {
public:
    virtual ~Environment() = default;

    // The value; nothing where it is unset or empty. Valid until the next Forget of that name.
    [[nodiscard]] virtual std::optional<std::string_view> Find(const std::string& name) const = 0;

    // Overwrites the value where it lies and removes it.
    virtual void Forget(const std::string& name) = 0;
};

// The process's own environment. Forget overwrites the bytes that /proc/self/environ shows; to be
// called before any thread starts. Lives for the whole process.
[[nodiscard]] Environment& ProcessEnvironment();

class MapEnvironment : public Environment {
public:
    explicit MapEnvironment(std::map<std::string, std::string> values);

    [[nodiscard]] std::optional<std::string_view> Find(const std::string& name) const override;
    void Forget(const std::string& name) override;

private:
    std::map<std::string, std::string> values_;
};

}  // namespace config
