// The parts of wallet-manager, in the order in which they need each other.
#pragma once

#include "base/result.h"
#include "runtime/daemon.h"
#include "wallet-manager/config.h"

namespace wallet_manager {

[[nodiscard]] base::Result<> Assemble(Config& config, runtime::Daemon& daemon);

}  // namespace wallet_manager
