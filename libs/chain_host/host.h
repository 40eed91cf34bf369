// A chain daemon's assembly, the same for every chain: pool, node, wallet-manager, engine,
// follower, service, their checks and their order of start and end. A daemon adds its chain.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/ledger.h"
#include "chain/node_rpc.h"
#include "chain_host/chain_service.h"
#include "chain_host/shared_reads.h"
#include "config/reader.h"
#include "crypto/ed25519.h"
#include "net/proxy.h"
#include "runtime/daemon.h"
#include "secret/secret.h"

namespace chain_host {

// Callers of Transfer wait on a thread each until their payment is signed.
inline const rpc::PoolLimits kGrpcPool{"grpc", 128, 1'024};

struct Config {
    chain::Mode mode = chain::Mode::kDevnet;
    std::string deployment_id;
    crypto::Ed25519PublicKey order_key{};
    secret::String database_url;
    std::size_t connections_max = 0;
    std::vector<std::string> node_urls;
    std::string node_user;
    secret::String node_password;
    std::string node_cookie_file;
    net::Proxies proxies;
    std::string wallet_manager_address;
    std::string mtls_dir;
    std::chrono::milliseconds lease{10'000};
    std::chrono::milliseconds renew_after{150'000};
};

// Which variables are a daemon's own. Those of the login may be empty: its nodes ask for none.
struct ConfigNames {
    std::string database_url;  // "ETHEREUM_SERVICE_DATABASE_URL"
    std::string node_urls;     // "ETH_RPC_URL"
    std::string node_user{};   // "ZCASH_RPC_USER"
    std::string node_password{};
    std::string node_cookie_file{};
    std::string renew_after{};  // "SOLANA_RENEW_AFTER"; empty = no renewal has to wait
};

[[nodiscard]] base::Result<Config> ReadConfig(config::Reader& reader, const ConfigNames& names);

// What a chain is made over. All outlive it.
struct ChainSeams {
    chain::Mode mode = chain::Mode::kDevnet;
    chain::NodeRpc& node;
    chain::Ledger& ledger;
};

// What a daemon adds.
struct ChainKit {
    std::string chain_name;                 // "ethereum"
    std::vector<std::string> node_methods;  // that get metrics of their own
    ShareTimes shared_reads;
    std::set<std::string, std::less<>> gathered_calls{};  // see RpcNode
    std::uint64_t gift_coins = 10;  // of the devnet's faucet, where no amount is asked for
    bool numbers_as_text = false;   // amounts are JSON numbers with a point
    std::size_t answer_max = 16'777'216;
    std::function<base::Result<std::unique_ptr<chain::Chain>>(const ChainSeams&)> make_chain;
    // Called on the devnet alone; may be empty.
    std::function<Faucet(chain::Chain&, chain::NodeRpc&)> make_faucet;
};

[[nodiscard]] base::Result<> Assemble(const Config& config,
                                      const ChainKit& kit,
                                      runtime::Daemon& daemon);

}  // namespace chain_host
