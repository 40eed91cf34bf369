// Price: which coins would pay for a plan, and every reason why none can.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "money/amount.h"
#include "utxo/address.h"
#include "utxo/branch_id.h"
#include "utxo/fee.h"
#include "utxo/package.h"
#include "utxo/spendable.h"
#include "utxo/utxo_chain.h"

namespace utxo {

namespace {

using money::UInt256;

UInt256 TotalOf(const std::vector<Coin>& coins) {
    UInt256 total;
    for (const Coin& coin : coins) {
        const auto sum = money::CheckedAdd(total, UInt256(coin.output.amount));
        total = sum ? *sum : total;
    }
    return total;
}

base::Error Shortage(const chain::Plan& plan,
                     const base::Error& error,
                     const UInt256& need,
                     const Purse& purse) {
    const UInt256 have = TotalOf(purse.coins);
    const std::string unshielded =
        purse.unshielded == UInt256()
            ? ""
            : " and " + money::FormatAmount({purse.unshielded, plan.asset}) +
                  " of mining rewards, which this network wants shielded before they are spent";
    const auto available = error.metadata.find("available");
    const auto most = available == error.metadata.end() ? base::Result<UInt256>(UInt256())
                                                        : UInt256::Parse(available->second);
    const auto text = [&plan](const UInt256& amount) {
        return money::FormatDecimal(amount, plan.asset.decimals);
    };
    return base::FailedPrecondition("insufficient_funds",
                                    "this needs " + money::FormatAmount({need, plan.asset}) +
                                        " and its fee, the wallet has " +
                                        money::FormatAmount({have, plan.asset}) + unshielded)
        .With("need", text(need))
        .With("have", text(have))
        .With("send_at_most", text(most ? *most : UInt256()))
        .With("currency", plan.asset.symbol);
}

base::Result<std::vector<Output>> RecipientsOf(const chain::Transfer& transfer,
                                               const Params& params) {
    std::vector<Output> outputs;
    for (const chain::Recipient& recipient : transfer.recipients) {
        BASE_ASSIGN_OR_RETURN(const Address address,
                              params.format->ParseAddress(recipient.address, params.network));
        BASE_RETURN_IF_ERROR(CheckPayable(address));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t amount, recipient.amount.ToUint64());
        outputs.push_back({amount, address.script});
    }
    return outputs;
}

std::uint64_t CapOf(const chain::Plan& plan, const Params& params) {
    const auto cap = std::min(plan.fee_cap, params.common.fee_ceiling).ToUint64();
    return cap ? *cap : 0;
}

// Everything comes back: a cancel of what the first attempt would have spent, a cpfp.
SelectionRequest BackToSelf(SelectionRequest request) {
    request.recipients = {{0, request.change_script}};
    request.mode = chain::TransferMode::kAll;
    request.coins.clear();
    return request;
}

// What a selection starts from, whatever its coins are. A cpfp pays its one coin back to the
// wallet.
base::Result<SelectionRequest> RequestOf(const chain::Plan& plan, const Params& params) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    const bool cpfp = params.has_fee_market && std::holds_alternative<chain::Cpfp>(plan.action);
    if ((transfer == nullptr && !cpfp) || !plan.asset.IsNative()) {
        return base::InvalidArgument("unsupported_action", "this chain has no such action");
    }
    SelectionRequest request;
    BASE_ASSIGN_OR_RETURN(const Address own,
                          params.format->ParseAddress(plan.from, params.network));
    request.change_script = own.script;
    request.fee_max = CapOf(plan, params);
    if (transfer == nullptr) {
        return BackToSelf(std::move(request));
    }
    BASE_ASSIGN_OR_RETURN(request.recipients, RecipientsOf(*transfer, params));
    request.mode = transfer->mode;
    return request;
}

// The change of a payment that waits, to be spent once more. Errors: `no_change_output`.
base::Result<Coin> FindChange(const Purse& purse, const std::string& parent) {
    BASE_ASSIGN_OR_RETURN(const crypto::Hash256 hash, ParseTxHash(parent));
    for (const Coin& coin : purse.coins) {
        if (coin.prevout.tx_hash == hash) {
            return coin;
        }
    }
    return base::FailedPrecondition(
        "no_change_output",
        "this payment left no change that could pay for it: it has none, another payment spends it "
        "already, or it was replaced before");
}

std::vector<std::string> Warnings(const chain::Plan& plan) {
    std::vector<std::string> warnings;
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    if (transfer == nullptr) {
        return warnings;
    }
    for (const chain::Recipient& recipient : transfer->recipients) {
        if (recipient.address == plan.from) {
            warnings.emplace_back("own_address: the recipient is the paying wallet itself");
        }
    }
    return warnings;
}

base::Result<> CheckBumpWish(const TxFormat& format,
                             const SelectionRequest& request,
                             const Selection& chosen,
                             const chain::FeeWish& wish) {
    if (!std::holds_alternative<chain::UtxoFeeWish>(wish.figure)) {
        return {};
    }
    TxShape shape;
    for (const Coin& coin : chosen.coins) {
        shape.inputs.push_back(TypeOfScript(coin.output.script));
    }
    shape.outputs = chosen.recipients;
    if (chosen.change) {
        shape.outputs.push_back(*chosen.change);
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t wished,
                          format.Fee(shape, request.rate_milli_per_vbyte));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t relay, format.Fee(shape, kRelayRateMilli));
    if (wished < *request.replaced_fee + relay) {
        BASE_ASSIGN_OR_RETURN(const std::size_t weight, WeightOfShape(shape));
        const std::uint64_t rate =
            RateOfFee(*request.replaced_fee + relay, VirtualSize(weight)) / 1'000 + 1;
        return base::FailedPrecondition(
                   "fee_bump_too_small",
                   "a replacement pays at least " + std::to_string(rate) + " sat/vB here")
            .With("minimum", std::to_string(rate));
    }
    return {};
}

}  // namespace

base::Result<TxTerms> UtxoChain::NextTerms(std::uint64_t tip_height) const {
    const auto tip = static_cast<std::uint32_t>(tip_height);
    if (params_.has_fee_market) {
        return BitcoinTerms(tip);
    }
    BASE_ASSIGN_OR_RETURN(const NextRules rules, node_.ReadNextRules());
    BASE_RETURN_IF_ERROR(CheckBranchId(params_.network, tip + 1, rules.branch_id));
    return ZcashTerms(tip, rules.branch_id);
}

base::Result<> UtxoChain::PayForParent(const std::string& parent,
                                       const Purse& purse,
                                       SelectionRequest& request) const {
    BASE_ASSIGN_OR_RETURN(const auto landed, ledger_.FindTransaction(parent));
    if (landed) {
        return base::FailedPrecondition("already_confirmed", "the payment is in a block already");
    }
    BASE_ASSIGN_OR_RETURN(const Coin change, FindChange(purse, parent));
    BASE_ASSIGN_OR_RETURN(const Package parents, PackageOf(ledger_, *params_.format, parent));
    BASE_ASSIGN_OR_RETURN(
        const std::size_t weight,
        WeightOfShape({{TypeOfScript(change.output.script)}, request.recipients}));
    BASE_ASSIGN_OR_RETURN(request.rate_milli_per_vbyte,
                          RateOfChild(parents, VirtualSize(weight), request.rate_milli_per_vbyte));
    request.required = {change};
    return {};
}

base::Result<chain::Quote> UtxoChain::Price(const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(SelectionRequest request, RequestOf(plan, params_));
    BASE_ASSIGN_OR_RETURN(request.rate_milli_per_vbyte, RateOf(plan.fee));
    BASE_ASSIGN_OR_RETURN(const Purse purse, ReadPurse(ledger_, params_, plan.from));
    const auto* cpfp = std::get_if<chain::Cpfp>(&plan.action);
    if (cpfp != nullptr) {
        BASE_RETURN_IF_ERROR(PayForParent(cpfp->parent_tx_hash, purse, request));
    } else {
        request.coins = purse.coins;
    }
    const auto chosen = SelectCoins(*params_.format, request);
    if (!chosen) {
        const std::string& reason = chosen.error().reason;
        if (cpfp != nullptr || (reason != "insufficient_funds" && reason != "no_utxos")) {
            return chosen.error();
        }
        BASE_ASSIGN_OR_RETURN(const std::uint64_t ordered, TotalAmount(request.recipients));
        const UInt256 need(ordered);
        if (purse.left > TotalOf(purse.coins) && purse.left > need) {
            return base::Unavailable("coins_locked",
                                     "the coins serve payments under way; their change will do");
        }
        return Shortage(plan, chosen.error(), need, purse);
    }
    BASE_ASSIGN_OR_RETURN(const TxTerms terms, NextTerms(purse.tip_height));
    BASE_ASSIGN_OR_RETURN(chain::Unsigned made, Pack(*chosen, terms));
    chain::Quote quote;
    if (cpfp == nullptr) {
        BASE_ASSIGN_OR_RETURN(const std::uint64_t paid, TotalAmount(chosen->recipients));
        quote.amount = UInt256(paid);
    }
    quote.native_value = quote.amount;
    quote.fee_expected = made.fee_max;
    quote.fee_max = made.fee_max;
    quote.terms = std::move(made.terms);
    quote.coins = std::move(made.coins);
    quote.warnings = Warnings(plan);
    return quote;
}

base::Result<chain::Unsigned> UtxoChain::Bump(const chain::Plan& plan,
                                              chain::AttemptKind kind,
                                              const chain::Unsigned& previous) {
    if (!params_.common.replaceable) {
        return base::FailedPrecondition("not_replaceable",
                                        "this network does not replace a transaction");
    }
    BASE_ASSIGN_OR_RETURN(const UnsignedTx before,
                          params_.format->DecodeUnsigned(previous.payload));
    BASE_ASSIGN_OR_RETURN(SelectionRequest request, RequestOf(plan, params_));
    BASE_ASSIGN_OR_RETURN(request.rate_milli_per_vbyte, RateOf(plan.fee));
    BASE_ASSIGN_OR_RETURN(request.replaced_fee, FeeOf(before));
    for (std::size_t i = 0; i < before.inputs.size(); ++i) {
        request.required.push_back({before.transaction.inputs[i].prevout,
                                    before.inputs[i].spent,
                                    before.inputs[i].key.place});
    }
    if (request.mode == chain::TransferMode::kExact) {
        // BIP-125, rule 2: a replacement brings no unconfirmed inputs of its own.
        BASE_ASSIGN_OR_RETURN(Purse purse, ReadPurse(ledger_, params_, plan.from));
        request.coins = std::move(purse.confirmed);
    }
    if (kind == chain::AttemptKind::kCancel) {
        request = BackToSelf(std::move(request));
    }
    BASE_ASSIGN_OR_RETURN(const Selection chosen, SelectCoins(*params_.format, request));
    BASE_RETURN_IF_ERROR(CheckBumpWish(*params_.format, request, chosen, plan.fee));
    TxTerms terms;
    terms.version = before.transaction.version;
    terms.locktime = before.transaction.locktime;
    terms.sequence = before.transaction.inputs.front().sequence;
    return Pack(chosen, terms);
}

}  // namespace utxo
