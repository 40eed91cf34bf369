// An account-model chain in memory: balances, nonces, a mempool with replacement, blocks, finality
// a fixed number of blocks behind the head, and reorgs. A transaction is JSON text; signing puts
// "signed:" in front.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "chain/chain.h"
#include "component/transfer/fault.h"
#include "money/uint256.h"

namespace transfer_test {

inline constexpr const char* kNetwork = "eip155:31337";
inline constexpr std::uint64_t kFee = 10;

// Of an amount that these chains can have.
inline std::uint64_t Small(const money::UInt256& value) {
    return value.ToUint64().value();
}

struct FakeTx {
    std::string from;
    std::string to;
    std::uint64_t nonce = 0;
    std::uint64_t amount = 0;
    std::uint64_t fee = 0;
    std::string hash;
};

class FakeChain : public chain::Chain {
public:
    FakeChain();

    // --- what the test does to the chain
    void Fund(const std::string& address, std::uint64_t amount);
    // A block with everything that may run.
    void Mine();
    // Takes the newest blocks away; their transactions are forgotten, or wait in the mempool again.
    void Reorganise(std::size_t depth, bool keep_transactions);

    // The newest blocks are gone and forgotten; those to come are others.
    void Rewind(std::size_t depth) {
        const std::lock_guard lock(mutex_);
        ++fork_;
        blocks_.resize(blocks_.size() - depth);
    }

    // A transaction of `from` that the engine does not know.
    void SpendNonceElsewhere(const std::string& from);

    // The node says that so many more transactions of everybody are final.
    void LieAboutCounts(std::uint64_t more) { Set(count_lie_, more); }

    // Other nodes tell the truth about them.
    void SetSecondNode(bool there) { Set(second_node_, there); }

    // The node shows its transactions without their blocks.
    void HideReceipts(bool hidden) { Set(receipts_hidden_, hidden); }

    // The node fails whenever it is asked for this transaction.
    void BreakStatusOf(std::string tx_hash) { Set(broken_status_, std::move(tx_hash)); }

    void ForgetMempool();

    void SetDown(bool down) { Set(down_, down); }

    // The node answers each call with an error of its own, as one that has too many does.
    void SetBusy(bool busy) { Set(busy_, busy); }

    // What the node takes for each block that is read whole.
    void SetReadTime(std::chrono::milliseconds time) { Set(read_time_, time); }

    void SetMinimumFee(std::uint64_t fee) { Set(minimum_fee_, fee); }  // below it: underpriced

    // Each broadcast is answered so and goes nowhere.
    void AnswerBroadcasts(std::optional<chain::BroadcastResult> result) {
        Set(broadcast_answer_, result);
    }

    // The next block that is read whole says that something may be missing from it.
    void AlarmOnce(std::string alarm) { Set(alarm_, std::move(alarm)); }

    // Payments have no nonces but spend these coins, or nothing that makes them exclude each other.
    void SetSlots(chain::SlotKind kind, std::vector<chain::Coin> coins = {}) {
        parameters_.slot = kind;
        coins_ = std::move(coins);
    }

    void SetFinalLag(std::uint64_t blocks) { Set(final_lag_, blocks); }

    void SetIdentity(std::string identity) { Set(identity_, std::move(identity)); }

    // --- what the test reads
    [[nodiscard]] std::uint64_t PaidTo(const std::string& address);
    [[nodiscard]] std::size_t PaymentsTo(const std::string& address);
    [[nodiscard]] std::vector<std::uint64_t> NoncesOf(const std::string& from);
    [[nodiscard]] std::size_t mempool_size();
    [[nodiscard]] std::uint64_t newest();

    Fault fault;
    // What happens elsewhere while the answer of GetBlock is on its way.
    std::function<void()> while_block_is_read;

    [[nodiscard]] const chain::Parameters& parameters() const override { return parameters_; }

    [[nodiscard]] chain::AddressCheck CheckAddress(std::string_view text) const override;
    [[nodiscard]] base::Result<chain::Quote> Price(const chain::Plan& plan) override;
    [[nodiscard]] base::Result<chain::Unsigned> Build(const chain::Plan& plan,
                                                      const chain::Quote& quote,
                                                      const chain::Slot& slot) const override;
    [[nodiscard]] base::Result<chain::Unsigned> Bump(const chain::Plan& plan,
                                                     chain::AttemptKind kind,
                                                     const chain::Unsigned& previous) override;
    [[nodiscard]] base::Result<chain::Unsigned> Fill(const std::string& from,
                                                     std::uint64_t nonce) override;
    [[nodiscard]] base::Result<chain::Signed> Inspect(base::ByteView signed_tx,
                                                      base::ByteView unsigned_tx) const override;
    [[nodiscard]] base::Result<chain::BroadcastAnswer> Broadcast(base::ByteView signed_tx) override;
    [[nodiscard]] base::Result<chain::TxStatus> Status(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<std::optional<chain::Rediscovered>> Rediscover(
        const std::string& tx_hash, const chain::Plan& plan, base::ByteView unsigned_tx) override;
    [[nodiscard]] base::Result<chain::TxView> View(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Head> GetHead() override;
    [[nodiscard]] base::Result<chain::Block> GetBlock(std::uint64_t height) override;
    [[nodiscard]] base::Result<chain::Account> GetAccount(const std::string& address) override;
    [[nodiscard]] base::Result<std::uint64_t> ConfirmedCount(const std::string& address) override;
    [[nodiscard]] base::Result<chain::Balance> GetBalance(const std::string& address,
                                                          const money::Asset& asset) override;
    [[nodiscard]] base::Result<chain::Token> GetToken(const std::string& contract) override;
    [[nodiscard]] base::Result<std::vector<chain::FeeOffer>> GetFees() override;
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;
    [[nodiscard]] base::Result<std::string> Identity() override;
    [[nodiscard]] base::Result<std::string> ClientVersion() override;

private:
    struct FakeBlock {
        chain::Block header;
        std::vector<FakeTx> txs;
    };

    struct Ledger {
        std::map<std::string, std::uint64_t> balance;
        std::map<std::string, std::uint64_t> count;
    };

    template <class Value>
    void Set(Value& field, Value value) {
        const std::lock_guard lock(mutex_);
        field = std::move(value);
    }

    [[nodiscard]] base::Result<> Reachable() const;
    [[nodiscard]] std::uint64_t FinalHeight() const;
    [[nodiscard]] Ledger LedgerAt(std::uint64_t height) const;
    void Append(std::vector<FakeTx> txs);

    mutable std::mutex mutex_;
    chain::Parameters parameters_;
    std::map<std::string, std::uint64_t> funded_;
    std::vector<FakeBlock> blocks_;
    std::map<std::pair<std::string, std::uint64_t>, FakeTx> mempool_;
    bool down_ = false;
    bool busy_ = false;
    std::chrono::milliseconds read_time_{0};
    std::string alarm_;
    std::uint64_t count_lie_ = 0;
    bool second_node_ = false;
    bool receipts_hidden_ = false;
    std::string broken_status_;
    std::uint64_t minimum_fee_ = 0;
    std::optional<chain::BroadcastResult> broadcast_answer_;
    std::uint64_t final_lag_ = 2;
    std::vector<chain::Coin> coins_;
    std::uint64_t fork_ = 0;
    std::string identity_ = "31337/genesis";
};

// The signer's part: bytes and hash of an unsigned payload.
[[nodiscard]] base::Bytes FakeSign(base::ByteView unsigned_tx);
[[nodiscard]] std::string FakeHash(base::ByteView signed_tx);
[[nodiscard]] nlohmann::json FakeDecode(base::ByteView unsigned_tx);

}  // namespace transfer_test
