// What EvmChain holds. Only for this folder.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"
#include "chain/types.h"
#include "evm/action.h"
#include "evm/fees.h"
#include "evm/node_client.h"
#include "evm/params.h"
#include "money/uint256.h"

namespace evm {

inline constexpr std::uint64_t kPlainGas = 21000;  // to an address without code

// How the node tells what is final. Found out once; a node that knew the tag never goes back.
enum class Finality { kUnknown, kTag, kDepth };

struct ChainParts {
    Params params;
    Contracts contracts;
    NodeClient node;

    std::mutex mutex;  // over all below
    Finality finality = Finality::kUnknown;
    money::UInt256 learned_tip_floor;
    std::map<Address, chain::Token> tokens;  // metadata that cannot change

    ChainParts(Params network, chain::NodeRpc& rpc, std::map<std::string, Address> routers);

    [[nodiscard]] base::Result<chain::Block> NewestBlock() const;
    [[nodiscard]] base::Result<chain::Block> FinalBlock(const chain::Block& newest);

    [[nodiscard]] base::Result<FeeMarket> Market();
    void LearnTipFloor(const money::UInt256& tip);

    // Errors: `unknown_token`.
    [[nodiscard]] base::Result<chain::Token> TokenAt(const Address& contract);
    // The same for what strangers send: a contract without metadata has 0 decimals and no symbol.
    [[nodiscard]] base::Result<money::Asset> IncomingAsset(const Address& contract);
    [[nodiscard]] base::Result<money::UInt256> TokenBalance(const Address& contract,
                                                            const Address& owner,
                                                            const BlockTag& tag) const;

    // "1.5 ETH".
    [[nodiscard]] std::string FormatNative(const money::UInt256& amount) const;

private:
    [[nodiscard]] Finality KnownFinality();
    void SetFinality(Finality found);
    [[nodiscard]] base::Result<chain::Block> BlockAtDepth(const chain::Block& newest) const;
    [[nodiscard]] base::Result<chain::Token> ReadToken(const Address& contract) const;
};

// Whether the node refused this very call, and not because of its own trouble.
[[nodiscard]] bool IsRejected(const base::Error& error);

// The node's own words of a `node_rejected`, made safe to show and at most 300 bytes long.
[[nodiscard]] std::string UpstreamText(const base::Error& error);

}  // namespace evm
