#include "component/follower/coin_chain.h"

#include <chrono>
#include <utility>

#include "chain/catalog.h"

namespace follower_test {

namespace {

constexpr std::uint64_t kFinalLag = 2;

std::string NameOf(const std::string& hash, std::size_t output) {
    return hash + ":" + std::to_string(output);
}

}  // namespace

CoinChain::CoinChain(const std::string& network) {
    parameters_.info = chain::FindChain("bitcoin").value();
    parameters_.network = network;
    parameters_.native.network = network;
    parameters_.native.symbol = "BTC";
    parameters_.native.decimals = 8;
    parameters_.slot = chain::SlotKind::kCoins;
    Append({});
}

std::string CoinChain::Pay(const std::string& to, std::uint64_t amount, bool coinbase) {
    const std::string hash = "pay-" + std::to_string(++made_);
    waiting_.push_back({hash, {}, {{to, money::UInt256(amount)}}, coinbase});
    return hash;
}

std::string CoinChain::Spend(std::vector<chain::Coin> coins,
                             std::vector<chain::Recipient> outputs) {
    const std::string hash = "spend-" + std::to_string(++made_);
    waiting_.push_back({hash, std::move(coins), std::move(outputs), false});
    return hash;
}

void CoinChain::Append(std::vector<CoinTx> txs) {
    CoinBlock block;
    block.header.height = blocks_.size();
    block.header.hash =
        "block-" + std::to_string(block.header.height) + "-" + std::to_string(fork_);
    block.header.parent_hash = blocks_.empty() ? "" : blocks_.back().header.hash;
    block.header.time = base::Time(std::chrono::seconds(1'700'000'000 + block.header.height));
    block.txs = std::move(txs);
    blocks_.push_back(std::move(block));
}

void CoinChain::Mine() {
    Append(std::exchange(waiting_, {}));
}

void CoinChain::Reorganise(std::size_t depth, bool keep_transactions) {
    ++fork_;
    const std::size_t size = blocks_.size();
    std::vector<CoinTx> taken;
    for (std::size_t place = size - depth; place < size; ++place) {
        const auto& txs = blocks_[place].txs;
        taken.insert(taken.end(), txs.begin(), txs.end());
    }
    blocks_.resize(size - depth);
    if (keep_transactions) {
        waiting_.insert(waiting_.begin(), taken.begin(), taken.end());
    }
    while (blocks_.size() < size) {
        Append({});
    }
}

void CoinChain::Drop(const std::string& hash) {
    std::erase_if(waiting_, [&](const CoinTx& tx) { return tx.hash == hash; });
}

void CoinChain::Return(const std::string& hash, const std::string& to, std::uint64_t amount) {
    waiting_.push_back({hash, {}, {{to, money::UInt256(amount)}}, false});
}

Recount CoinChain::Count(const std::set<std::string>& addresses) const {
    Recount count;
    for (const CoinBlock& block : blocks_) {
        for (const CoinTx& tx : block.txs) {
            bool own = false;
            for (const chain::Coin& coin : tx.spends) {
                own = count.unspent.erase(NameOf(coin.tx_hash, coin.index)) > 0 || own;
            }
            if (own) {
                count.spenders.insert(tx.hash);
            }
            for (std::size_t i = 0; i < tx.outputs.size(); ++i) {
                if (addresses.contains(tx.outputs[i].address)) {
                    const std::uint64_t amount = tx.outputs[i].amount.ToUint64().value();
                    count.unspent[NameOf(tx.hash, i)] = amount;
                    if (!own) {
                        count.received[NameOf(tx.hash, i)] = amount;
                    }
                }
            }
        }
    }
    for (const auto& [name, amount] : count.unspent) {
        count.total += amount;
    }
    return count;
}

base::Result<chain::TxView> CoinChain::View(const std::string& tx_hash) {
    if (unviewable.contains(tx_hash)) {
        return view_error;
    }
    for (const CoinBlock& block : blocks_) {
        for (const CoinTx& tx : block.txs) {
            if (tx.hash == tx_hash) {
                chain::TxView view;
                view.tx_hash = tx_hash;
                view.to = tx.outputs.front().address;
                view.value = tx.outputs.front().amount;
                return view;
            }
        }
    }
    return base::NotFound("unknown_tx", tx_hash);
}

base::Result<chain::Head> CoinChain::GetHead() {
    const std::uint64_t newest = Newest() - lag_;
    const std::uint64_t final = newest > kFinalLag ? newest - kFinalLag : 0;
    return chain::Head{blocks_[newest].header, final_ ? *final_ : blocks_[final].header};
}

base::Result<chain::Block> CoinChain::GetBlock(std::uint64_t height) {
    if (height > Newest() - lag_ || height == leaves_out) {
        return base::NotFound("unknown_block", "no such block");
    }
    return blocks_[height].header;
}

base::Result<chain::BlockContent> CoinChain::ReadBlock(std::uint64_t height,
                                                       const std::set<std::string>& watched) {
    if (before_read) {
        std::exchange(before_read, nullptr)();
    }
    if (height >= silent_from_) {
        return base::Unavailable("node_unavailable", "the node is silent");
    }
    if (height < pruned_below_) {
        return base::FailedPrecondition("block_pruned", "the node has pruned it");
    }
    if (height > Newest() - lag_) {
        return base::NotFound("unknown_block", "no such block");
    }
    chain::BlockContent content;
    content.block = blocks_[height].header;
    for (const CoinTx& tx : blocks_[height].txs) {
        for (const chain::Coin& coin : tx.spends) {
            content.spent.push_back({coin.tx_hash, coin.index, tx.hash});
        }
        const std::size_t before = content.coins.size();
        for (std::uint32_t i = 0; i < tx.outputs.size(); ++i) {
            if (watched.contains(tx.outputs[i].address)) {
                content.coins.push_back(
                    {{tx.hash, i, tx.outputs[i].amount}, tx.outputs[i].address, tx.coinbase});
            }
        }
        if (content.coins.size() > before) {
            content.sources.push_back({tx.hash, base::ToBytes(base::AsBytes("raw " + tx.hash))});
        }
    }
    return content;
}

base::Result<std::vector<std::string>> CoinChain::ListPool() {
    if (on_list) {
        BASE_RETURN_IF_ERROR(on_list());
    }
    std::vector<std::string> hashes;
    for (const CoinTx& tx : waiting_) {
        hashes.push_back(tx.hash);
    }
    return hashes;
}

base::Result<std::optional<chain::PooledTx>> CoinChain::ReadPooled(const std::string& tx_hash) {
    ++pool_reads[tx_hash];
    if (unreadable.contains(tx_hash)) {
        return base::Unavailable("node_unavailable", "no usable form");
    }
    for (std::size_t step = 0; step < waiting_.size(); ++step) {
        const std::size_t place = (found_at_ + step) % waiting_.size();
        const CoinTx& tx = waiting_[place];
        if (tx.hash != tx_hash) {
            continue;
        }
        found_at_ = place;
        chain::PooledTx pooled;
        pooled.tx_hash = tx_hash;
        pooled.size = kPooledSize;
        for (const chain::Coin& coin : tx.spends) {
            pooled.spends.push_back({coin.tx_hash, coin.index, tx_hash});
        }
        for (std::uint32_t i = 0; i < tx.outputs.size(); ++i) {
            pooled.outputs.push_back(
                {{tx_hash, i, tx.outputs[i].amount}, tx.outputs[i].address, false});
        }
        return std::optional(std::move(pooled));
    }
    return std::optional<chain::PooledTx>();
}

}  // namespace follower_test
