#include "evm/evm_chain.h"

#include <array>
#include <utility>

#include "evm/chain_parts.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::array kSpeeds = {chain::Speed::kSlow, chain::Speed::kNormal, chain::Speed::kFast};

// Blocks until a transaction of a speed is expected in one.
constexpr std::array<std::uint32_t, 3> kBlocksToWait = {5, 2, 1};

}  // namespace

EvmChain::EvmChain(Params params, chain::NodeRpc& node, std::map<std::string, Address> routers)
    : parts_(std::make_unique<ChainParts>(std::move(params), node, std::move(routers))) {}

EvmChain::~EvmChain() = default;

const chain::Parameters& EvmChain::parameters() const {
    return parts_->params.common;
}

chain::AddressCheck EvmChain::CheckAddress(std::string_view text) const {
    chain::AddressCheck check;
    const auto address = Address::Parse(text);
    if (!address) {
        check.reason = address.error().reason;
        check.detail = address.error().detail;
        check.checksum = check.reason == "bad_checksum" ? "wrong" : "";
        // A lost prefix is no lost digit: the rest is still checked.
        if (text.size() == 2 * Address::kSize) {
            const auto prefixed = Address::Parse("0x" + std::string(text));
            check.suggestion = prefixed ? prefixed->ToString() : "";
        }
        return check;
    }
    check.valid = true;
    check.canonical = address->ToString();
    check.type = "account";
    check.checksum = HasChecksum(text) ? "valid" : "absent";
    return check;
}

base::Result<chain::Head> EvmChain::GetHead() {
    chain::Head head;
    BASE_ASSIGN_OR_RETURN(head.newest, parts_->NewestBlock());
    BASE_ASSIGN_OR_RETURN(head.final, parts_->FinalBlock(head.newest));
    return head;
}

base::Result<chain::Block> EvmChain::GetBlock(std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(const auto block, parts_->node.BlockAt(TagOf(height)));
    if (!block) {
        return base::NotFound("unknown_block",
                              "the node has no block of height " + std::to_string(height));
    }
    return *block;
}

base::Result<chain::Account> EvmChain::GetAccount(const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const Address owner, Address::Parse(address));
    BASE_ASSIGN_OR_RETURN(const chain::Block newest, parts_->NewestBlock());
    BASE_ASSIGN_OR_RETURN(const chain::Block final, parts_->FinalBlock(newest));
    const BlockTag tag = TagOf(newest.height);
    chain::Account account;
    account.block_height = newest.height;
    BASE_ASSIGN_OR_RETURN(account.final_count, parts_->node.Count(owner, TagOf(final.height)));
    BASE_ASSIGN_OR_RETURN(account.newest_count, parts_->node.Count(owner, tag));
    BASE_ASSIGN_OR_RETURN(account.pending_count, parts_->node.Count(owner, "pending"));
    BASE_ASSIGN_OR_RETURN(account.native_balance, parts_->node.Balance(owner, tag));
    return account;
}

base::Result<std::uint64_t> EvmChain::ConfirmedCount(const std::string& address) {
    BASE_ASSIGN_OR_RETURN(const Address owner, Address::Parse(address));
    BASE_ASSIGN_OR_RETURN(const chain::Block newest, parts_->NewestBlock());
    BASE_ASSIGN_OR_RETURN(const chain::Block final, parts_->FinalBlock(newest));
    return parts_->node.LeastCount(owner, TagOf(final.height));
}

base::Result<chain::Balance> EvmChain::GetBalance(const std::string& address,
                                                  const money::Asset& asset) {
    BASE_ASSIGN_OR_RETURN(const Address owner, Address::Parse(address));
    chain::Balance balance;
    BASE_ASSIGN_OR_RETURN(balance.block_height, parts_->node.Height());
    const BlockTag tag = TagOf(balance.block_height);
    if (asset.IsNative()) {
        BASE_ASSIGN_OR_RETURN(balance.amount, parts_->node.Balance(owner, tag));
        return balance;
    }
    BASE_ASSIGN_OR_RETURN(const Address contract, Address::Parse(asset.contract));
    BASE_ASSIGN_OR_RETURN(balance.amount, parts_->TokenBalance(contract, owner, tag));
    return balance;
}

base::Result<chain::Token> EvmChain::GetToken(const std::string& contract) {
    BASE_ASSIGN_OR_RETURN(const Address address, Address::Parse(contract));
    return parts_->TokenAt(address);
}

base::Result<std::vector<chain::FeeOffer>> EvmChain::GetFees() {
    BASE_ASSIGN_OR_RETURN(const FeeMarket market, parts_->Market());
    const FeeLimit limit{kPlainGas, parts_->params.common.fee_ceiling};
    std::vector<chain::FeeOffer> offers;
    for (const chain::Speed speed : kSpeeds) {
        chain::FeeOffer offer;
        offer.speed = speed;
        offer.figures.speed = speed;
        BASE_ASSIGN_OR_RETURN(const GasFigures figures,
                              ChooseFigures(offer.figures, market, limit, parts_->params));
        offer.figures.figure = chain::EvmFeeWish{std::nullopt, figures.max_fee, figures.tip};
        BASE_ASSIGN_OR_RETURN(
            offer.transfer_cost,
            money::CheckedMul(ExpectedPrice(figures, market), UInt256(kPlainGas)));
        offer.expected_seconds =
            parts_->params.block_seconds * kBlocksToWait[static_cast<std::size_t>(speed)];
        offers.push_back(offer);
    }
    return offers;
}

base::Result<std::string> EvmChain::Identity() {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t chain_id, parts_->node.ChainId());
    if (chain_id != parts_->params.chain_id) {
        return base::FailedPrecondition("wrong_network",
                                        "the node is of chain " + std::to_string(chain_id) +
                                            ", this service is of chain " +
                                            std::to_string(parts_->params.chain_id));
    }
    BASE_ASSIGN_OR_RETURN(const auto genesis, parts_->node.BlockAt(TagOf(0)));
    if (!genesis) {
        return BadAnswer("no genesis block");
    }
    return parts_->params.common.network + " " + genesis->hash;
}

base::Result<std::string> EvmChain::ClientVersion() {
    return parts_->node.ClientVersion();
}

}  // namespace evm
