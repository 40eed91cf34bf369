// Price: what a plan would cost, and every reason why it can never pay.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "evm/chain_parts.h"
#include "evm/erc20.h"
#include "evm/evm_chain.h"
#include "evm/terms.h"
#include "money/amount.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::uint64_t kGasMax = 16777216;        // EIP-7825
constexpr std::uint64_t kTypicalCallGas = 100000;  // for figures of plans that fail anyway

// A plan with what the node says about its wallet.
struct Purse {
    Address from;
    UInt256 native;
    std::optional<UInt256> token;  // balance of the plan's token

    [[nodiscard]] const UInt256& OfAsset() const { return token ? *token : native; }
};

const chain::Transfer* TransferOf(const chain::Plan& plan) {
    return std::get_if<chain::Transfer>(&plan.action);
}

// What the action itself says leaves the wallet in the plan's asset.
UInt256 OrderedAmount(const chain::Plan& plan) {
    if (const auto* transfer = TransferOf(plan)) {
        return transfer->recipients.empty() ? UInt256() : transfer->recipients.front().amount;
    }
    if (const auto* swap = std::get_if<chain::Swap>(&plan.action)) {
        return swap->amount_in;
    }
    if (const auto* wrap = std::get_if<chain::Wrap>(&plan.action)) {
        return wrap->amount;
    }
    if (const auto* unwrap = std::get_if<chain::Unwrap>(&plan.action)) {
        return unwrap->amount;
    }
    return UInt256();  // an approval moves nothing
}

UInt256 LessOrZero(const UInt256& left, const UInt256& right) {
    const auto difference = money::CheckedSub(left, right);
    return difference ? *difference : UInt256();
}

UInt256 SumOrMax(const UInt256& left, const UInt256& right) {
    const auto sum = money::CheckedAdd(left, right);
    return sum ? *sum : UInt256::Max();
}

base::Error InsufficientFunds(const money::Asset& asset,
                              const UInt256& need,
                              const UInt256& have,
                              const UInt256& send_at_most) {
    const auto text = [&asset](const UInt256& amount) {
        return money::FormatDecimal(amount, asset.decimals);
    };
    return base::FailedPrecondition("insufficient_funds",
                                    "this needs " + money::FormatAmount({need, asset}) +
                                        ", the wallet has " + money::FormatAmount({have, asset}))
        .With("need", text(need))
        .With("have", text(have))
        .With("send_at_most", text(send_at_most))
        .With("currency", asset.symbol);
}

base::Error InsufficientGas(const ChainParts& parts, const UInt256& need, const UInt256& have) {
    const money::Asset& native = parts.params.common.native;
    return base::FailedPrecondition("insufficient_gas",
                                    "the fee of up to " + parts.FormatNative(need) +
                                        " is paid in " + native.symbol + ", the wallet has " +
                                        parts.FormatNative(have))
        .With("need", money::FormatDecimal(need, native.decimals))
        .With("have", money::FormatDecimal(have, native.decimals))
        .With("currency", native.symbol);
}

base::Result<Purse> ReadPurse(ChainParts& parts, const chain::Plan& plan) {
    Purse purse;
    BASE_ASSIGN_OR_RETURN(purse.from, Address::Parse(plan.from));
    BASE_ASSIGN_OR_RETURN(purse.native, parts.node.Balance(purse.from, "latest"));
    if (plan.asset.IsNative()) {
        return purse;
    }
    BASE_ASSIGN_OR_RETURN(const Address contract, Address::Parse(plan.asset.contract));
    BASE_ASSIGN_OR_RETURN(const chain::Token token, parts.TokenAt(contract));
    if (token.asset.decimals != plan.asset.decimals) {
        return base::FailedPrecondition(
            "unknown_token",
            "the contract says " + std::to_string(token.asset.decimals) +
                " decimals, the order was made with " + std::to_string(plan.asset.decimals));
    }
    BASE_ASSIGN_OR_RETURN(purse.token, parts.TokenBalance(contract, purse.from, "latest"));
    return purse;
}

// Whether the amount is what the fee or the balance leaves.
bool FeeDecidesAmount(const chain::Plan& plan) {
    const auto* transfer = TransferOf(plan);
    return transfer != nullptr && transfer->mode != chain::TransferMode::kExact;
}

// An amount to encode and estimate with, before the fee has decided the real one.
UInt256 TrialAmount(const chain::Plan& plan, const Purse& purse) {
    if (!FeeDecidesAmount(plan)) {
        return OrderedAmount(plan);
    }
    const bool all = TransferOf(plan)->mode == chain::TransferMode::kAll;
    if (all && purse.token) {
        return *purse.token;
    }
    return LessOrZero(all ? purse.native : OrderedAmount(plan), UInt256(1));
}

base::Error WouldRevert(const base::Error& error) {
    return base::FailedPrecondition("would_revert",
                                    "the contract refuses this call: " + UpstreamText(error))
        .With("upstream", UpstreamText(error));
}

// A token may answer false instead of reverting; an estimate does not show that.
base::Result<void> CheckTokenCall(const ChainParts& parts,
                                  const chain::Plan& plan,
                                  const Purse& purse,
                                  const Call& call) {
    const bool is_erc20 = purse.token && (TransferOf(plan) != nullptr ||
                                          std::holds_alternative<chain::Approve>(plan.action) ||
                                          std::holds_alternative<chain::Revoke>(plan.action));
    if (!is_erc20) {
        return {};
    }
    const auto answer = parts.node.Read(call, purse.from, "latest");
    if (!answer) {
        return IsRejected(answer.error()) ? WouldRevert(answer.error()) : answer.error();
    }
    if (!IsErc20Success(*answer)) {
        return base::FailedPrecondition("would_revert", "the token answers that it would fail");
    }
    return {};
}

// 21,000 only where no code runs: contracts and EIP-7702 accounts need an estimate, with a fifth
// on top because state moves until the transaction is mined.
base::Result<std::uint64_t> GasFor(const ChainParts& parts, const Purse& purse, const Call& call) {
    if (call.data.empty()) {
        BASE_ASSIGN_OR_RETURN(const bool has_code, parts.node.HasCode(call.to));
        if (!has_code) {
            return kPlainGas;
        }
    }
    const auto estimate = parts.node.EstimateGas(call, purse.from);
    if (!estimate) {
        return IsRejected(estimate.error()) ? WouldRevert(estimate.error()) : estimate.error();
    }
    if (*estimate < kPlainGas) {
        return BadAnswer("gas estimate");
    }
    if (*estimate > kGasMax) {
        return base::FailedPrecondition("would_revert",
                                        "the call needs more gas than a transaction may have");
    }
    return std::min(*estimate + (*estimate + 4) / 5, kGasMax);
}

// The amount that leaves after the fee has come out of it, where the mode says so.
UInt256 FinalAmount(const chain::Plan& plan, const Purse& purse, const UInt256& fee_max) {
    if (!FeeDecidesAmount(plan)) {
        return OrderedAmount(plan);
    }
    if (TransferOf(plan)->mode == chain::TransferMode::kSubtractFee) {
        return LessOrZero(OrderedAmount(plan), fee_max);
    }
    const UInt256 all = purse.token ? *purse.token : LessOrZero(purse.native, fee_max);
    return plan.amount_max ? std::min(all, *plan.amount_max) : all;
}

base::Result<void> CheckFunds(const ChainParts& parts,
                              const chain::Plan& plan,
                              const Purse& purse,
                              const chain::Quote& quote) {
    if (purse.token) {
        if (quote.amount > *purse.token) {
            return InsufficientFunds(plan.asset, quote.amount, *purse.token, *purse.token);
        }
        if (quote.fee_max > purse.native) {
            return InsufficientGas(parts, quote.fee_max, purse.native);
        }
        return {};
    }
    const bool pays_nobody = FeeDecidesAmount(plan) && quote.amount.IsZero();
    const UInt256 need = SumOrMax(pays_nobody ? UInt256(1) : quote.amount, quote.fee_max);
    if (pays_nobody || need > purse.native) {
        return InsufficientFunds(
            plan.asset, need, purse.native, LessOrZero(purse.native, quote.fee_max));
    }
    return {};
}

// Whether a transfer goes to a contract. For the native coin the gas tells: only where no code runs
// it is the plain figure.
base::Result<bool> PaysContract(const ChainParts& parts,
                                const chain::Plan& plan,
                                std::uint64_t gas) {
    const auto* transfer = TransferOf(plan);
    if (transfer == nullptr || plan.asset.IsNative()) {
        return transfer != nullptr && gas != kPlainGas;
    }
    BASE_ASSIGN_OR_RETURN(const Address to, Address::Parse(transfer->recipients.front().address));
    return parts.node.HasCode(to);
}

std::vector<std::string> Warnings(const chain::Plan& plan,
                                  const FeeMarket& market,
                                  bool pays_contract) {
    std::vector<std::string> warnings;
    if (market.capped) {
        warnings.emplace_back(
            "fee_capped: the node asks for far more than the recent median; the fee was held "
            "down and the payment may wait");
    }
    const auto* transfer = TransferOf(plan);
    if (transfer != nullptr && transfer->recipients.front().address == plan.from) {
        warnings.emplace_back("own_address: the recipient is the paying wallet itself");
    }
    if (pays_contract) {
        warnings.emplace_back(
            "contract_recipient: the recipient is a contract; what it cannot handle is lost");
    }
    return warnings;
}

// Gas of the plan's call. A plan that the wallet cannot pay is not tried; it gets a plain figure,
// so that the refusal can say what would be needed.
base::Result<std::uint64_t> TrialGas(const ChainParts& parts,
                                     const chain::Plan& plan,
                                     const Purse& purse) {
    const std::uint64_t plain = purse.token ? kTypicalCallGas : kPlainGas;
    const UInt256 trial = TrialAmount(plan, purse);
    if (trial.IsZero() && FeeDecidesAmount(plan)) {
        return plain;
    }
    BASE_ASSIGN_OR_RETURN(const Call call, EncodeAction(plan, trial, parts.contracts));
    if (trial > purse.OfAsset()) {
        return plain;
    }
    BASE_RETURN_IF_ERROR(CheckTokenCall(parts, plan, purse, call));
    return GasFor(parts, purse, call);
}

}  // namespace

base::Result<chain::Quote> EvmChain::Price(const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(const Purse purse, ReadPurse(*parts_, plan));
    Terms terms;
    BASE_ASSIGN_OR_RETURN(terms.gas, TrialGas(*parts_, plan, purse));
    BASE_ASSIGN_OR_RETURN(const FeeMarket market, parts_->Market());
    const FeeLimit limit{terms.gas, std::min(plan.fee_cap, parts_->params.common.fee_ceiling)};
    BASE_ASSIGN_OR_RETURN(terms.figures, ChooseFigures(plan.fee, market, limit, parts_->params));
    chain::Quote quote;
    const UInt256 gas(terms.gas);
    BASE_ASSIGN_OR_RETURN(quote.fee_max, money::CheckedMul(gas, HighestPrice(terms.figures)));
    BASE_ASSIGN_OR_RETURN(quote.fee_expected,
                          money::CheckedMul(gas, ExpectedPrice(terms.figures, market)));
    quote.amount = FinalAmount(plan, purse, quote.fee_max);
    BASE_RETURN_IF_ERROR(CheckFunds(*parts_, plan, purse, quote));
    BASE_ASSIGN_OR_RETURN(const Call call, EncodeAction(plan, quote.amount, parts_->contracts));
    quote.native_value = call.value;
    quote.terms = WriteTerms(terms);
    BASE_ASSIGN_OR_RETURN(const bool pays_contract, PaysContract(*parts_, plan, terms.gas));
    quote.warnings = Warnings(plan, market, pays_contract);
    return quote;
}

}  // namespace evm
