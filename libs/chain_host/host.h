// A chain daemon's assembly, the same for every chain: pool, node, wallet-manager, engine,
// follower, service, their checks and their order of start and end. A daemon adds its chain.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/node_rpc.h"
#include "chain_host/chain_service.h"
#include "chain_host/shared_reads.h"
#include "config/reader.h"
#include "crypto/ed25519.h"
#include "runtime/daemon.h"
#include "secret/secret.h"

namespace chain_host {

struct Config {
    chain::Mode mode = chain::Mode::kDevnet;
    std::string deployment_id;
    crypto::Ed25519PublicKey order_key{};
    secret::String database_url;
    std::vector<std::string> node_urls;
    std::string wallet_manager_address;
    std::string mtls_dir;
    std::chrono::milliseconds lease{10'000};
};

// Which variables name a daemon's own two.
struct ConfigNames {
    std::string database_url;  // "ETHEREUM_SERVICE_DATABASE_URL"
    std::string node_urls;     // "ETH_RPC_URL"
};

[[nodiscard]] base::Result<Config> ReadConfig(config::Reader& reader, const ConfigNames& names);

// What a daemon adds.
struct ChainKit {
    std::string chain_name;                 // "ethereum"
    std::vector<std::string> node_methods;  // that get metrics of their own
    ShareTimes shared_reads;
    std::function<base::Result<std::unique_ptr<chain::Chain>>(chain::Mode, chain::NodeRpc&)>
        make_chain;
    // Called on the devnet alone; may be empty.
    std::function<Faucet(chain::Chain&)> make_faucet;
};

[[nodiscard]] base::Result<> Assemble(const Config& config,
                                      const ChainKit& kit,
                                      runtime::Daemon& daemon);

}  // namespace chain_host
