#include "utxo/utxo_chain.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "utxo/address.h"
#include "utxo/fee.h"
#include "utxo/script.h"

namespace utxo {

namespace {

constexpr std::array kSpeeds = {chain::Speed::kSlow, chain::Speed::kNormal, chain::Speed::kFast};
// Blocks until a transaction of a speed is expected in one, and the rate where the node cannot
// tell.
constexpr std::array<std::uint32_t, 3> kBlocksToWait = {12, 4, 2};
constexpr std::array<std::uint64_t, 3> kFallbackRates = {2'000, 5'000, 10'000};

base::Result<base::Bytes> ScriptOfDefault(const TxFormat& format) {
    return format.DefaultType() == ScriptType::kP2wpkh
               ? base::Result<base::Bytes>(PayToWitness({0, base::Bytes(20)}))
               : base::Result<base::Bytes>(PayToKeyHash({}));
}

base::Error UnknownBlock(std::uint64_t height) {
    return base::NotFound("unknown_block",
                          "the node has no block of height " + std::to_string(height));
}

}  // namespace

UtxoChain::UtxoChain(Params params, chain::NodeRpc& node, chain::Ledger& ledger)
    : params_(std::move(params)), node_(node), ledger_(ledger) {}

chain::AddressCheck UtxoChain::CheckAddress(std::string_view text) const {
    chain::AddressCheck check;
    auto address = params_.format->ParseAddress(text, params_.network);
    if (address) {
        if (const auto payable = CheckPayable(*address); !payable) {
            address = payable.error();
        }
    }
    if (!address) {
        check.reason = address.error().reason;
        check.detail = address.error().detail;
        check.checksum = check.reason == "bad_checksum" ? "wrong" : "";
        return check;
    }
    check.valid = true;
    check.canonical = address->canonical;
    check.type = AddressTypeName(*address);
    check.checksum = "valid";
    return check;
}

base::Result<chain::Head> UtxoChain::GetHead() {
    chain::Head head;
    BASE_ASSIGN_OR_RETURN(const std::string hash, node_.NewestHash());
    BASE_ASSIGN_OR_RETURN(head.newest, node_.HeaderOf(hash));
    const std::uint64_t below = params_.common.final_depth - 1;
    const std::uint64_t height = head.newest.height > below ? head.newest.height - below : 0;
    BASE_ASSIGN_OR_RETURN(head.final, GetBlock(height));
    return head;
}

base::Result<chain::Block> UtxoChain::GetBlock(std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(const auto hash, node_.HashAt(height));
    if (!hash) {
        return UnknownBlock(height);
    }
    BASE_ASSIGN_OR_RETURN(const chain::Block block, node_.HeaderOf(*hash));
    if (block.height != height) {
        return BadAnswer("a block of another height");
    }
    return block;
}

base::Result<chain::Account> UtxoChain::GetAccount(const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const chain::Balance balance, ledger_.BalanceOf(address));
    chain::Account account;
    account.native_balance = balance.amount;
    account.block_height = balance.block_height;
    return account;
}

base::Result<chain::Balance> UtxoChain::GetBalance(const std::string& address,
                                                   const money::Asset& asset) {
    if (!asset.IsNative()) {
        BASE_RETURN_IF_ERROR(GetToken(asset.contract));
    }
    return ledger_.BalanceOf(address);
}

base::Result<chain::Token> UtxoChain::GetToken(const std::string& /*contract*/) {
    return base::FailedPrecondition("unknown_token", "this chain has no tokens");
}

base::Result<chain::Unsigned> UtxoChain::Fill(const std::string& /*from*/,
                                              std::uint64_t /*nonce*/) {
    return base::Internal("a chain of coins has no nonces to fill");
}

base::Result<std::uint64_t> UtxoChain::RateOf(const chain::FeeWish& wish) const {
    if (!params_.has_fee_market) {
        return 0;
    }
    if (const auto* figure = std::get_if<chain::UtxoFeeWish>(&wish.figure)) {
        if (figure->rate_milli_per_vbyte < kRelayRateMilli) {
            return base::FailedPrecondition("fee_too_low", "nodes relay from 1 sat/vB on")
                .With("minimum", "1");
        }
        if (figure->rate_milli_per_vbyte > params_.rate_ceiling_milli) {
            return base::FailedPrecondition("fee_cap_exceeded",
                                            "no payment of ours pays such a rate");
        }
        return figure->rate_milli_per_vbyte;
    }
    const auto speed = static_cast<std::size_t>(wish.speed);
    const auto estimate = node_.EstimateRate(kBlocksToWait[speed]);
    if (!estimate && estimate.error().reason != "node_rejected") {
        return estimate.error();
    }
    const std::uint64_t rate = estimate && *estimate ? **estimate : kFallbackRates[speed];
    return std::clamp(rate, kRelayRateMilli, params_.rate_ceiling_milli);
}

base::Result<std::vector<chain::FeeOffer>> UtxoChain::GetFees() {
    BASE_ASSIGN_OR_RETURN(const base::Bytes script, ScriptOfDefault(*params_.format));
    const TxShape shape{{params_.format->DefaultType()}, {{0, script}, {0, script}}};
    std::vector<chain::FeeOffer> offers;
    for (const chain::Speed speed : kSpeeds) {
        chain::FeeOffer offer;
        offer.speed = speed;
        offer.figures.speed = speed;
        BASE_ASSIGN_OR_RETURN(const std::uint64_t rate, RateOf(offer.figures));
        if (params_.has_fee_market) {
            offer.figures.figure = chain::UtxoFeeWish{rate};
        }
        BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, params_.format->Fee(shape, rate));
        offer.transfer_cost = money::UInt256(fee);
        offer.expected_seconds =
            params_.block_seconds *
            (params_.has_fee_market ? kBlocksToWait[static_cast<std::size_t>(speed)] : 1);
        offers.push_back(offer);
    }
    return offers;
}

base::Result<std::string> UtxoChain::Identity() {
    BASE_ASSIGN_OR_RETURN(const auto genesis, node_.HashAt(0));
    if (!genesis) {
        return BadAnswer("no genesis block");
    }
    // CAIP-2 for bip122: the first 32 digits of the genesis block's hash.
    constexpr std::string_view kNamespace = "bip122:";
    constexpr std::size_t kDigits = 32;
    if (std::string(kNamespace) + genesis->substr(0, kDigits) != params_.common.network) {
        return base::FailedPrecondition(
            "wrong_network", "the node's genesis block " + *genesis + " is of another network");
    }
    return params_.common.network + " " + *genesis;
}

base::Result<std::string> UtxoChain::ClientVersion() {
    return node_.ClientVersion();
}

}  // namespace utxo
