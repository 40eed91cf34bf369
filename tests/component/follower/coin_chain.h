// A chain of coins in memory: transactions wait, blocks take them, reorgs give them back. What the
// blocks come to is counted here anew from the first one, for comparison with the follower's books.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "chain/chain.h"

namespace follower_test {

constexpr std::size_t kPooledSize = 100;

struct CoinTx {
    std::string hash;
    std::vector<chain::Coin> spends;  // none: paid from elsewhere
    std::vector<chain::Recipient> outputs;
    bool coinbase = false;
};

// What the main chain comes to for some addresses.
struct Recount {
    std::map<std::string, std::uint64_t> unspent;   // "hash:output", amount
    std::map<std::string, std::uint64_t> received;  // the same, of what others paid
    std::set<std::string> spenders;                 // hashes that spend theirs
    std::uint64_t total = 0;                        // of the unspent
};

class CoinChain : public chain::Chain {
public:
    explicit CoinChain(const std::string& network);

    // --- what the test does to the chain
    std::string Pay(const std::string& to, std::uint64_t amount, bool coinbase = false);
    std::string Spend(std::vector<chain::Coin> coins, std::vector<chain::Recipient> outputs);
    // A block with all that waits.
    void Mine();
    // Other blocks in the place of the newest; their transactions wait again, or are forgotten.
    void Reorganise(std::size_t depth, bool keep_transactions);

    // What waits is replaced or expired.
    void Drop(const std::string& hash);
    // One that was dropped waits again.
    void Return(const std::string& hash, const std::string& to, std::uint64_t amount);

    // Happens whenever the memory pool is asked for; its error is the answer.
    std::function<base::Result<>()> on_list;
    // Transactions of the pool that cannot be read.
    std::set<std::string> unreadable;

    // The node that is asked shows so many blocks less.
    void SetLag(std::uint64_t blocks) { lag_ = blocks; }

    // Of this height and above it answers nothing.
    void SetSilentFrom(std::uint64_t height) { silent_from_ = height; }

    // What came before this height cannot be read any more.
    void Prune(std::uint64_t below) { pruned_below_ = below; }

    // The node calls this block final from now on.
    void SetFinal(chain::Block block) { final_ = std::move(block); }

    // Transactions in blocks that it cannot show, and what it says then.
    std::set<std::string> unviewable;
    base::Error view_error = base::NotFound("unknown_tx", "no index");

    // A height that has no block where one is asked for.
    std::optional<std::uint64_t> leaves_out;

    // Happens once, just before a block is read.
    std::function<void()> before_read;

    // --- what the test reads
    [[nodiscard]] Recount Count(const std::set<std::string>& addresses) const;

    // How often each transaction of the memory pool was read.
    std::map<std::string, int> pool_reads;

    [[nodiscard]] std::string newest_hash() const { return blocks_.back().header.hash; }

    [[nodiscard]] const chain::Parameters& parameters() const override { return parameters_; }

    [[nodiscard]] base::Result<chain::TxView> View(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Head> GetHead() override;
    [[nodiscard]] base::Result<chain::Block> GetBlock(std::uint64_t height) override;
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;
    [[nodiscard]] base::Result<std::vector<std::string>> ListPool() override;
    [[nodiscard]] base::Result<std::optional<chain::PooledTx>> ReadPooled(
        const std::string& tx_hash) override;

    // No follower asks for the rest.
    [[nodiscard]] chain::AddressCheck CheckAddress(std::string_view) const override { return {}; }

    [[nodiscard]] base::Result<chain::Quote> Price(const chain::Plan&) override { return No(); }

    [[nodiscard]] base::Result<chain::Unsigned> Build(const chain::Plan&,
                                                      const chain::Quote&,
                                                      const chain::Slot&) const override {
        return No();
    }

    [[nodiscard]] base::Result<chain::Unsigned> Bump(const chain::Plan&,
                                                     chain::AttemptKind,
                                                     const chain::Unsigned&) override {
        return No();
    }

    [[nodiscard]] base::Result<chain::Unsigned> Fill(const std::string&, std::uint64_t) override {
        return No();
    }

    [[nodiscard]] base::Result<chain::Signed> Inspect(base::ByteView,
                                                      base::ByteView) const override {
        return No();
    }

    [[nodiscard]] base::Result<chain::BroadcastAnswer> Broadcast(base::ByteView) override {
        return No();
    }

    [[nodiscard]] base::Result<chain::TxStatus> Status(const std::string&) override { return No(); }

    [[nodiscard]] base::Result<chain::Account> GetAccount(const std::string&) override {
        return No();
    }

    [[nodiscard]] base::Result<chain::Balance> GetBalance(const std::string&,
                                                          const money::Asset&) override {
        return No();
    }

    [[nodiscard]] base::Result<chain::Token> GetToken(const std::string&) override { return No(); }

    [[nodiscard]] base::Result<std::vector<chain::FeeOffer>> GetFees() override { return No(); }

    [[nodiscard]] base::Result<std::string> Identity() override { return No(); }

    [[nodiscard]] base::Result<std::string> ClientVersion() override { return No(); }

private:
    struct CoinBlock {
        chain::Block header;
        std::vector<CoinTx> txs;
    };

    [[nodiscard]] static base::Error No() {
        return base::Internal("this is no follower's question");
    }

    void Append(std::vector<CoinTx> txs);

    [[nodiscard]] std::uint64_t Newest() const { return blocks_.back().header.height; }

    chain::Parameters parameters_;
    std::vector<CoinBlock> blocks_;
    std::vector<CoinTx> waiting_;
    std::size_t found_at_ = 0;  // in waiting_, where the last one was
    std::uint64_t lag_ = 0;
    std::uint64_t silent_from_ = ~std::uint64_t{0};
    std::uint64_t pruned_below_ = 0;
    std::optional<chain::Block> final_;
    std::uint64_t fork_ = 0;
    std::uint64_t made_ = 0;
};

}  // namespace follower_test
