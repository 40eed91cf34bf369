// Incoming payments of one block.
#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "evm/chain_parts.h"
#include "evm/erc20.h"
#include "evm/evm_chain.h"

namespace evm {

namespace {

using money::UInt256;

// An ERC-20 Transfer event. ERC-721 has the same topic, but four of them and no data.
struct TokenTransfer {
    Address from;
    Address to;
    UInt256 amount;
};

std::optional<Address> TopicAddress(const std::string& topic) {
    const auto bytes = base::HexDecodePrefixed(topic);
    const base::ByteView view = *bytes;  // ReadLog has checked it
    if (std::any_of(view.begin(), view.begin() + 12, [](auto byte) { return byte != 0; })) {
        return std::nullopt;
    }
    return Address(base::ToArray<Address::kSize>(view.subspan(12)));
}

std::optional<TokenTransfer> DecodeTransfer(const NodeLog& log) {
    static const std::string topic = base::HexEncodePrefixed(Erc20TransferTopic());
    if (log.topics.size() != 3 || log.topics[0] != topic || log.data.size() != 32) {
        return std::nullopt;
    }
    const auto from = TopicAddress(log.topics[1]);
    const auto to = TopicAddress(log.topics[2]);
    const auto amount = UInt256::FromBigEndian(log.data);
    if (!from || !to || !amount) {
        return std::nullopt;
    }
    return TokenTransfer{*from, *to, *amount};
}

bool IsWatched(const std::set<std::string>& watched, const Address& from, const Address& to) {
    return from != to && watched.contains(to.ToString());
}

bool PaysNative(const NodeTransaction& transaction, const std::set<std::string>& watched) {
    return transaction.to && !transaction.value.IsZero() &&
           IsWatched(watched, transaction.from, *transaction.to);
}

bool PaysToken(const TokenTransfer& transfer, const std::set<std::string>& watched) {
    return !transfer.amount.IsZero() && IsWatched(watched, transfer.from, transfer.to);
}

// Hashes of the transactions that pay a watched address, if they succeeded.
std::set<std::string> Candidates(const FullBlock& block,
                                 const std::vector<NodeLog>& logs,
                                 const std::set<std::string>& watched) {
    std::set<std::string> hashes;
    for (const NodeTransaction& transaction : block.transactions) {
        if (PaysNative(transaction, watched)) {
            hashes.insert(transaction.tx_hash);
        }
    }
    for (const NodeLog& log : logs) {
        const auto transfer = DecodeTransfer(log);
        if (transfer && PaysToken(*transfer, watched)) {
            hashes.insert(log.tx_hash);
        }
    }
    return hashes;
}

// The payments of one successful transaction.
base::Result<std::vector<chain::Incoming>> ReadIncoming(ChainParts& parts,
                                                        const NodeTransaction& transaction,
                                                        const NodeReceipt& receipt,
                                                        const std::set<std::string>& watched) {
    std::vector<chain::Incoming> incoming;
    if (PaysNative(transaction, watched)) {
        incoming.push_back({transaction.tx_hash,
                            "native",
                            transaction.from.ToString(),
                            transaction.to->ToString(),
                            parts.params.common.native,
                            transaction.value});
    }
    // The place among the receipt's own logs stays when the transaction is mined again.
    for (std::size_t ordinal = 0; ordinal < receipt.logs.size(); ++ordinal) {
        const auto transfer = DecodeTransfer(receipt.logs[ordinal]);
        if (!transfer || !PaysToken(*transfer, watched)) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(money::Asset asset,
                              parts.IncomingAsset(receipt.logs[ordinal].contract));
        incoming.push_back({transaction.tx_hash,
                            std::to_string(ordinal),
                            transfer->from.ToString(),
                            transfer->to.ToString(),
                            std::move(asset),
                            transfer->amount});
    }
    return incoming;
}

}  // namespace

base::Result<chain::BlockContent> EvmChain::ReadBlock(std::uint64_t height,
                                                      const std::set<std::string>& watched) {
    BASE_ASSIGN_OR_RETURN(const auto full, parts_->node.FullBlockAt(height));
    if (!full) {
        return base::NotFound("unknown_block",
                              "the node has no block of height " + std::to_string(height));
    }
    chain::BlockContent content;
    content.block = full->block;
    BASE_ASSIGN_OR_RETURN(const auto logs, parts_->node.TransferLogs(full->block.hash));
    const std::set<std::string> candidates = Candidates(*full, logs, watched);
    for (const NodeTransaction& transaction : full->transactions) {
        if (watched.contains(transaction.from.ToString())) {
            content.senders.push_back({transaction.tx_hash, transaction.from.ToString()});
        }
        if (!candidates.contains(transaction.tx_hash)) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const auto receipt, parts_->node.ReceiptOf(transaction.tx_hash));
        if (!receipt || receipt->block_hash != full->block.hash) {
            return BadAnswer("a transaction of the block has no receipt there");
        }
        if (receipt->succeeded) {
            BASE_ASSIGN_OR_RETURN(auto incoming,
                                  ReadIncoming(*parts_, transaction, *receipt, watched));
            std::move(incoming.begin(), incoming.end(), std::back_inserter(content.incoming));
        }
    }
    return content;
}

}  // namespace evm
