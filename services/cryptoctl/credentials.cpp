#include "cryptoctl/credentials.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace cryptoctl {

namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

base::Error BadFile(const fs::path& path, const std::string& what) {
    return base::FailedPrecondition("bad_credentials_file", path.string() + " " + what);
}

base::Result<> WriteAll(int descriptor, const std::string& text, const fs::path& path) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t written = write(descriptor, text.data() + done, text.size() - done);
        if (written < 0) {
            return BadFile(path, std::string("cannot be written: ") + std::strerror(errno));
        }
        done += static_cast<std::size_t>(written);
    }
    return {};
}

}  // namespace

base::Result<fs::path> CredentialsPath() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    if (config != nullptr && *config != '\0') {
        return fs::path(config) / "cryptoctl" / "credentials.json";
    }
    if (home != nullptr && *home != '\0') {
        return fs::path(home) / ".config" / "cryptoctl" / "credentials.json";
    }
    return base::FailedPrecondition("no_home", "neither XDG_CONFIG_HOME nor HOME is set");
}

base::Result<std::optional<Credentials>> LoadCredentials(const fs::path& path) {
    struct stat status {};

    if (stat(path.c_str(), &status) != 0) {
        return std::optional<Credentials>();
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return BadFile(path, "may be read by others; run chmod 600 on it");
    }
    std::ifstream file(path);
    const auto json = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) {
        return BadFile(path, "is not what cryptoctl wrote; sign in again");
    }
    return std::optional(Credentials{json.value("api", ""),
                                     json.value("email", ""),
                                     json.value("token", ""),
                                     json.value("refresh_token", "")});
}

base::Result<> SaveCredentials(const fs::path& path, const Credentials& credentials) {
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    const fs::path fresh = path.string() + ".new";
    const int descriptor =
        open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
    if (descriptor < 0) {
        return BadFile(fresh, std::string("cannot be made: ") + std::strerror(errno));
    }
    const nlohmann::json json{{"api", credentials.api},
                              {"email", credentials.email},
                              {"token", credentials.token},
                              {"refresh_token", credentials.refresh_token}};
    const auto written = WriteAll(descriptor, json.dump(2) + "\n", fresh);
    close(descriptor);
    BASE_RETURN_IF_ERROR(written);
    fs::rename(fresh, path, code);
    if (code) {
        return BadFile(path, "cannot be replaced: " + code.message());
    }
    return {};
}

void RemoveCredentials(const fs::path& path) {
    std::error_code code;
    fs::remove(path, code);
}

}  // namespace cryptoctl
