// Bitcoin or Zcash behind chain::Chain, over one NodeRpc and our own books of coins. The node is
// asked for blocks, rules and fees, never for a wallet or an address; hashes are computed here.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/ledger.h"
#include "chain/node_rpc.h"
#include "utxo/coin_selection.h"
#include "utxo/node_client.h"
#include "utxo/params.h"
#include "utxo/payment.h"

namespace utxo {

struct Purse;

class UtxoChain final : public chain::Chain {
public:
    // Both outlive this object.
    UtxoChain(Params params, chain::NodeRpc& node, chain::Ledger& ledger);

    [[nodiscard]] const chain::Parameters& parameters() const override { return params_.common; }

    [[nodiscard]] chain::AddressCheck CheckAddress(std::string_view text) const override;

    // Terms: {"tx": the unsigned transaction in hex}. Its coins are in the quote. Errors: also
    // `coins_locked` (kUnavailable): change of payments under way would do; of a cpfp, whose rate
    // is that of parents and child together, `no_change_output`, `already_confirmed`.
    [[nodiscard]] base::Result<chain::Quote> Price(const chain::Plan& plan) override;
    [[nodiscard]] base::Result<chain::Unsigned> Build(const chain::Plan& plan,
                                                      const chain::Quote& quote,
                                                      const chain::Slot& slot) const override;

    // BIP-125: the same coins first, at least the old fee and the relay rate for the new size. In
    // mode exact more coins may come and the change pays; in the others the recipient does. A
    // cancel pays everything back to the wallet.
    [[nodiscard]] base::Result<chain::Unsigned> Bump(const chain::Plan& plan,
                                                     chain::AttemptKind kind,
                                                     const chain::Unsigned& previous) override;
    // No chain of coins has gaps to fill.
    [[nodiscard]] base::Result<chain::Unsigned> Fill(const std::string& from,
                                                     std::uint64_t nonce) override;
    [[nodiscard]] base::Result<chain::Signed> Inspect(base::ByteView signed_tx,
                                                      base::ByteView unsigned_tx) const override;

    [[nodiscard]] base::Result<chain::BroadcastAnswer> Broadcast(base::ByteView signed_tx) override;
    // Zcash: dead once our books have every block up to the expiry height, that one is at final
    // depth, and none of them has the transaction.
    [[nodiscard]] base::Result<chain::Fate> FateOf(const chain::SentTx& sent) override;
    // The same coins and outputs under the rules of the next block. Errors: `anchor_gone` where a
    // coin is change of a transaction that never came into a block.
    [[nodiscard]] base::Result<chain::Renewal> Renew(const chain::Plan& plan,
                                                     const chain::SentTx& dead,
                                                     const chain::Slot& slot) override;
    // One that pays exactly the plan's recipients, and this wallet's address with the rest. Errors:
    // also where the node does not show the transaction, which says nothing.
    [[nodiscard]] base::Result<std::optional<chain::Rediscovered>> Rediscover(
        const std::string& tx_hash, const chain::Plan& plan, base::ByteView unsigned_tx) override;
    // In a block once our books have that block, so that balance and state agree.
    [[nodiscard]] base::Result<chain::TxStatus> Status(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::TxView> View(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Head> GetHead() override;
    [[nodiscard]] base::Result<chain::Block> GetBlock(std::uint64_t height) override;
    [[nodiscard]] base::Result<chain::Account> GetAccount(const std::string& address) override;
    [[nodiscard]] base::Result<chain::Balance> GetBalance(const std::string& address,
                                                          const money::Asset& asset) override;
    [[nodiscard]] base::Result<chain::Token> GetToken(const std::string& contract) override;
    [[nodiscard]] base::Result<std::vector<chain::FeeOffer>> GetFees() override;
    // The coins that pay `watched`, and every output that the block spends.
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;
    [[nodiscard]] base::Result<std::vector<std::string>> ListPool() override;
    [[nodiscard]] base::Result<std::optional<chain::PooledTx>> ReadPooled(
        const std::string& tx_hash) override;

    // "bip122:... HASH": the genesis block's. Errors: also `wrong_network`.
    [[nodiscard]] base::Result<std::string> Identity() override;
    [[nodiscard]] base::Result<std::string> ClientVersion() override;

    [[nodiscard]] const Params& params() const { return params_; }

private:
    [[nodiscard]] base::Result<std::uint64_t> RateOf(const chain::FeeWish& wish) const;
    [[nodiscard]] base::Result<TxTerms> NextTerms(std::uint64_t tip_height) const;
    [[nodiscard]] base::Result<chain::Unsigned> Pack(const Selection& selection,
                                                     const TxTerms& terms) const;
    [[nodiscard]] base::Result<> PayForParent(const std::string& parent,
                                              const Purse& purse,
                                              SelectionRequest& request) const;
    [[nodiscard]] base::Result<> Prove(UnsignedTx& unsigned_tx) const;
    [[nodiscard]] base::Result<base::Bytes> BytesOf(const std::string& tx_hash) const;
    [[nodiscard]] base::Result<std::optional<UnsignedTx>> Reconstruct(
        const Transaction& landed, const UnsignedTx& asked) const;
    [[nodiscard]] base::Result<chain::Unsigned> Describe(const UnsignedTx& unsigned_tx) const;
    [[nodiscard]] PaymentRules RulesFor(const std::string& address) const;

    const Params params_;
    NodeClient node_;
    chain::Ledger& ledger_;
};

}  // namespace utxo
