// What makes a chain daemon the one of Ethereum.
#pragma once

#include "chain_host/host.h"

namespace ethereum_service {

[[nodiscard]] base::Result<chain_host::Config> ReadConfig(config::Reader& reader);

[[nodiscard]] base::Result<> Assemble(chain_host::Config& config, runtime::Daemon& daemon);

}  // namespace ethereum_service
