#include "evm/chain_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evm/broadcast_text.h"
#include "evm/erc20.h"
#include "money/amount.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::size_t kTokensMax = 1000;
constexpr std::size_t kNameSizeMax = 64;
constexpr std::size_t kSymbolSizeMax = 16;
constexpr std::size_t kUpstreamSizeMax = 300;

// Whether the refusal of the tag "finalized" means that nothing is final yet.
bool SaysNotFound(const base::Error& error) {
    const std::string text = base::ToLower(UpstreamText(error));
    return text.find("not found") != std::string::npos ||
           text.find("unknown block") != std::string::npos;
}

// Whether the node does not know the tag. Any other refusal decides nothing.
bool SaysBadTag(const base::Error& error) {
    const auto code = error.metadata.find("code");
    const std::string text = base::ToLower(UpstreamText(error));
    return (code != error.metadata.end() && code->second == "-32602") ||
           text.find("invalid") != std::string::npos ||
           text.find("unsupported") != std::string::npos;
}

base::Error UnknownToken(std::string detail) {
    return base::FailedPrecondition("unknown_token", std::move(detail));
}

}  // namespace

bool IsRejected(const base::Error& error) {
    return error.reason == "node_rejected" && !IsNodeTrouble(UpstreamText(error));
}

std::string UpstreamText(const base::Error& error) {
    const auto upstream = error.metadata.find("upstream");
    return SanitiseTokenText(upstream == error.metadata.end() ? error.detail : upstream->second,
                             kUpstreamSizeMax);
}

ChainParts::ChainParts(Params network, chain::NodeRpc& rpc, std::map<std::string, Address> routers)
    : params(std::move(network)), contracts{params.wrapped_native, std::move(routers)}, node(rpc) {}

base::Result<chain::Block> ChainParts::NewestBlock() const {
    BASE_ASSIGN_OR_RETURN(const auto block, node.BlockAt("latest"));
    if (!block) {
        return BadAnswer("no newest block");
    }
    return *block;
}

base::Result<chain::Block> ChainParts::BlockAtDepth(const chain::Block& newest) const {
    const std::uint64_t depth = params.common.final_depth;
    const std::uint64_t height = newest.height > depth ? newest.height - depth : 0;
    BASE_ASSIGN_OR_RETURN(const auto block, node.BlockAt(TagOf(height)));
    if (!block) {
        return BadAnswer("a block below the newest is missing");
    }
    return *block;
}

Finality ChainParts::KnownFinality() {
    const std::lock_guard lock(mutex);
    return finality;
}

void ChainParts::SetFinality(Finality found) {
    const std::lock_guard lock(mutex);
    if (finality == Finality::kUnknown) {
        finality = found;
    }
}

base::Result<chain::Block> ChainParts::FinalBlock(const chain::Block& newest) {
    if (KnownFinality() == Finality::kDepth) {
        return BlockAtDepth(newest);
    }
    const auto answer = node.BlockAt("finalized");
    if (answer && *answer) {
        if ((*answer)->height > newest.height) {
            return BadAnswer("the final block is above the newest");
        }
        SetFinality(Finality::kTag);
        return **answer;
    }
    if (!answer && !IsRejected(answer.error())) {
        return answer.error();
    }
    if (KnownFinality() == Finality::kTag) {
        return BadAnswer("no final block");
    }
    if (answer || SaysNotFound(answer.error())) {
        // A young network: only its genesis block is final.
        BASE_ASSIGN_OR_RETURN(const auto genesis, node.BlockAt(TagOf(0)));
        return genesis ? base::Result<chain::Block>(*genesis) : BadAnswer("no genesis block");
    }
    if (!SaysBadTag(answer.error())) {
        return answer.error();
    }
    SetFinality(Finality::kDepth);
    return BlockAtDepth(newest);
}

base::Result<FeeMarket> ChainParts::Market() {
    BASE_ASSIGN_OR_RETURN(const FeeHistory history, node.Fees());
    std::optional<UInt256> suggested;
    if (!HasTips(history)) {
        // Not every node knows the method; the floor serves then.
        const auto tip = node.SuggestedTip();
        if (!tip && tip.error().reason != "node_rejected") {
            return tip.error();
        }
        if (tip) {
            suggested = *tip;
        }
    }
    const std::lock_guard lock(mutex);
    return JudgeFees(history, suggested, learned_tip_floor, params);
}

void ChainParts::LearnTipFloor(const UInt256& tip) {
    const std::lock_guard lock(mutex);
    learned_tip_floor = std::max(learned_tip_floor, std::min(tip, params.tip_ceiling));
}

base::Result<chain::Token> ChainParts::ReadToken(const Address& contract) const {
    BASE_ASSIGN_OR_RETURN(const bool has_code, node.HasCode(contract));
    if (!has_code) {
        return UnknownToken("there is no contract at this address");
    }
    // A refusal or an answer of another shape means that the contract has no such function.
    const auto ask = [&](base::Bytes data) -> base::Result<base::Bytes> {
        auto answer = node.Read({contract, UInt256(), std::move(data)}, Address(), "latest");
        if (!answer && IsRejected(answer.error())) {
            return base::Bytes();
        }
        return answer;
    };
    chain::Token token;
    token.asset.network = params.common.network;
    token.asset.contract = contract.ToString();
    BASE_ASSIGN_OR_RETURN(const base::Bytes decimals, ask(EncodeErc20Decimals()));
    const auto count = DecodeErc20Decimals(decimals);
    if (!count) {
        return UnknownToken("the contract does not tell its decimals");
    }
    token.asset.decimals = *count;
    BASE_ASSIGN_OR_RETURN(const base::Bytes symbol, ask(EncodeErc20Symbol()));
    token.asset.symbol = DecodeErc20Text(symbol, kSymbolSizeMax);
    BASE_ASSIGN_OR_RETURN(const base::Bytes name, ask(EncodeErc20Name()));
    token.name = DecodeErc20Text(name, kNameSizeMax);
    return token;
}

base::Result<chain::Token> ChainParts::TokenAt(const Address& contract) {
    {
        const std::lock_guard lock(mutex);
        if (const auto known = tokens.find(contract); known != tokens.end()) {
            return known->second;
        }
    }
    BASE_ASSIGN_OR_RETURN(chain::Token token, ReadToken(contract));
    const std::lock_guard lock(mutex);
    if (tokens.size() >= kTokensMax) {
        tokens.clear();
    }
    tokens.insert_or_assign(contract, token);
    return token;
}

base::Result<money::Asset> ChainParts::IncomingAsset(const Address& contract) {
    auto token = TokenAt(contract);
    if (token) {
        return std::move(token->asset);
    }
    if (token.error().reason != "unknown_token") {
        return token.error();
    }
    money::Asset asset;
    asset.network = params.common.network;
    asset.contract = contract.ToString();
    return asset;
}

base::Result<UInt256> ChainParts::TokenBalance(const Address& contract,
                                               const Address& owner,
                                               const BlockTag& tag) const {
    const auto answer =
        node.Read({contract, UInt256(), EncodeErc20BalanceOf(owner)}, Address(), tag);
    if (!answer && !IsRejected(answer.error())) {
        return answer.error();
    }
    const auto balance = answer ? DecodeErc20Amount(*answer) : answer.error();
    return balance ? balance : UnknownToken("the contract does not tell balances");
}

std::string ChainParts::FormatNative(const UInt256& amount) const {
    return money::FormatAmount({amount, params.common.native});
}

}  // namespace evm
