// A Solana network behind chain::Chain, over one NodeRpc. Nothing a node says is trusted further
// than it can be checked here: signatures are computed, numbers are parsed strictly, fees are
// capped. Heights are slots everywhere but in the life of a blockhash.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/node_rpc.h"

namespace solana {

struct AllBound;
struct ChainParts;

class SolanaChain final : public chain::Chain {
public:
    // `node` must outlive this object.
    SolanaChain(chain::Parameters parameters, chain::NodeRpc& node);
    ~SolanaChain() override;

    SolanaChain(const SolanaChain&) = delete;
    SolanaChain& operator=(const SolanaChain&) = delete;

    [[nodiscard]] const chain::Parameters& parameters() const override;
    [[nodiscard]] chain::AddressCheck CheckAddress(std::string_view text) const override;

    // Terms: see solana/terms.h; the blockhash that they name limits how long Build may use them.
    // Errors, also: `off_curve_recipient`, `token_account_recipient`, `rent_minimum`,
    // `token_not_supported`, `unsupported_action`.
    [[nodiscard]] base::Result<chain::Quote> Price(const chain::Plan& plan) override;
    // The payload is the message. The slot's serial keeps equal payments apart.
    [[nodiscard]] base::Result<chain::Unsigned> Build(const chain::Plan& plan,
                                                      const chain::Quote& quote,
                                                      const chain::Slot& slot) const override;
    // Errors: `not_replaceable`, always.
    [[nodiscard]] base::Result<chain::Unsigned> Bump(const chain::Plan& plan,
                                                     chain::AttemptKind kind,
                                                     const chain::Unsigned& previous) override;
    // Mode all takes no more than the dead attempt did with its fee.
    [[nodiscard]] base::Result<chain::Renewal> Renew(const chain::Plan& plan,
                                                     const chain::SentTx& dead,
                                                     const chain::Slot& slot) override;
    [[nodiscard]] base::Result<chain::Unsigned> Fill(const std::string& from,
                                                     std::uint64_t nonce) override;
    [[nodiscard]] base::Result<chain::Signed> Inspect(base::ByteView signed_tx,
                                                      base::ByteView unsigned_tx) const override;

    [[nodiscard]] base::Result<chain::BroadcastAnswer> Broadcast(base::ByteView signed_tx) override;
    // In a block from commitment confirmed on.
    [[nodiscard]] base::Result<chain::TxStatus> Status(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Fate> FateOf(const chain::SentTx& sent) override;
    // A payment without an anchor of its own is told from an equal one by its compute limit.
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
    // Of finalized slots alone: what it answers is never taken back.
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;

    // "solana:... <genesis hash>". Errors: also `wrong_network`.
    [[nodiscard]] base::Result<std::string> Identity() override;
    [[nodiscard]] base::Result<std::string> ClientVersion() override;

private:
    [[nodiscard]] base::Result<chain::Quote> PriceWithin(const chain::Plan& plan,
                                                         const AllBound& bound);

    std::unique_ptr<ChainParts> parts_;
};

}  // namespace solana
