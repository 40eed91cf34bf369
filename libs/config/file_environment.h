// The configuration of a daemon in a container: the process's environment over a file in the `.env`
// format, so that no secret stands in the description of the container.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"

namespace config {

class FileEnvironment final : public Environment {
public:
    // Reads the file that CONFIG_FILE of `above` names; without it there is `above` alone, which
    // outlives this. Errors: `bad_env_file`.
    [[nodiscard]] static base::Result<FileEnvironment> Open(Environment& above);

    // `above` wins.
    [[nodiscard]] std::optional<std::string_view> Find(const std::string& name) const override;
    void Forget(const std::string& name) override;

private:
    FileEnvironment(Environment& above, std::map<std::string, std::string> values);

    Environment* above_;
    MapEnvironment below_;
};

}  // namespace config
