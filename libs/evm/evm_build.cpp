// Unsigned transactions: first attempts, replacements, fills; and the check of signed ones.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/hex.h"
#include "evm/chain_parts.h"
#include "evm/evm_chain.h"
#include "evm/terms.h"
#include "evm/transaction.h"

namespace evm {

namespace {

using money::UInt256;

base::Result<chain::Unsigned> Pack(const Transaction& transaction) {
    chain::Unsigned result;
    BASE_ASSIGN_OR_RETURN(result.payload, EncodeUnsigned(transaction));
    BASE_ASSIGN_OR_RETURN(result.fee_max, MaxFee(transaction));
    result.terms = WriteTerms({transaction.gas_limit, FiguresOf(transaction)});
    return result;
}

Transaction MakeTransaction(const ChainParts& parts, const Call& call, const Terms& terms) {
    Transaction transaction;
    transaction.chain_id = parts.params.chain_id;
    transaction.gas_limit = terms.gas;
    transaction.to = call.to;
    transaction.value = call.value;
    transaction.data = call.data;
    Apply(terms.figures, transaction);
    return transaction;
}

// Gas of 0 to self. An account with EIP-7702 code runs it.
base::Result<std::uint64_t> SelfCallGas(const ChainParts& parts, const Address& self) {
    BASE_ASSIGN_OR_RETURN(const bool has_code, parts.node.HasCode(self));
    if (!has_code) {
        return kPlainGas;
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t gas, parts.node.EstimateGas(SelfCall(self), self));
    const std::uint64_t bounded = std::min(gas, std::uint64_t{1000000});
    return bounded + bounded / 5;
}

// Modes in which recipient and fee share one sum.
bool FeeComesOutOfValue(const chain::Plan& plan) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    return transfer != nullptr && plan.asset.IsNative() &&
           transfer->mode != chain::TransferMode::kExact;
}

base::Result<UInt256> ReducedValue(const Transaction& transaction, const UInt256& fee_before) {
    BASE_ASSIGN_OR_RETURN(const UInt256 fee, MaxFee(transaction));
    BASE_ASSIGN_OR_RETURN(const UInt256 sum, money::CheckedAdd(transaction.value, fee_before));
    const auto value = money::CheckedSub(sum, fee);
    if (!value || value->IsZero()) {
        return base::FailedPrecondition("insufficient_funds",
                                        "the higher fee leaves nothing for the recipient");
    }
    return *value;
}

}  // namespace

base::Result<chain::Unsigned> EvmChain::Build(const chain::Plan& plan,
                                              const chain::Quote& quote,
                                              const chain::Slot& slot) const {
    if (!slot.nonce) {
        return base::Internal("a transaction of this chain needs a nonce");
    }
    BASE_ASSIGN_OR_RETURN(const Terms terms, ReadTerms(quote.terms));
    BASE_ASSIGN_OR_RETURN(const Call call, EncodeAction(plan, quote.amount, parts_->contracts));
    Transaction transaction = MakeTransaction(*parts_, call, terms);
    transaction.nonce = *slot.nonce;
    // The signer's own check: a transaction that it would refuse is not even stored.
    BASE_RETURN_IF_ERROR(CheckAgainstPlan(transaction, plan, parts_->contracts, parts_->params));
    return Pack(transaction);
}

base::Result<chain::Unsigned> EvmChain::Bump(const chain::Plan& plan,
                                             chain::AttemptKind kind,
                                             const chain::Unsigned& previous) {
    BASE_ASSIGN_OR_RETURN(Transaction transaction, DecodeUnsigned(previous.payload));
    const GasFigures before = FiguresOf(transaction);
    if (kind == chain::AttemptKind::kCancel) {
        BASE_ASSIGN_OR_RETURN(const Address self, Address::Parse(plan.from));
        BASE_ASSIGN_OR_RETURN(transaction.gas_limit, SelfCallGas(*parts_, self));
        const Call call = SelfCall(self);
        transaction.to = call.to;
        transaction.value = call.value;
        transaction.data = call.data;
    }
    BASE_ASSIGN_OR_RETURN(const FeeMarket market, parts_->Market());
    const FeeLimit limit{transaction.gas_limit,
                         std::min(plan.fee_cap, parts_->params.common.fee_ceiling)};
    BASE_ASSIGN_OR_RETURN(const GasFigures figures,
                          BumpFigures(before, plan.fee, market, limit, parts_->params));
    BASE_ASSIGN_OR_RETURN(const UInt256 fee_before, MaxFee(transaction));
    Apply(figures, transaction);
    if (FeeComesOutOfValue(plan) && !transaction.value.IsZero()) {
        BASE_ASSIGN_OR_RETURN(transaction.value, ReducedValue(transaction, fee_before));
    }
    return Pack(transaction);
}

base::Result<chain::Unsigned> EvmChain::Fill(const std::string& from, std::uint64_t nonce) {
    BASE_ASSIGN_OR_RETURN(const Address self, Address::Parse(from));
    Terms terms;
    BASE_ASSIGN_OR_RETURN(terms.gas, SelfCallGas(*parts_, self));
    BASE_ASSIGN_OR_RETURN(const FeeMarket market, parts_->Market());
    const FeeLimit limit{terms.gas, parts_->params.common.fee_ceiling};
    BASE_ASSIGN_OR_RETURN(terms.figures,
                          ChooseFigures(chain::FeeWish{}, market, limit, parts_->params));
    Transaction transaction = MakeTransaction(*parts_, SelfCall(self), terms);
    transaction.nonce = nonce;
    return Pack(transaction);
}

base::Result<chain::Signed> EvmChain::Inspect(base::ByteView signed_tx,
                                              base::ByteView unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(SignedTransaction decoded, DecodeSigned(signed_tx));
    if (decoded.transaction.chain_id != parts_->params.chain_id) {
        return base::FailedPrecondition("wrong_network", "the transaction is of another chain");
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, EncodeUnsigned(decoded.transaction));
    if (!base::Equal(payload, unsigned_tx)) {
        return base::FailedPrecondition("tx_mismatch",
                                        "the signed transaction is not the one asked for");
    }
    return chain::Signed{std::move(decoded.raw), base::HexEncodePrefixed(decoded.hash)};
}

}  // namespace evm
