#include "utxo_host/kit.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include "utxo/params.h"
#include "utxo/utxo_chain.h"
#include "utxo_host/faucet.h"

namespace utxo_host {

namespace {

// A full block of Bitcoin with every transaction spelled out.
constexpr std::size_t kAnswerMax = std::size_t{64} * 1024 * 1024;
constexpr std::uint64_t kBitcoinGift = 1;
constexpr std::uint64_t kZcashGift = 10;

}  // namespace

chain_host::ChainKit KitOf(std::string chain_name) {
    chain_host::ChainKit kit;
    kit.node_methods = {"estimatesmartfee",
                        "getbestblockhash",
                        "getblock",
                        "getblockchaininfo",
                        "getblockhash",
                        "getblockheader",
                        "getnetworkinfo",
                        "getrawmempool",
                        "getrawtransaction",
                        "sendrawtransaction"};
    // A header never changes; a fee estimate is of the last block.
    constexpr std::chrono::milliseconds kMoment{100};
    kit.shared_reads = {{"estimatesmartfee", kMoment * 50},
                        {"getbestblockhash", kMoment},
                        {"getblockhash", kMoment},
                        {"getblockheader", kMoment * 5}};
    kit.numbers_as_text = true;
    kit.answer_max = kAnswerMax;
    kit.gift_coins = chain_name == "bitcoin" ? kBitcoinGift : kZcashGift;
    kit.make_chain =
        [chain_name](
            const chain_host::ChainSeams& seams) -> base::Result<std::unique_ptr<chain::Chain>> {
        BASE_ASSIGN_OR_RETURN(auto params, utxo::ParamsOf(chain_name, seams.mode));
        return std::unique_ptr<chain::Chain>(
            std::make_unique<utxo::UtxoChain>(std::move(params), seams.node, seams.ledger));
    };
    kit.make_faucet = [chain_name](chain::Chain& chain, chain::NodeRpc& node) {
        auto faucet = std::make_shared<DevnetFaucet>(chain, node, chain_name);
        return [faucet](const std::string& address, const money::UInt256& amount) {
            return faucet->Give(address, amount);
        };
    };
    kit.chain_name = std::move(chain_name);
    return kit;
}

}  // namespace utxo_host
