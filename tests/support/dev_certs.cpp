#include "support/dev_certs.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "support/files.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace support {
namespace {

class CertsDir {
public:
    CertsDir() { MakeCerts(directory_.path()); }

    [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }

private:
    TempDir directory_;
};

}  // namespace

const std::filesystem::path& DevCerts() {
    static const CertsDir certs;
    return certs.path();
}

const std::filesystem::path& ForeignCerts() {
    static const CertsDir certs;
    return certs.path();
}

void MakeCerts(const std::filesystem::path& directory, const char* service) {
    std::vector<std::string> command = {SourceDir() / "scripts/certs", directory};
    if (service != nullptr) {
        command.emplace_back(service);
    }
    const auto made = RunCommand(std::move(command));
    if (made.exit_code != 0) {
        throw std::runtime_error("scripts/certs: " + made.output);
    }
}

}  // namespace support
