// Where cryptoctl keeps its sign-in: $XDG_CONFIG_HOME/cryptoctl/credentials.json, mode 0600.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace cryptoctl {

struct Credentials {
    std::string api;  // "http://127.0.0.1:8000"
    std::string email;
    std::string token;
    std::string refresh_token;
};

// $XDG_CONFIG_HOME, else $HOME/.config. Errors: `no_home`.
[[nodiscard]] base::Result<std::filesystem::path> CredentialsPath();

// Nothing where there are none. Errors: `bad_credentials_file`, also for one that others may read.
[[nodiscard]] base::Result<std::optional<Credentials>> LoadCredentials(
    const std::filesystem::path& path);

// Replaces the file in one step. Errors: `bad_credentials_file`.
[[nodiscard]] base::Result<> SaveCredentials(const std::filesystem::path& path,
                                             const Credentials& credentials);

void RemoveCredentials(const std::filesystem::path& path);

}  // namespace cryptoctl
