#include "evm/node_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hex.h"
#include "evm/erc20.h"

namespace evm {

namespace {

using money::UInt256;

// Blocks that the fee is judged by.
constexpr std::uint64_t kFeeBlocks = 20;
// Percentiles of the tips paid in a block: slow, normal, fast.
constexpr std::array kTipPercentiles = {10, 50, 90};
constexpr std::size_t kVersionSizeMax = 100;

Json CallJson(const Call& call, const Address& from) {
    return {{"from", from.ToString()},
            {"to", call.to.ToString()},
            {"value", WriteQuantity(call.value)},
            {"data", base::HexEncodePrefixed(call.data)}};
}

base::Result<std::vector<UInt256>> ReadQuantities(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(value, what));
    std::vector<UInt256> quantities;
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(const UInt256 quantity, ReadQuantity(entry, what));
        quantities.push_back(quantity);
    }
    return quantities;
}

}  // namespace

BlockTag TagOf(std::uint64_t height) {
    return WriteQuantity(UInt256(height));
}

base::Result<std::uint64_t> NodeClient::ChainId() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("eth_chainId", Json::array()));
    return ReadQuantity64(answer, "chain id");
}

base::Result<std::string> NodeClient::ClientVersion() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("web3_clientVersion", Json::array()));
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(answer, "client version"));
    return SanitiseTokenText(text, kVersionSizeMax);
}

base::Result<std::uint64_t> NodeClient::Height() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("eth_blockNumber", Json::array()));
    return ReadQuantity64(answer, "block number");
}

base::Result<UInt256> NodeClient::Balance(const Address& address, const BlockTag& tag) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getBalance", Json::array({address.ToString(), tag})));
    return ReadQuantity(answer, "balance");
}

base::Result<std::uint64_t> NodeClient::Count(const Address& address, const BlockTag& tag) const {
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("eth_getTransactionCount", Json::array({address.ToString(), tag})));
    return ReadQuantity64(answer, "transaction count");
}

base::Result<std::uint64_t> NodeClient::LeastCount(const Address& address,
                                                   const BlockTag& tag) const {
    const auto answers =
        node_.CallEach("eth_getTransactionCount", Json::array({address.ToString(), tag}));
    std::vector<std::uint64_t> counts;
    for (const auto& answer : answers) {
        if (answer) {
            BASE_ASSIGN_OR_RETURN(const auto count, ReadQuantity64(*answer, "transaction count"));
            counts.push_back(count);
        }
    }
    if (counts.size() < std::min<std::size_t>(answers.size(), 2)) {
        return base::Unavailable("node_unavailable", "fewer than two nodes answered");
    }
    return *std::min_element(counts.begin(), counts.end());
}

base::Result<bool> NodeClient::HasCode(const Address& address) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getCode", Json::array({address.ToString(), "latest"})));
    BASE_ASSIGN_OR_RETURN(const base::Bytes code, ReadData(answer, "code"));
    return !code.empty();
}

base::Result<base::Bytes> NodeClient::Read(const Call& call,
                                           const Address& from,
                                           const BlockTag& tag) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_call", Json::array({CallJson(call, from), tag})));
    return ReadData(answer, "result of a contract");
}

base::Result<std::uint64_t> NodeClient::EstimateGas(const Call& call, const Address& from) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_estimateGas", Json::array({CallJson(call, from)})));
    return ReadQuantity64(answer, "gas estimate");
}

base::Result<FeeHistory> NodeClient::Fees() const {
    Json parameters = {WriteQuantity(UInt256(kFeeBlocks)), "latest", kTipPercentiles};
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("eth_feeHistory", std::move(parameters)));
    FeeHistory history;
    BASE_ASSIGN_OR_RETURN(history.base_fees,
                          ReadQuantities(Member(answer, "baseFeePerGas"), "base fee"));
    if (history.base_fees.empty() || history.base_fees.size() > kFeeBlocks + 1) {
        return BadAnswer("base fees");
    }
    const Json& rewards = Member(answer, "reward");
    if (rewards.is_null()) {
        return history;
    }
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(rewards, "tips"));
    if (list->size() > kFeeBlocks) {
        return BadAnswer("tips");
    }
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(auto tips, ReadQuantities(entry, "tip"));
        if (tips.size() != kTipPercentiles.size()) {
            return BadAnswer("tips");
        }
        history.rewards.push_back(std::move(tips));
    }
    return history;
}

base::Result<UInt256> NodeClient::SuggestedTip() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("eth_maxPriorityFeePerGas", Json::array()));
    return ReadQuantity(answer, "suggested tip");
}

base::Result<std::optional<chain::Block>> NodeClient::BlockAt(const BlockTag& tag) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getBlockByNumber", Json::array({tag, false})));
    if (answer.is_null()) {
        return std::optional<chain::Block>();
    }
    BASE_ASSIGN_OR_RETURN(const chain::Block block, ReadBlockHeader(answer));
    if (tag.starts_with("0x") && TagOf(block.height) != tag) {
        return BadAnswer("a block of another height");
    }
    return std::optional(block);
}

base::Result<std::optional<FullBlock>> NodeClient::FullBlockAt(std::uint64_t height) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getBlockByNumber", Json::array({TagOf(height), true})));
    if (answer.is_null()) {
        return std::optional<FullBlock>();
    }
    FullBlock full;
    BASE_ASSIGN_OR_RETURN(full.block, ReadBlockHeader(answer));
    if (full.block.height != height) {
        return BadAnswer("a block of another height");
    }
    BASE_ASSIGN_OR_RETURN(const Json* list,
                          ReadList(Member(answer, "transactions"), "transactions"));
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(NodeTransaction transaction, ReadTransaction(entry));
        full.transactions.push_back(std::move(transaction));
    }
    return std::optional(std::move(full));
}

base::Result<std::optional<NodeReceipt>> NodeClient::ReceiptOf(const std::string& tx_hash) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getTransactionReceipt", Json::array({tx_hash})));
    if (answer.is_null()) {
        return std::optional<NodeReceipt>();
    }
    BASE_ASSIGN_OR_RETURN(NodeReceipt receipt, ReadReceipt(answer));
    if (receipt.tx_hash != tx_hash) {
        return BadAnswer("a receipt of another transaction");
    }
    return std::optional(std::move(receipt));
}

base::Result<std::optional<NodeTransaction>> NodeClient::TransactionOf(
    const std::string& tx_hash) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getTransactionByHash", Json::array({tx_hash})));
    if (answer.is_null()) {
        return std::optional<NodeTransaction>();
    }
    BASE_ASSIGN_OR_RETURN(NodeTransaction transaction, ReadTransaction(answer));
    if (transaction.tx_hash != tx_hash) {
        return BadAnswer("another transaction");
    }
    return std::optional(std::move(transaction));
}

base::Result<std::optional<NodeSeal>> NodeClient::SealOf(const std::string& tx_hash,
                                                         TxType type) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("eth_getTransactionByHash", Json::array({tx_hash})));
    return answer.is_null() ? std::optional<NodeSeal>() : ReadSeal(answer, type);
}

base::Result<std::vector<NodeLog>> NodeClient::TransferLogs(const std::string& block_hash) const {
    const Json filter = {{"blockHash", block_hash},
                         {"topics", Json::array({base::HexEncodePrefixed(Erc20TransferTopic())})}};
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("eth_getLogs", Json::array({filter})));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(answer, "logs"));
    std::vector<NodeLog> logs;
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(NodeLog log, ReadLog(entry));
        if (log.block_hash != block_hash) {
            return BadAnswer("a log of another block");
        }
        logs.push_back(std::move(log));
    }
    return logs;
}

base::Result<std::string> NodeClient::SendRaw(base::ByteView signed_tx) const {
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("eth_sendRawTransaction", Json::array({base::HexEncodePrefixed(signed_tx)})));
    return ReadHash(answer, "transaction hash");
}

}  // namespace evm
