#include "evm_host/kit.h"

#include <chrono>
#include <memory>
#include <utility>

#include "evm/evm_chain.h"
#include "evm/faucet.h"
#include "evm/params.h"

namespace evm_host {

namespace {

chain_host::Faucet MakeFaucet(chain::Chain& chain, chain::NodeRpc& /*node*/) {
    auto faucet = std::make_shared<evm::DevnetFaucet>(chain);
    return [faucet](const std::string& address, const money::UInt256& amount) {
        return faucet->Give(address, amount);
    };
}

}  // namespace

chain_host::ChainKit KitOf(std::string chain_name) {
    chain_host::ChainKit kit;
    kit.node_methods = {"eth_blockNumber",
                        "eth_call",
                        "eth_chainId",
                        "eth_estimateGas",
                        "eth_feeHistory",
                        "eth_getBalance",
                        "eth_getBlockByNumber",
                        "eth_getCode",
                        "eth_getLogs",
                        "eth_getTransactionByHash",
                        "eth_getTransactionCount",
                        "eth_getTransactionReceipt",
                        "eth_maxPriorityFeePerGas",
                        "eth_sendRawTransaction",
                        "web3_clientVersion"};
    // A quote is good for seconds. What decides whether a payment is covered is never older than
    // the question: a balance that was read a moment ago may lack what its owner has just been
    // shown.
    constexpr std::chrono::milliseconds kMoment{100};
    constexpr std::chrono::milliseconds kNone{0};
    kit.shared_reads = {{"eth_feeHistory", kMoment * 5},
                        {"eth_getBalance", kNone},
                        {"eth_getBlockByNumber", kNone},
                        {"eth_getCode", kMoment * 5},
                        {"eth_getTransactionCount", kMoment},
                        {"eth_maxPriorityFeePerGas", kMoment * 5}};
    kit.gathered_calls = {"eth_blockNumber",
                          "eth_getBalance",
                          "eth_getBlockByNumber",
                          "eth_getCode",
                          "eth_getTransactionCount",
                          "eth_getTransactionReceipt",
                          "eth_maxPriorityFeePerGas",
                          "eth_sendRawTransaction"};
    kit.make_chain =
        [chain_name](
            const chain_host::ChainSeams& seams) -> base::Result<std::unique_ptr<chain::Chain>> {
        BASE_ASSIGN_OR_RETURN(auto params, evm::ParamsOf(chain_name, seams.mode));
        return std::unique_ptr<chain::Chain>(
            std::make_unique<evm::EvmChain>(std::move(params), seams.node));
    };
    kit.make_faucet = MakeFaucet;
    kit.chain_name = std::move(chain_name);
    return kit;
}

}  // namespace evm_host
