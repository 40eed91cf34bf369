#include "ethereum-service/kit.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "evm/evm_chain.h"
#include "evm/faucet.h"
#include "evm/params.h"

namespace ethereum_service {

namespace {

constexpr const char* kChainName = "ethereum";

base::Result<std::unique_ptr<chain::Chain>> MakeChain(chain::Mode mode, chain::NodeRpc& node) {
    BASE_ASSIGN_OR_RETURN(auto params, evm::ParamsOf(kChainName, mode));
    return std::unique_ptr<chain::Chain>(std::make_unique<evm::EvmChain>(std::move(params), node));
}

chain_host::Faucet MakeFaucet(chain::Chain& chain) {
    auto faucet = std::make_shared<evm::DevnetFaucet>(chain);
    return [faucet](const std::string& address, const money::UInt256& amount) {
        return faucet->Give(address, amount);
    };
}

}  // namespace

base::Result<chain_host::Config> ReadConfig(config::Reader& reader) {
    return chain_host::ReadConfig(reader, {"ETHEREUM_SERVICE_DATABASE_URL", "ETH_RPC_URL"});
}

base::Result<> Assemble(chain_host::Config& config, runtime::Daemon& daemon) {
    chain_host::ChainKit kit;
    kit.chain_name = kChainName;
    kit.node_methods = {"eth_blockNumber",
                        "eth_call",
                        "eth_chainId",
                        "eth_estimateGas",
                        "eth_feeHistory",
                        "eth_gasPrice",
                        "eth_getBalance",
                        "eth_getBlockByNumber",
                        "eth_getCode",
                        "eth_getLogs",
                        "eth_getTransactionByHash",
                        "eth_getTransactionCount",
                        "eth_getTransactionReceipt",
                        "eth_sendRawTransaction"};
    // A quote is good for seconds and a balance belongs to its block: a tenth of one is no age.
    constexpr std::chrono::milliseconds kMoment{100};
    kit.shared_reads = {{"eth_feeHistory", kMoment * 5},
                        {"eth_getBalance", kMoment},
                        {"eth_getBlockByNumber", kMoment},
                        {"eth_getCode", kMoment * 5},
                        {"eth_getTransactionCount", kMoment},
                        {"eth_maxPriorityFeePerGas", kMoment * 5}};
    kit.make_chain = MakeChain;
    kit.make_faucet = MakeFaucet;
    return chain_host::Assemble(config, kit, daemon);
}

}  // namespace ethereum_service
