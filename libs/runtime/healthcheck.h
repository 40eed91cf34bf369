// `<daemon> --healthcheck`: asks a running daemon on this machine for /health/ready. Containers
// have no other client.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace runtime {

struct HealthcheckTarget {
    std::string host;  // the address it listens on; "0.0.0.0" and "::" mean this machine
    std::uint16_t port = 0;
    bool tls = false;
};

// Takes five seconds at most. The certificate is not looked at: the peer is our own process.
// Errors: `not_ready` with what it said, `no_answer`.
[[nodiscard]] base::Result<> AskReady(const HealthcheckTarget& target);

}  // namespace runtime
