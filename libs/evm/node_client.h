// Ethereum's JSON-RPC methods as typed calls. Only for this folder. All errors: `node_unavailable`
// (no usable answer), `node_rejected` (the node's own error).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/node_rpc.h"
#include "chain/types.h"
#include "evm/action.h"
#include "evm/address.h"
#include "evm/answers.h"
#include "evm/transaction.h"
#include "money/uint256.h"

namespace evm {

// "latest", "pending", "finalized" or a height as a quantity.
using BlockTag = std::string;

[[nodiscard]] BlockTag TagOf(std::uint64_t height);

// Oldest first. `base_fees` has one more entry: the next block's.
struct FeeHistory {
    std::vector<money::UInt256> base_fees;
    std::vector<std::vector<money::UInt256>> rewards;  // one list a block: slow, normal, fast
};

struct FullBlock {
    chain::Block block;
    std::vector<NodeTransaction> transactions;
};

class NodeClient {
public:
    explicit NodeClient(chain::NodeRpc& node) : node_(node) {}

    [[nodiscard]] base::Result<std::uint64_t> ChainId() const;
    [[nodiscard]] base::Result<std::string> ClientVersion() const;
    [[nodiscard]] base::Result<std::uint64_t> Height() const;
    [[nodiscard]] base::Result<money::UInt256> Balance(const Address& address,
                                                       const BlockTag& tag) const;
    [[nodiscard]] base::Result<std::uint64_t> Count(const Address& address,
                                                    const BlockTag& tag) const;
    // The least of what the nodes answer. Errors: fewer than two of several do.
    [[nodiscard]] base::Result<std::uint64_t> LeastCount(const Address& address,
                                                         const BlockTag& tag) const;
    [[nodiscard]] base::Result<bool> HasCode(const Address& address) const;
    [[nodiscard]] base::Result<base::Bytes> Read(const Call& call,
                                                 const Address& from,
                                                 const BlockTag& tag) const;
    [[nodiscard]] base::Result<std::uint64_t> EstimateGas(const Call& call,
                                                          const Address& from) const;
    [[nodiscard]] base::Result<FeeHistory> Fees() const;
    [[nodiscard]] base::Result<money::UInt256> SuggestedTip() const;

    // Empty where the node knows none.
    [[nodiscard]] base::Result<std::optional<chain::Block>> BlockAt(const BlockTag& tag) const;
    [[nodiscard]] base::Result<std::optional<FullBlock>> FullBlockAt(std::uint64_t height) const;
    [[nodiscard]] base::Result<std::optional<NodeReceipt>> ReceiptOf(
        const std::string& tx_hash) const;
    [[nodiscard]] base::Result<std::optional<NodeTransaction>> TransactionOf(
        const std::string& tx_hash) const;

    // Empty where the node knows none of this type.
    [[nodiscard]] base::Result<std::optional<NodeSeal>> SealOf(const std::string& tx_hash,
                                                               TxType type) const;

    // ERC-20 Transfer events of one block.
    [[nodiscard]] base::Result<std::vector<NodeLog>> TransferLogs(
        const std::string& block_hash) const;

    // The hash it answers.
    [[nodiscard]] base::Result<std::string> SendRaw(base::ByteView signed_tx) const;

private:
    chain::NodeRpc& node_;
};

}  // namespace evm
