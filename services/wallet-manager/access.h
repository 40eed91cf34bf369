// Who may call wallet-manager: WalletService is the gateway's, GateService the chain daemons'.
#pragma once

#include <vector>

#include "rpc/access.h"

namespace wallet_manager {

[[nodiscard]] std::vector<rpc::AccessRule> WalletAccess();
[[nodiscard]] std::vector<rpc::AccessRule> GateAccess();

}  // namespace wallet_manager
