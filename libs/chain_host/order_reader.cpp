#include "chain_host/order_reader.h"

#include "crypto/hash.h"
#include "orders/order_plan.h"

namespace chain_host {

namespace {

namespace chain_v1 = platform::chain::v1;
namespace common_v1 = platform::common::v1;

base::Error BadOrder(std::string detail) {
    return base::InvalidArgument("bad_order", std::move(detail));
}

base::Result<std::optional<money::UInt256>> ReadOptional(const std::string& decimal) {
    if (decimal.empty()) {
        return std::optional<money::UInt256>();
    }
    BASE_ASSIGN_OR_RETURN(const auto units, money::UInt256::Parse(decimal));
    return std::optional(units);
}

base::Result<> CheckMemo(const common_v1::Order& order, const std::string& memo) {
    const crypto::Hash256 hash = crypto::Sha256(base::AsBytes(memo));
    const bool fits = memo.empty() ? order.memo_hash().empty()
                                   : base::Equal(base::AsBytes(order.memo_hash()), hash);
    return fits ? base::Result<>() : BadOrder("the memo is not the one of the order");
}

transfer::SignedOrder BytesOf(const common_v1::SignedOrder& order) {
    return {base::ToBytes(base::AsBytes(order.order())),
            base::ToBytes(base::AsBytes(order.signature()))};
}

base::Result<transfer::NewIntent> IntentOf(const common_v1::Order& order, const std::string& memo) {
    if (orders::IsReplacement(order)) {
        return BadOrder("the order is not one of a payment");
    }
    BASE_RETURN_IF_ERROR(CheckMemo(order, memo));
    transfer::NewIntent intent;
    BASE_ASSIGN_OR_RETURN(intent.id, base::IntentId::Parse(order.intent_id()));
    if (!order.parent_id().empty()) {
        BASE_ASSIGN_OR_RETURN(intent.parent, base::IntentId::Parse(order.parent_id()));
    }
    BASE_ASSIGN_OR_RETURN(intent.user, base::UserId::Parse(order.user_id()));
    BASE_ASSIGN_OR_RETURN(intent.wallet, base::WalletId::Parse(order.wallet_id()));
    intent.issued = auth::IssuedAt(order);
    intent.expires = auth::ExpiresAt(order);
    intent.approved = !order.approval_digest().empty();
    intent.parameters_digest = auth::ApprovalDigest(order);
    BASE_ASSIGN_OR_RETURN(intent.plan, orders::PlanOf(order));
    intent.plan.memo = memo;
    return intent;
}

}  // namespace

base::Result<chain::FeeWish> ReadFee(const chain_v1::FeePreference& preference) {
    chain::FeeWish wish;
    if (preference.speed() == chain_v1::FeePreference::SPEED_SLOW) {
        wish.speed = chain::Speed::kSlow;
    } else if (preference.speed() == chain_v1::FeePreference::SPEED_FAST) {
        wish.speed = chain::Speed::kFast;
    }
    switch (preference.figure_case()) {
        case chain_v1::FeePreference::kEvm: {
            chain::EvmFeeWish evm;
            BASE_ASSIGN_OR_RETURN(evm.gas_price, ReadOptional(preference.evm().gas_price()));
            BASE_ASSIGN_OR_RETURN(evm.max_fee_per_gas,
                                  ReadOptional(preference.evm().max_fee_per_gas()));
            BASE_ASSIGN_OR_RETURN(evm.max_priority_fee_per_gas,
                                  ReadOptional(preference.evm().max_priority_fee_per_gas()));
            if (evm.gas_price || evm.max_fee_per_gas || evm.max_priority_fee_per_gas) {
                wish.figure = evm;
            }
            break;
        }
        case chain_v1::FeePreference::kUtxo:
            wish.figure = chain::UtxoFeeWish{preference.utxo().rate_milli_per_vbyte()};
            break;
        case chain_v1::FeePreference::kSolana:
            wish.figure = chain::SolanaFeeWish{preference.solana().compute_unit_price()};
            break;
        case chain_v1::FeePreference::FIGURE_NOT_SET:
            break;
    }
    return wish;
}

base::Result<transfer::NewIntent> ReadTransfer(const chain_v1::TransferRequest& request,
                                               const auth::OrderTrust& trust) {
    BASE_ASSIGN_OR_RETURN(const auto order, auth::VerifyOrder(request.order(), trust));
    BASE_ASSIGN_OR_RETURN(auto intent, IntentOf(order, request.memo()));
    intent.order = BytesOf(request.order());
    BASE_ASSIGN_OR_RETURN(intent.plan.fee, ReadFee(request.fee()));
    BASE_ASSIGN_OR_RETURN(intent.fee_estimate, ReadOptional(request.fee_estimate()));
    return intent;
}

base::Result<transfer::NewIntent> ReadStoredOrder(const transfer::SignedOrder& stored,
                                                  const std::string& memo) {
    common_v1::Order order;
    if (!order.ParseFromArray(stored.order.data(), static_cast<int>(stored.order.size()))) {
        return BadOrder("the stored order does not parse");
    }
    BASE_ASSIGN_OR_RETURN(auto intent, IntentOf(order, memo));
    intent.order = stored;
    return intent;
}

base::Result<transfer::Replacement> ReadReplacement(const ReplacementRequest& request,
                                                    const auth::OrderTrust& trust) {
    BASE_ASSIGN_OR_RETURN(const auto order, auth::VerifyOrder(request.order, trust));
    const bool fits = request.kind == chain::AttemptKind::kCancel
                          ? order.action_case() == common_v1::Order::kCancel
                          : order.action_case() == common_v1::Order::kSpeedUp;
    if (!fits) {
        return BadOrder("the order's action is not the one that was called");
    }
    transfer::Replacement replacement;
    BASE_ASSIGN_OR_RETURN(replacement.intent, base::IntentId::Parse(order.intent_id()));
    BASE_ASSIGN_OR_RETURN(replacement.user, base::UserId::Parse(order.user_id()));
    BASE_ASSIGN_OR_RETURN(replacement.wallet, base::WalletId::Parse(order.wallet_id()));
    replacement.kind = request.kind;
    replacement.order = BytesOf(request.order);
    replacement.expires = auth::ExpiresAt(order);
    BASE_ASSIGN_OR_RETURN(replacement.fee_cap, money::UInt256::Parse(order.fee_cap()));
    BASE_ASSIGN_OR_RETURN(replacement.fee, ReadFee(request.fee));
    return replacement;
}

}  // namespace chain_host
