// The parts of the daemon.
#pragma once

#include "api-gateway/config.h"
#include "base/result.h"
#include "runtime/daemon.h"

namespace gateway {

[[nodiscard]] base::Result<> Assemble(Config& config, runtime::Daemon& daemon);

}  // namespace gateway
