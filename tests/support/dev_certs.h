// Identities for tests of anything that speaks mutual TLS.
#pragma once

#include <filesystem>

namespace support {

// A folder with one identity a service, as scripts/certs makes it; made once a process.
[[nodiscard]] const std::filesystem::path& DevCerts();

// The same from another authority.
[[nodiscard]] const std::filesystem::path& ForeignCerts();

// MakeCerts of one service into a folder of the caller's. Throws std::runtime_error.
void MakeCerts(const std::filesystem::path& directory, const char* service = nullptr);

}  // namespace support
