// The JSON-RPC methods of bitcoind and Zebra as typed calls. Numbers arrive as their own text (see
// net::JsonOptions::numbers_as_text): no coin amount passes through a binary fraction. Only for
// this folder. All errors: `node_unavailable` (no usable answer), `node_rejected` (the node's own).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/node_rpc.h"
#include "chain/types.h"

namespace utxo {

using Json = nlohmann::json;

[[nodiscard]] base::Error BadAnswer(std::string_view what);

struct NodeInput {
    bool coinbase = false;
    std::string tx_hash;
    std::uint32_t index = 0;
};

struct NodeOutput {
    std::uint32_t index = 0;
    std::uint64_t amount = 0;
    base::Bytes script;
};

// The transparent part; shielded ones are not looked at, so that no version is too new.
struct NodeTx {
    std::string tx_hash;
    std::vector<NodeInput> inputs;
    std::vector<NodeOutput> outputs;
    std::string hex;  // empty where the node leaves it out
};

struct NodeBlock {
    chain::Block block;
    std::vector<NodeTx> transactions;
};

// Where the node has a transaction.
struct NodeTxPlace {
    NodeTx transaction;
    std::string block_hash;  // empty = in the mempool
};

// The rules of the next block.
struct NextRules {
    std::uint32_t branch_id = 0;
};

class NodeClient {
public:
    explicit NodeClient(chain::NodeRpc& node) : node_(node) {}

    [[nodiscard]] base::Result<std::string> NewestHash() const;
    // Empty above the tip.
    [[nodiscard]] base::Result<std::optional<std::string>> HashAt(std::uint64_t height) const;
    // The newest block has no successor, but a height of its own.
    [[nodiscard]] base::Result<chain::Block> HeaderOf(const std::string& hash) const;
    // Further error: `block_pruned`.
    [[nodiscard]] base::Result<NodeBlock> BlockOf(const std::string& hash) const;
    // Empty where the node knows none, or only one that left the main chain. bitcoind without an
    // index of transactions finds those in blocks only where the block is named.
    [[nodiscard]] base::Result<std::optional<NodeTxPlace>> FindTx(
        const std::string& tx_hash, const std::string& block_hash = "") const;
    // Hashes of the transactions in its memory pool.
    [[nodiscard]] base::Result<std::vector<std::string>> PoolHashes() const;
    // The hash that it answers.
    [[nodiscard]] base::Result<std::string> SendRaw(base::ByteView raw) const;
    // Thousandths of a satoshi per vbyte; empty where the node has too little to judge by.
    [[nodiscard]] base::Result<std::optional<std::uint64_t>> EstimateRate(
        std::uint32_t blocks) const;
    [[nodiscard]] base::Result<NextRules> ReadNextRules() const;
    [[nodiscard]] base::Result<std::string> ClientVersion() const;

private:
    chain::NodeRpc& node_;
};

// The node's own words of a `node_rejected`, made safe to show.
[[nodiscard]] std::string UpstreamText(const base::Error& error);

}  // namespace utxo
