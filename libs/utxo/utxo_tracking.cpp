// Broadcast, what became of it, and what blocks bring.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "money/amount.h"
#include "utxo/broadcast_text.h"
#include "utxo/terms.h"
#include "utxo/utxo_chain.h"

namespace utxo {

namespace {

constexpr std::size_t kLinesMax = 20;

base::Error UnknownTx() {
    return base::NotFound("unknown_tx", "the node knows no transaction of this hash");
}

// What proves the amounts of a transaction's coins: its own bytes, with the outputs that were
// shown.
base::Result<base::Bytes> ProofOf(const TxFormat& format, const NodeTx& shown) {
    std::vector<Output> outputs;
    for (const NodeOutput& output : shown.outputs) {
        outputs.push_back({output.amount, output.script});
    }
    const auto raw = base::HexDecode(shown.hex);
    const auto read = raw ? format.Parse(*raw) : base::Result<Transaction>(raw.error());
    if (!read || read->outputs != outputs || TxHashText(format.TxHash(*read)) != shown.tx_hash) {
        return BadAnswer("a transaction's bytes");
    }
    return format.ProofOf(*raw);
}

}  // namespace

base::Result<chain::BroadcastAnswer> UtxoChain::Broadcast(base::ByteView signed_tx) {
    BASE_ASSIGN_OR_RETURN(const Transaction transaction, params_.format->Parse(signed_tx));
    const auto hash = node_.SendRaw(signed_tx);
    if (hash) {
        if (*hash != TxHashText(params_.format->TxHash(transaction))) {
            return BadAnswer("another hash than that of the transaction sent");
        }
        return chain::BroadcastAnswer{};
    }
    if (hash.error().reason != "node_rejected") {
        return hash.error();
    }
    chain::BroadcastAnswer answer;
    answer.text = UpstreamText(hash.error());
    answer.result = ClassifyRefusal(answer.text);
    return answer;
}

base::Result<chain::Fate> UtxoChain::FateOf(const chain::SentTx& sent) {
    BASE_ASSIGN_OR_RETURN(const UnsignedTx made, ReadTerms(*params_.format, sent.terms));
    const std::uint64_t last = made.transaction.expiry_height;
    BASE_ASSIGN_OR_RETURN(const chain::Head head, GetHead());
    BASE_ASSIGN_OR_RETURN(const chain::Balance books, ledger_.BalanceOf(""));
    if (last == 0 || head.final.height < last || books.block_height < last) {
        return chain::Fate();
    }
    // Its coins are ours: a block that had it would show in our books.
    BASE_ASSIGN_OR_RETURN(const auto landed, ledger_.FindTransaction(sent.tx_hash));
    if (landed) {
        return chain::Fate();
    }
    chain::Fate fate;
    fate.life = chain::Life::kDead;
    fate.detail = "in no block up to " + std::to_string(books.block_height) +
                  "; it expired at height " + std::to_string(last) + ", the final height is " +
                  std::to_string(head.final.height);
    return fate;
}

base::Result<chain::TxStatus> UtxoChain::Status(const std::string& tx_hash) {
    BASE_ASSIGN_OR_RETURN(const auto known, ledger_.FindTransaction(tx_hash));
    if (known) {
        return *known;
    }
    chain::TxStatus status;
    BASE_ASSIGN_OR_RETURN(const auto found, node_.FindTx(tx_hash));
    if (!found) {
        return status;
    }
    status.place = chain::TxPlace::kMempool;
    if (found->block_hash.empty()) {
        return status;
    }
    BASE_ASSIGN_OR_RETURN(const chain::Block block, node_.HeaderOf(found->block_hash));
    BASE_ASSIGN_OR_RETURN(const chain::Balance books, ledger_.BalanceOf(""));
    if (block.height <= books.block_height) {
        // Our books may have come to it just now; they know what it cost.
        BASE_ASSIGN_OR_RETURN(const auto booked, ledger_.FindTransaction(tx_hash));
        if (booked) {
            return *booked;
        }
        status.place = chain::TxPlace::kBlock;
        status.block_height = block.height;
        status.block_hash = block.hash;
        status.succeeded = true;
    }
    return status;
}

base::Result<chain::TxView> UtxoChain::View(const std::string& tx_hash) {
    const auto hash = ParseTxHash(tx_hash);
    if (!hash) {
        return base::NotFound("unknown_tx", "a transaction hash is 64 hex digits");
    }
    chain::TxView view;
    view.tx_hash = TxHashText(*hash);
    BASE_ASSIGN_OR_RETURN(auto found, node_.FindTx(view.tx_hash));
    if (!found) {
        // Our books may know its block.
        BASE_ASSIGN_OR_RETURN(const auto booked, ledger_.FindTransaction(view.tx_hash));
        if (booked) {
            BASE_ASSIGN_OR_RETURN(found, node_.FindTx(view.tx_hash, booked->block_hash));
        }
    }
    if (!found) {
        return UnknownTx();
    }
    BASE_ASSIGN_OR_RETURN(view.status, Status(view.tx_hash));
    for (const NodeOutput& output : found->transaction.outputs) {
        const auto address = params_.format->AddressOf(output.script, params_.network);
        if (!address || view.decoded.size() >= kLinesMax) {
            continue;
        }
        const money::UInt256 amount(output.amount);
        if (view.to.empty()) {
            view.to = *address;
            view.value = amount;
        }
        view.decoded.push_back("pay " + money::FormatAmount({amount, params_.common.native}) +
                               " to " + *address);
    }
    return view;
}

base::Result<chain::BlockContent> UtxoChain::ReadBlock(std::uint64_t height,
                                                       const std::set<std::string>& watched) {
    BASE_ASSIGN_OR_RETURN(const auto hash, node_.HashAt(height));
    if (!hash) {
        return base::NotFound("unknown_block",
                              "the node has no block of height " + std::to_string(height));
    }
    BASE_ASSIGN_OR_RETURN(const NodeBlock read, node_.BlockOf(*hash));
    if (read.block.height != height) {
        return BadAnswer("a block of another height");
    }
    chain::BlockContent content;
    content.block = read.block;
    for (const NodeTx& transaction : read.transactions) {
        bool coinbase = false;
        for (const NodeInput& input : transaction.inputs) {
            coinbase = coinbase || input.coinbase;
            if (!input.coinbase) {
                content.spent.push_back({input.tx_hash, input.index, transaction.tx_hash});
            }
        }
        const std::size_t before = content.coins.size();
        for (const NodeOutput& output : transaction.outputs) {
            auto address = params_.format->AddressOf(output.script, params_.network);
            if (!address || !watched.contains(*address)) {
                continue;
            }
            content.coins.push_back(
                {{transaction.tx_hash, output.index, money::UInt256(output.amount)},
                 std::move(*address),
                 coinbase});
        }
        if (params_.keeps_sources && content.coins.size() > before) {
            BASE_ASSIGN_OR_RETURN(base::Bytes proof, ProofOf(*params_.format, transaction));
            content.sources.push_back({transaction.tx_hash, std::move(proof)});
        }
    }
    return content;
}

base::Result<std::vector<std::string>> UtxoChain::ListPool() {
    return node_.PoolHashes();
}

base::Result<std::optional<chain::PooledTx>> UtxoChain::ReadPooled(const std::string& tx_hash) {
    using Pooled = std::optional<chain::PooledTx>;
    BASE_ASSIGN_OR_RETURN(const auto found, node_.FindTx(tx_hash));
    if (!found || !found->block_hash.empty()) {
        return Pooled();
    }
    chain::PooledTx pooled;
    pooled.tx_hash = tx_hash;
    pooled.size = found->transaction.hex.size() / 2;
    for (const NodeInput& input : found->transaction.inputs) {
        pooled.spends.push_back({input.tx_hash, input.index, tx_hash});
    }
    for (const NodeOutput& output : found->transaction.outputs) {
        auto address = params_.format->AddressOf(output.script, params_.network);
        if (address) {
            pooled.outputs.push_back(
                {{tx_hash, output.index, money::UInt256(output.amount)}, std::move(*address)});
        }
    }
    return Pooled(std::move(pooled));
}

}  // namespace utxo
