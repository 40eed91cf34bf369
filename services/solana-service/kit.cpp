#include "solana-service/kit.h"

#include <chrono>
#include <memory>
#include <string>

#include "solana/params.h"
#include "solana/solana_chain.h"

namespace solana_service {

namespace {

// The devnet's node gives test coins itself.
chain_host::Faucet MakeFaucet(chain::Chain& /*chain*/, chain::NodeRpc& node) {
    return [&node](const std::string& address,
                   const money::UInt256& amount) -> base::Result<std::string> {
        BASE_ASSIGN_OR_RETURN(const std::uint64_t lamports, amount.ToUint64());
        BASE_ASSIGN_OR_RETURN(
            const auto signature,
            node.Call("requestAirdrop", nlohmann::json::array({address, lamports})));
        const auto* text = signature.get_ptr<const nlohmann::json::string_t*>();
        if (text == nullptr) {
            return base::Unavailable("node_unavailable", "the node's answer cannot be used");
        }
        return *text;
    };
}

}  // namespace

chain_host::ChainKit Kit() {
    chain_host::ChainKit kit;
    kit.chain_name = "solana";
    kit.node_methods = {"getBlock",
                        "getBlockHeight",
                        "getBlocks",
                        "getEpochInfo",
                        "getGenesisHash",
                        "getLatestBlockhash",
                        "getMinimumBalanceForRentExemption",
                        "getMultipleAccounts",
                        "getRecentPrioritizationFees",
                        "getSignatureStatuses",
                        "getSignaturesForAddress",
                        "getSlot",
                        "getTokenAccountsByOwner",
                        "getTransaction",
                        "getVersion",
                        "sendTransaction",
                        "simulateTransaction"};
    // A slot takes 400 ms; rent changes with a vote of the validators.
    constexpr std::chrono::milliseconds kMoment{100};
    constexpr std::chrono::milliseconds kMinute{60'000};
    kit.shared_reads = {{"getBlockHeight", kMoment},
                        {"getEpochInfo", kMoment},
                        {"getLatestBlockhash", kMoment},
                        {"getMinimumBalanceForRentExemption", kMinute},
                        {"getRecentPrioritizationFees", kMoment * 5},
                        {"getSlot", kMoment}};
    kit.make_chain =
        [](const chain_host::ChainSeams& seams) -> base::Result<std::unique_ptr<chain::Chain>> {
        return std::unique_ptr<chain::Chain>(
            std::make_unique<solana::SolanaChain>(solana::ParametersOf(seams.mode), seams.node));
    };
    kit.make_faucet = MakeFaucet;
    kit.gift_coins = 100;
    return kit;
}

}  // namespace solana_service
