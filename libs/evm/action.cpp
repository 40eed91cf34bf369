#include "evm/action.h"

#include <string_view>
#include <variant>

#include "evm/erc20.h"
#include "evm/swap_call.h"

namespace evm {

namespace {

using money::UInt256;

base::Error BadOrder(std::string detail) {
    return base::InvalidArgument("bad_order", std::move(detail));
}

base::Error Mismatch(std::string detail) {
    return base::FailedPrecondition("tx_mismatch", std::move(detail));
}

base::Result<Address> TokenOf(const chain::Plan& plan) {
    if (plan.asset.IsNative()) {
        return BadOrder("the native coin has no contract to call");
    }
    return Address::Parse(plan.asset.contract);
}

base::Result<const chain::Recipient*> OnlyRecipient(const chain::Transfer& transfer) {
    if (transfer.recipients.size() != 1) {
        return BadOrder("a transfer on this chain has exactly one recipient");
    }
    return &transfer.recipients.front();
}

base::Result<void> CheckAmount(const chain::Plan& plan,
                               const chain::Transfer& transfer,
                               const UInt256& amount) {
    if (amount.IsZero()) {
        return BadOrder("an amount of 0 pays nobody");
    }
    const UInt256& ordered = transfer.recipients.front().amount;
    switch (transfer.mode) {
        case chain::TransferMode::kExact:
            return amount == ordered ? base::Result<void>()
                                     : BadOrder("the amount is not the ordered one");
        case chain::TransferMode::kSubtractFee:
            if (!plan.asset.IsNative()) {
                return BadOrder(
                    "the fee of a token transfer is paid in the native coin and cannot "
                    "come out of the amount");
            }
            return amount < ordered ? base::Result<void>()
                                    : BadOrder("the amount leaves nothing for the fee");
        case chain::TransferMode::kAll:
            return {};
    }
    return BadOrder("unknown transfer mode");
}

base::Result<Call> EncodeTransfer(const chain::Plan& plan,
                                  const chain::Transfer& transfer,
                                  const UInt256& amount) {
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, OnlyRecipient(transfer));
    BASE_ASSIGN_OR_RETURN(const Address to, Address::Parse(recipient->address));
    if (to.IsZero()) {
        return base::InvalidArgument("bad_address", "nobody owns the zero address");
    }
    BASE_RETURN_IF_ERROR(CheckAmount(plan, transfer, amount));
    if (plan.asset.IsNative()) {
        return Call{to, amount, {}};
    }
    BASE_ASSIGN_OR_RETURN(const Address token, TokenOf(plan));
    if (to == token) {
        return base::InvalidArgument("bad_address",
                                     "a token sent to its own contract is lost for good");
    }
    return Call{token, UInt256(), EncodeErc20Transfer(to, amount)};
}

base::Result<Call> EncodeApproval(const chain::Plan& plan,
                                  std::string_view spender_text,
                                  const UInt256& amount) {
    BASE_ASSIGN_OR_RETURN(const Address token, TokenOf(plan));
    BASE_ASSIGN_OR_RETURN(const Address spender, Address::Parse(spender_text));
    if (spender.IsZero()) {
        return base::InvalidArgument("bad_address", "nobody owns the zero address");
    }
    return Call{token, UInt256(), EncodeErc20Approve(spender, amount)};
}

base::Result<Address> WrappedNative(const Contracts& contracts) {
    if (!contracts.wrapped_native) {
        return base::FailedPrecondition("unsupported_action",
                                        "this network has no wrapped native coin configured");
    }
    return *contracts.wrapped_native;
}

base::Result<Call> EncodeWrap(const chain::Plan& plan,
                              const chain::Wrap& wrap,
                              const Contracts& contracts) {
    BASE_ASSIGN_OR_RETURN(const Address wrapped, WrappedNative(contracts));
    if (!plan.asset.IsNative() || wrap.amount.IsZero()) {
        return BadOrder("only an amount of the native coin can be wrapped");
    }
    return Call{wrapped, wrap.amount, EncodeWrapDeposit()};
}

base::Result<Call> EncodeUnwrap(const chain::Plan& plan,
                                const chain::Unwrap& unwrap,
                                const Contracts& contracts) {
    BASE_ASSIGN_OR_RETURN(const Address wrapped, WrappedNative(contracts));
    BASE_ASSIGN_OR_RETURN(const Address token, TokenOf(plan));
    if (token != wrapped || unwrap.amount.IsZero()) {
        return BadOrder("only an amount of the wrapped native coin can be unwrapped");
    }
    return Call{wrapped, UInt256(), EncodeWrapWithdraw(unwrap.amount)};
}

// The transfer's amount as the transaction itself states it, for the modes where the fee decides.
base::Result<UInt256> StatedAmount(const Transaction& transaction,
                                   const chain::Plan& plan,
                                   const chain::Transfer& transfer) {
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, OnlyRecipient(transfer));
    if (transfer.mode == chain::TransferMode::kExact) {
        return recipient->amount;
    }
    if (plan.asset.IsNative()) {
        return transaction.value;
    }
    const auto call = DecodeErc20Call(transaction.data);
    return call ? call->amount : UInt256();
}

base::Result<void> CheckSubtractedFee(const Transaction& transaction,
                                      const chain::Transfer& transfer) {
    if (transfer.mode != chain::TransferMode::kSubtractFee) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const UInt256 fee, MaxFee(transaction));
    const auto sum = money::CheckedAdd(transaction.value, fee);
    if (!sum || *sum != transfer.recipients.front().amount) {
        return Mismatch("value and highest fee together are not the ordered amount");
    }
    return {};
}

// What holds for every transaction a wallet signs.
base::Result<void> CheckFrame(const Transaction& transaction,
                              const UInt256& fee_cap,
                              const Params& params) {
    if (transaction.type == TxType::kAccessList || !transaction.access_list.empty()) {
        return Mismatch("an access list was not ordered");
    }
    if (transaction.chain_id != params.chain_id) {
        return Mismatch("the transaction is of another chain");
    }
    BASE_RETURN_IF_ERROR(CheckTransaction(transaction));
    BASE_ASSIGN_OR_RETURN(const UInt256 fee, MaxFee(transaction));
    if (fee > fee_cap || fee > params.common.fee_ceiling) {
        return base::FailedPrecondition("fee_cap_exceeded",
                                        "the transaction may cost more than was allowed");
    }
    return {};
}

base::Result<void> CheckCall(const Transaction& transaction, const Call& call) {
    if (transaction.to != call.to || transaction.value != call.value ||
        transaction.data != call.data) {
        return Mismatch("recipient, value or data are not the ordered ones");
    }
    return {};
}

}  // namespace

base::Result<Call> EncodeAction(const chain::Plan& plan,
                                const UInt256& amount,
                                const Contracts& contracts) {
    if (const auto* transfer = std::get_if<chain::Transfer>(&plan.action)) {
        return EncodeTransfer(plan, *transfer, amount);
    }
    if (const auto* approve = std::get_if<chain::Approve>(&plan.action)) {
        return EncodeApproval(plan, approve->spender, approve->amount);
    }
    if (const auto* revoke = std::get_if<chain::Revoke>(&plan.action)) {
        return EncodeApproval(plan, revoke->spender, UInt256());
    }
    if (const auto* swap = std::get_if<chain::Swap>(&plan.action)) {
        return EncodeSwap(plan, *swap, contracts);
    }
    if (const auto* wrap = std::get_if<chain::Wrap>(&plan.action)) {
        return EncodeWrap(plan, *wrap, contracts);
    }
    if (const auto* unwrap = std::get_if<chain::Unwrap>(&plan.action)) {
        return EncodeUnwrap(plan, *unwrap, contracts);
    }
    return base::InvalidArgument("unsupported_action", "this chain has no such action");
}

Call SelfCall(const Address& self) {
    return Call{self, UInt256(), {}};
}

base::Result<void> CheckAgainstPlan(const Transaction& transaction,
                                    const chain::Plan& plan,
                                    const Contracts& contracts,
                                    const Params& params) {
    BASE_RETURN_IF_ERROR(CheckFrame(transaction, plan.fee_cap, params));
    UInt256 amount;
    if (const auto* transfer = std::get_if<chain::Transfer>(&plan.action)) {
        BASE_ASSIGN_OR_RETURN(amount, StatedAmount(transaction, plan, *transfer));
        BASE_RETURN_IF_ERROR(CheckSubtractedFee(transaction, *transfer));
    }
    BASE_ASSIGN_OR_RETURN(const Call call, EncodeAction(plan, amount, contracts));
    return CheckCall(transaction, call);
}

base::Result<void> CheckSelfCall(const Transaction& transaction,
                                 const Address& self,
                                 const UInt256& fee_cap,
                                 const Params& params) {
    BASE_RETURN_IF_ERROR(CheckFrame(transaction, fee_cap, params));
    return CheckCall(transaction, SelfCall(self));
}

}  // namespace evm
