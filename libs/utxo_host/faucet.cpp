#include "utxo_host/faucet.h"

#include <utility>
#include <vector>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"
#include "utxo/address.h"
#include "utxo/coin.h"
#include "utxo/node_client.h"
#include "utxo/script.h"
#include "utxo/sign.h"

namespace utxo_host {

namespace {

// Whose hash is the key. It opens nothing but coins without value.
constexpr std::string_view kKeyOfEverybody = "platform devnet faucet";
constexpr std::uint64_t kRateMilli = 2'000;
constexpr int kTriesMax = 5;

}  // namespace

DevnetFaucet::DevnetFaucet(chain::Chain& chain, chain::NodeRpc& node, const std::string& chain_name)
    : chain_(chain), node_(node) {
    BASE_CHECK(chain.parameters().mode == chain::Mode::kDevnet);
    params_ = utxo::ParamsOf(chain_name, chain::Mode::kDevnet).value();
    key_ = secret::Bytes::Copy(crypto::Sha256(base::AsBytes(kKeyOfEverybody)));
    const auto point = crypto::Secp256k1PublicKey::FromPrivate(key_).value();
    // P2PKH: every node can mine to it.
    script_ = utxo::ScriptOfKey(point, utxo::ScriptType::kP2pkh).value();
    address_ = params_.format->AddressOf(script_, params_.network).value();
}

base::Result<> DevnetFaucet::ReadOn() {
    BASE_ASSIGN_OR_RETURN(const chain::Head head, chain_.GetHead());
    if (read_height_ > head.newest.height || read_height_ == 0) {
        read_height_ = 0;
    } else {
        BASE_ASSIGN_OR_RETURN(const chain::Block block, chain_.GetBlock(read_height_));
        read_height_ = block.hash == read_hash_ ? read_height_ : 0;
    }
    if (read_height_ == 0) {
        coins_.clear();
    }
    while (read_height_ < head.newest.height) {
        BASE_ASSIGN_OR_RETURN(const chain::BlockContent content,
                              chain_.ReadBlock(read_height_ + 1, {address_}));
        for (const chain::NewCoin& made : content.coins) {
            Owned owned;
            BASE_ASSIGN_OR_RETURN(owned.coin.prevout.tx_hash, utxo::ParseTxHash(made.coin.tx_hash));
            owned.coin.prevout.index = made.coin.index;
            BASE_ASSIGN_OR_RETURN(owned.coin.output.amount, made.coin.amount.ToUint64());
            owned.coin.output.script = script_;
            owned.height = content.block.height;
            owned.coinbase = made.coinbase;
            coins_[owned.coin.prevout] = owned;
        }
        for (const chain::SpentCoin& spent : content.spent) {
            BASE_ASSIGN_OR_RETURN(const auto hash, utxo::ParseTxHash(spent.tx_hash));
            coins_.erase({hash, spent.index});
        }
        ++read_height_;
        read_hash_ = content.block.hash;
    }
    return {};
}

base::Result<utxo::TxTerms> DevnetFaucet::Terms() const {
    const auto tip = static_cast<std::uint32_t>(read_height_);
    if (params_.has_fee_market) {
        return utxo::BitcoinTerms(tip);
    }
    BASE_ASSIGN_OR_RETURN(const auto rules, utxo::NodeClient(node_).ReadNextRules());
    return utxo::ZcashTerms(tip, rules.branch_id);
}

base::Result<utxo::Selection> DevnetFaucet::Select(const std::string& address,
                                                   std::uint64_t amount) const {
    utxo::SelectionRequest request;
    for (const auto& [prevout, owned] : coins_) {
        const utxo::CoinState state{
            static_cast<std::uint32_t>(owned.height), owned.coinbase, false, 0, 1};
        if (utxo::CheckSpendable(state, static_cast<std::uint32_t>(read_height_))) {
            request.coins.push_back(owned.coin);
        }
    }
    BASE_ASSIGN_OR_RETURN(const utxo::Address to,
                          params_.format->ParseAddress(address, params_.network));
    request.recipients = {{amount, to.script}};
    request.change_script = script_;
    request.rate_milli_per_vbyte = kRateMilli;
    BASE_ASSIGN_OR_RETURN(request.fee_max, params_.common.fee_ceiling.ToUint64());
    auto chosen = utxo::SelectCoins(*params_.format, request);
    if (!chosen) {
        return base::FailedPrecondition("faucet_empty", chosen.error().detail);
    }
    return chosen;
}

base::Result<base::Bytes> DevnetFaucet::Sign(const utxo::Selection& selection) const {
    BASE_ASSIGN_OR_RETURN(const utxo::TxTerms terms, Terms());
    const utxo::UnsignedTx unsigned_tx = utxo::AssemblePayment(selection, terms, {});
    BASE_ASSIGN_OR_RETURN(
        const utxo::SignedTx made,
        utxo::SignTransaction(*params_.format, unsigned_tx, [this](const utxo::UnsignedInput&) {
            return base::Result<secret::Bytes>(key_.Clone());
        }));
    return made.raw;
}

base::Result<std::string> DevnetFaucet::Give(const std::string& address,
                                             const money::UInt256& amount) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t units, amount.ToUint64());
    const std::lock_guard lock(mutex_);
    BASE_RETURN_IF_ERROR(ReadOn());
    for (int attempt = 0; attempt < kTriesMax; ++attempt) {
        BASE_ASSIGN_OR_RETURN(const utxo::Selection selection, Select(address, units));
        BASE_ASSIGN_OR_RETURN(const base::Bytes raw, Sign(selection));
        BASE_ASSIGN_OR_RETURN(const auto answer, chain_.Broadcast(raw));
        // Spent by us now, or by others who have this key too. The change comes with its block.
        for (const utxo::Coin& coin : selection.coins) {
            coins_.erase(coin.prevout);
        }
        if (answer.result == chain::BroadcastResult::kAccepted) {
            BASE_ASSIGN_OR_RETURN(const utxo::Transaction sent, params_.format->Parse(raw));
            return utxo::TxHashText(params_.format->TxHash(sent));
        }
        if (answer.result != chain::BroadcastResult::kSlotTaken) {
            return base::FailedPrecondition("node_rejected", answer.text);
        }
    }
    return base::Unavailable("faucet_busy", "others spend from the faucet's account; try again");
}

}  // namespace utxo_host
