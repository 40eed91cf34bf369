// A chain in memory whose transactions die of age: no nonce, no mempool that others see, a last
// block for each transaction, and a node that may drop or hide what it was given.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "chain/chain.h"

namespace transfer_test {

inline constexpr const char* kMortalNetwork = "solana:localnet";
inline constexpr std::uint64_t kMortalFee = 5;
inline constexpr std::uint64_t kLife = 10;        // blocks
inline constexpr std::uint64_t kFinalBlocks = 2;  // behind the newest

class MortalChain : public chain::Chain {
public:
    MortalChain();

    // --- what the test does to the chain
    void Fund(const std::string& address, std::uint64_t amount);
    void Mine(int blocks = 1);
    void SetDropping(bool dropping);
    // What has landed shows in balances alone.
    void SetHiding(bool hiding);
    void RefusePrices(bool refuse);
    void SetFee(std::uint64_t fee);
    // No node keeps it any more; 0 = each keeps all.
    void LoseBlock(std::uint64_t height);

    // --- what the test reads
    [[nodiscard]] std::uint64_t newest();
    [[nodiscard]] std::uint64_t final_height();
    [[nodiscard]] std::size_t PaymentsTo(const std::string& address);
    [[nodiscard]] std::size_t broadcasts();

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
    [[nodiscard]] base::Result<chain::Fate> FateOf(const chain::SentTx& sent) override;
    [[nodiscard]] base::Result<std::optional<chain::Rediscovered>> Rediscover(
        const std::string& tx_hash, const chain::Plan& plan, base::ByteView unsigned_tx) override;
    [[nodiscard]] base::Result<chain::TxView> View(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Head> GetHead() override;
    [[nodiscard]] base::Result<chain::Block> GetBlock(std::uint64_t height) override;
    [[nodiscard]] base::Result<chain::Account> GetAccount(const std::string& address) override;
    [[nodiscard]] base::Result<chain::Balance> GetBalance(const std::string& address,
                                                          const money::Asset& asset) override;
    [[nodiscard]] base::Result<chain::Token> GetToken(const std::string& contract) override;
    [[nodiscard]] base::Result<std::vector<chain::FeeOffer>> GetFees() override;
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;
    [[nodiscard]] base::Result<std::string> Identity() override;
    [[nodiscard]] base::Result<std::string> ClientVersion() override;

private:
    struct Landed {
        std::string hash;
        std::string from;
        std::string to;
        std::uint64_t amount = 0;
        std::uint64_t fee = 0;
        std::uint64_t height = 0;
        base::Bytes raw{};
    };

    [[nodiscard]] std::uint64_t BalanceAt(const std::string& address, std::uint64_t height) const;
    [[nodiscard]] std::uint64_t Final() const;
    [[nodiscard]] static chain::Block Header(std::uint64_t height);

    mutable std::mutex mutex_;
    chain::Parameters parameters_;
    std::uint64_t height_ = 1;
    std::vector<Landed> funded_;  // from nobody
    std::vector<Landed> landed_;
    std::map<std::string, std::pair<Landed, std::uint64_t>> waiting_;  // with their last block
    std::size_t broadcasts_ = 0;
    bool dropping_ = false;
    bool hiding_ = false;
    bool refusing_ = false;
    std::uint64_t fee_ = kMortalFee;
    std::uint64_t lost_block_ = 0;
};

}  // namespace transfer_test
