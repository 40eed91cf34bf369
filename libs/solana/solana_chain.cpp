#include "solana/solana_chain.h"

#include <algorithm>
#include <array>
#include <utility>

#include "money/amount.h"
#include "solana/chain_parts.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "solana/price_market.h"
#include "solana/token_data.h"

namespace solana {

namespace {

using money::UInt256;

constexpr std::array kSpeeds = {chain::Speed::kSlow, chain::Speed::kNormal, chain::Speed::kFast};
constexpr std::array<std::uint32_t, 3> kSeconds = {5, 2, 1};
// Compute units of a plain payment, for what it would cost.
constexpr std::uint32_t kPlainUnits = 1'000;
// A confirmed slot's block can be a moment away on the node that is asked.
constexpr std::uint64_t kSlotsBack = 8;

// The newest block at or just below a slot.
base::Result<chain::Block> BlockNear(const NodeClient& node, std::uint64_t slot) {
    for (std::uint64_t back = 0; back <= kSlotsBack && back <= slot; ++back) {
        BASE_ASSIGN_OR_RETURN(auto block, node.BlockAt(slot - back));
        if (block) {
            return std::move(*block);
        }
    }
    return BadAnswer("no block at the newest slots");
}

}  // namespace

base::Result<chain::Token> ChainParts::TokenAt(const std::string& mint) const {
    BASE_ASSIGN_OR_RETURN(const Pubkey key, Pubkey::Parse(mint));
    BASE_ASSIGN_OR_RETURN(const AccountsSeen seen, node.Accounts({key}, Commitment::kConfirmed));
    if (!seen.accounts.front()) {
        return base::NotFound("unknown_token", "there is no token at this address");
    }
    BASE_ASSIGN_OR_RETURN(const Mint data, ReadMint(*seen.accounts.front()));
    chain::Token token;
    token.asset.network = parameters.network;
    token.asset.contract = key.ToString();
    token.asset.program = seen.accounts.front()->owner.ToString();
    token.asset.symbol = data.symbol;
    token.asset.decimals = data.decimals;
    token.name = data.name;
    return token;
}

std::string ChainParts::FormatNative(std::uint64_t lamports) const {
    return money::FormatAmount({UInt256(lamports), parameters.native});
}

SolanaChain::SolanaChain(chain::Parameters parameters, chain::NodeRpc& node)
    : parts_(std::make_unique<ChainParts>(std::move(parameters), node)) {}

SolanaChain::~SolanaChain() = default;

const chain::Parameters& SolanaChain::parameters() const {
    return parts_->parameters;
}

chain::AddressCheck SolanaChain::CheckAddress(std::string_view text) const {
    chain::AddressCheck check;
    const auto key = Pubkey::Parse(text);
    if (!key) {
        check.reason = key.error().reason;
        check.detail = key.error().detail;
        return check;
    }
    check.valid = true;
    check.canonical = key->ToString();
    check.type = key->IsOnCurve() ? "account" : "program_derived";
    check.checksum = "absent";
    return check;
}

base::Result<chain::Head> SolanaChain::GetHead() {
    chain::Head head;
    BASE_ASSIGN_OR_RETURN(const auto newest, parts_->node.Slot(Commitment::kConfirmed));
    BASE_ASSIGN_OR_RETURN(const auto final, parts_->node.Slot(Commitment::kFinalized));
    BASE_ASSIGN_OR_RETURN(head.newest, BlockNear(parts_->node, newest));
    BASE_ASSIGN_OR_RETURN(head.final, BlockNear(parts_->node, std::min(final, newest)));
    return head;
}

base::Result<chain::Block> SolanaChain::GetBlock(std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(const auto block, parts_->node.BlockAt(height));
    if (!block) {
        return base::NotFound("unknown_block",
                              "the node has no block at slot " + std::to_string(height));
    }
    return *block;
}

base::Result<chain::Account> SolanaChain::GetAccount(const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const chain::Balance balance,
                          GetBalance(address, parts_->parameters.native));
    chain::Account account;
    account.native_balance = balance.amount;
    account.block_height = balance.block_height;
    return account;
}

base::Result<chain::Balance> SolanaChain::GetBalance(const std::string& address,
                                                     const money::Asset& asset) {
    BASE_ASSIGN_OR_RETURN(const Pubkey owner, Pubkey::Parse(address));
    Pubkey holder = owner;
    if (!asset.IsNative()) {
        // An asset that came without its program is looked up.
        money::Asset known = asset;
        if (known.program.empty()) {
            BASE_ASSIGN_OR_RETURN(const chain::Token token, parts_->TokenAt(asset.contract));
            known = token.asset;
        }
        BASE_ASSIGN_OR_RETURN(const TokenRoute route, RouteOf(known, owner, owner));
        holder = route.source;
    }
    BASE_ASSIGN_OR_RETURN(const AccountsSeen seen,
                          parts_->node.Accounts({holder}, Commitment::kConfirmed));
    chain::Balance balance;
    balance.block_height = seen.slot;
    const auto& account = seen.accounts.front();
    if (asset.IsNative()) {
        balance.amount = UInt256(account ? account->lamports : 0);
        return balance;
    }
    if (IsAbsent(account)) {
        return balance;
    }
    BASE_ASSIGN_OR_RETURN(const TokenAccount token, ReadTokenAccount(*account));
    balance.amount = UInt256(token.amount);
    return balance;
}

base::Result<chain::Token> SolanaChain::GetToken(const std::string& contract) {
    return parts_->TokenAt(contract);
}

base::Result<std::vector<chain::FeeOffer>> SolanaChain::GetFees() {
    BASE_ASSIGN_OR_RETURN(const auto recent, parts_->node.RecentPrices({}));
    std::vector<chain::FeeOffer> offers;
    for (const chain::Speed speed : kSpeeds) {
        chain::FeeOffer offer;
        offer.speed = speed;
        offer.figures.speed = speed;
        const std::uint64_t price = MarketPrice(recent, speed);
        offer.figures.figure = chain::SolanaFeeWish{price};
        PaymentFigures figures;
        figures.compute_limit = kPlainUnits;
        figures.compute_price = price;
        offer.transfer_cost = UInt256(TransactionFee(figures));
        offer.expected_seconds = kSeconds[static_cast<std::size_t>(speed)];
        offers.push_back(std::move(offer));
    }
    return offers;
}

base::Result<chain::BlockContent> SolanaChain::ReadBlock(std::uint64_t height,
                                                         const std::set<std::string>& watched) {
    return parts_->incoming.Read(height, watched);
}

base::Result<std::string> SolanaChain::Identity() {
    BASE_ASSIGN_OR_RETURN(const std::string genesis, parts_->node.GenesisHash());
    const std::string& network = parts_->parameters.network;
    // CAIP-2: the live networks are called by the first 32 characters of their genesis hash. A
    // local one has a genesis of its own, which the daemon pins; it is none of the live ones.
    const chain::ChainInfo& info = *parts_->parameters.info;
    for (const chain::Mode mode : {chain::Mode::kTestnet, chain::Mode::kMainnet}) {
        const std::string named(chain::NetworkId(info, mode));
        const bool is = named.substr(named.find(':') + 1) == genesis.substr(0, 32);
        if (is != (mode == parts_->parameters.mode)) {
            return base::FailedPrecondition(
                "wrong_network", "the node's genesis hash " + genesis + " is not of " + network);
        }
    }
    return network + " " + genesis;
}

base::Result<std::string> SolanaChain::ClientVersion() {
    return parts_->node.Version();
}

}  // namespace solana
