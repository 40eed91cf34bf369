#include "signer/evm_rules.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <variant>

#include "chain/types.h"
#include "evm/action.h"
#include "evm/address.h"
#include "evm/params.h"
#include "money/uint256.h"
#include "orders/order_plan.h"

namespace signer {

namespace {

using money::UInt256;

// Selector and two words.
constexpr std::size_t kTransferCallSize = 4 + 32 + 32;

base::Error Mismatch(std::string_view reason, std::string detail) {
    return base::PermissionDenied(reason, std::move(detail));
}

base::Result<evm::Contracts> ContractsOf(const evm::Params& params,
                                         std::span<const AllowedContract> allow_list) {
    evm::Contracts contracts;
    contracts.wrapped_native = params.wrapped_native;
    for (const AllowedContract& allowed : allow_list) {
        if (allowed.network == params.common.network) {
            BASE_ASSIGN_OR_RETURN(const auto router, evm::Address::Parse(allowed.router));
            contracts.routers.emplace(allowed.protocol, router);
        }
    }
    return contracts;
}

// An allowance can empty a wallet: only spenders of the allow list get one. Taking one back is
// always allowed.
base::Result<> CheckSpender(const chain::Plan& plan, std::span<const AllowedContract> allow_list) {
    const auto* approve = std::get_if<chain::Approve>(&plan.action);
    if (approve == nullptr) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const auto spender, evm::Address::Parse(approve->spender));
    const bool allowed =
        std::any_of(allow_list.begin(), allow_list.end(), [&](const AllowedContract& entry) {
            return entry.network == plan.asset.network && entry.spender == spender.ToString();
        });
    if (!allowed) {
        return Mismatch("spender_not_allowed", "no approval may name " + spender.ToString());
    }
    return {};
}

base::Result<> CheckDeadline(const chain::Plan& plan, base::Time now) {
    const auto* swap = std::get_if<chain::Swap>(&plan.action);
    if (swap != nullptr && now >= swap->deadline) {
        return base::FailedPrecondition("swap_expired", "the swap's deadline has passed");
    }
    return {};
}

bool IsAll(const chain::Plan& plan) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    return transfer != nullptr && transfer->mode == chain::TransferMode::kAll;
}

// What a transfer pays out: the value, or the last argument of transfer(address,uint256).
base::Result<UInt256> PaidAmount(const evm::Transaction& transaction, const chain::Plan& plan) {
    if (plan.asset.IsNative()) {
        return transaction.value;
    }
    if (transaction.data.size() != kTransferCallSize) {
        return Mismatch("tx_mismatch", "the call is not a token transfer");
    }
    return UInt256::FromBigEndian(base::ByteView(transaction.data).last(32));
}

// Mode ALL names no amount, so the first attempt may pay at most what was authorised.
base::Result<> CheckAllAmount(const evm::Transaction& transaction,
                              const chain::Plan& plan,
                              const std::string& amount_max) {
    if (!IsAll(plan)) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(const UInt256 limit, UInt256::Parse(amount_max));
    BASE_ASSIGN_OR_RETURN(const UInt256 paid, PaidAmount(transaction, plan));
    if (paid > limit) {
        return Mismatch("tx_mismatch", "the transaction pays more than was authorised");
    }
    return {};
}

// A later attempt of mode ALL moves what the first one moved: a token's amount stays, the native
// value falls by exactly what the fee rises.
base::Result<> CheckAllAgainstFirst(const evm::Transaction& transaction,
                                    const evm::Transaction& first,
                                    const chain::Plan& plan) {
    if (!IsAll(plan)) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(UInt256 now, PaidAmount(transaction, plan));
    BASE_ASSIGN_OR_RETURN(UInt256 before, PaidAmount(first, plan));
    if (plan.asset.IsNative()) {
        BASE_ASSIGN_OR_RETURN(const UInt256 fee, evm::MaxFee(transaction));
        BASE_ASSIGN_OR_RETURN(const UInt256 first_fee, evm::MaxFee(first));
        BASE_ASSIGN_OR_RETURN(now, money::CheckedAdd(now, fee));
        BASE_ASSIGN_OR_RETURN(before, money::CheckedAdd(before, first_fee));
    }
    if (now != before) {
        return Mismatch("tx_mismatch", "amount and fee do not add up to the first attempt's");
    }
    return {};
}

struct Ground {
    evm::Params params;
    evm::Contracts contracts;
    evm::Address self;
    chain::Plan plan;  // of the payment
};

base::Result<Ground> GroundOf(const EvmCase& attempt, const EvmRules& rules) {
    Ground ground;
    BASE_ASSIGN_OR_RETURN(ground.params,
                          evm::ParamsOfNetwork(attempt.payment.network(), rules.mode));
    BASE_ASSIGN_OR_RETURN(ground.contracts, ContractsOf(ground.params, rules.allow_list));
    BASE_ASSIGN_OR_RETURN(ground.self, evm::Address::Parse(attempt.payment.from()));
    BASE_ASSIGN_OR_RETURN(ground.plan, orders::PlanOf(attempt.payment));
    return ground;
}

// The first attempt's bytes prove that this payment was signed in time, and fix its nonce.
base::Result<evm::Transaction> ReadFirst(const EvmCase& attempt, const Ground& ground) {
    BASE_ASSIGN_OR_RETURN(const evm::SignedTransaction first,
                          evm::DecodeSigned(attempt.first_signed_tx));
    if (first.from != ground.self) {
        return Mismatch("first_attempt_mismatch", "the first attempt is not signed by this wallet");
    }
    if (const auto agrees =
            evm::CheckAgainstPlan(first.transaction, ground.plan, ground.contracts, ground.params);
        !agrees) {
        return Mismatch("first_attempt_mismatch",
                        "the first attempt is of another order: " + agrees.error().detail);
    }
    return first.transaction;
}

}  // namespace

base::Result<evm::Transaction> CheckEvmAttempt(const EvmCase& attempt, const EvmRules& rules) {
    BASE_ASSIGN_OR_RETURN(const Ground ground, GroundOf(attempt, rules));
    BASE_ASSIGN_OR_RETURN(evm::Transaction transaction, evm::DecodeUnsigned(attempt.unsigned_tx));
    std::optional<evm::Transaction> first;
    if (!attempt.first_signed_tx.empty()) {
        BASE_ASSIGN_OR_RETURN(first, ReadFirst(attempt, ground));
        if (first->nonce != transaction.nonce) {
            return Mismatch("nonce_mismatch", "a later attempt has the nonce of the first");
        }
    } else if (orders::IsReplacement(attempt.order)) {
        return Mismatch("first_attempt_mismatch", "there is nothing to replace");
    }
    BASE_ASSIGN_OR_RETURN(const UInt256 fee_cap, UInt256::Parse(attempt.order.fee_cap()));
    if (attempt.order.has_cancel()) {
        BASE_RETURN_IF_ERROR(evm::CheckSelfCall(transaction, ground.self, fee_cap, ground.params));
        return transaction;
    }
    chain::Plan plan = ground.plan;
    plan.fee_cap = fee_cap;
    BASE_RETURN_IF_ERROR(evm::CheckAgainstPlan(transaction, plan, ground.contracts, ground.params));
    BASE_RETURN_IF_ERROR(CheckSpender(plan, rules.allow_list));
    BASE_RETURN_IF_ERROR(CheckDeadline(plan, rules.now));
    BASE_RETURN_IF_ERROR(first ? CheckAllAgainstFirst(transaction, *first, plan)
                               : CheckAllAmount(transaction, plan, attempt.amount_max));
    return transaction;
}

base::Result<evm::Transaction> CheckEvmFill(base::ByteView unsigned_tx,
                                            const std::string& from,
                                            const std::string& network,
                                            chain::Mode mode) {
    BASE_ASSIGN_OR_RETURN(const evm::Params params, evm::ParamsOfNetwork(network, mode));
    BASE_ASSIGN_OR_RETURN(const evm::Address self, evm::Address::Parse(from));
    BASE_ASSIGN_OR_RETURN(evm::Transaction transaction, evm::DecodeUnsigned(unsigned_tx));
    BASE_RETURN_IF_ERROR(evm::CheckSelfCall(transaction, self, params.common.fee_ceiling, params));
    return transaction;
}

}  // namespace signer
