// The chain daemons that wallet-manager asks for balances and test coins.
#pragma once

#include <map>
#include <string>

#include "platform/chain/v1/chain_service.grpc.pb.h"
#include "rpc/call.h"

namespace wallet_manager {

// By chain name. A chain without an entry is not configured.
using ChainPeers = std::map<std::string, rpc::Client<platform::chain::v1::ChainService>>;

}  // namespace wallet_manager
