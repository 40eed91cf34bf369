#include "api-gateway/flow/order.h"

#include <algorithm>

#include "auth/order.h"
#include "base/text.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;
namespace common = platform::common::v1;

constexpr std::uint64_t kCapFactor = 3;

// EVM addresses have a checksum form of letters alone; everywhere else the text itself is what the
// signer converts.
base::Result<std::string> RecipientOf(const PaymentPlan& plan) {
    if (plan.chain.info->family != chain::Family::kEvm) {
        return plan.wish.to;
    }
    if (plan.estimate.recipients_size() != 1 ||
        base::ToLower(plan.estimate.recipients(0).address()) != base::ToLower(plan.wish.to)) {
        return base::Internal("the estimate is for another recipient than was asked for");
    }
    return plan.estimate.recipients(0).address();
}

// A token given by its contract must come back as that contract.
base::Result<> CheckAsset(const PaymentPlan& plan) {
    const std::string& contract = plan.estimate.asset().contract();
    const bool native = plan.wish.token.empty();
    const bool named = plan.wish.token.starts_with("0x") || plan.wish.token.size() > 30;
    if (native != contract.empty() ||
        (named && base::ToLower(contract) != base::ToLower(plan.wish.token))) {
        return base::Internal("the estimate is for another asset than was asked for");
    }
    if (native && plan.estimate.asset().decimals() != plan.chain.native.decimals) {
        return base::Internal("the estimate has other decimals than the native coin");
    }
    return {};
}

}  // namespace

base::Result<money::UInt256> FeeCap(const std::optional<money::UInt256>& wish,
                                    const v1::EstimateTransferResponse& estimate) {
    BASE_ASSIGN_OR_RETURN(const auto fee, money::UInt256::Parse(estimate.fee()));
    BASE_ASSIGN_OR_RETURN(const auto worst, money::UInt256::Parse(estimate.fee_max()));
    BASE_ASSIGN_OR_RETURN(const auto ceiling, money::UInt256::Parse(estimate.fee_ceiling()));
    if (wish && *wish < fee) {
        return base::InvalidArgument(
                   "fee_too_low",
                   "fee_cap does not cover the estimated fee of " + estimate.fee() + " base units")
            .With("minimum_atomic", estimate.fee())
            .At("/fee_cap");
    }
    if (wish) {
        return std::min(*wish, ceiling);
    }
    const auto tripled = money::CheckedMul(fee, money::UInt256(kCapFactor));
    return std::min(std::max(tripled ? *tripled : ceiling, worst), ceiling);
}

base::Result<common::Order> MakeTransferOrder(const App& app,
                                              const PaymentPlan& plan,
                                              base::IntentId intent) {
    BASE_RETURN_IF_ERROR(CheckAsset(plan));
    common::Order order;
    order.set_deployment_id(app.config().deployment_id);
    order.set_network(plan.chain.network);
    order.set_intent_id(intent.ToString());
    order.set_user_id(plan.wallet.user_id());
    order.set_wallet_id(plan.wallet.wallet_id());
    order.set_from(plan.wallet.address());
    *order.mutable_asset() = plan.estimate.asset();
    BASE_ASSIGN_OR_RETURN(const auto cap, FeeCap(plan.wish.fee_cap, plan.estimate));
    order.set_fee_cap(cap.ToDecimal());
    if (!plan.wish.memo.empty()) {
        order.set_memo_hash(base::ToText(crypto::Sha256(base::AsBytes(plan.wish.memo))));
    }
    common::TransferAction& action = *order.mutable_transfer();
    action.set_mode(plan.wish.mode);
    action.set_accept_off_curve(plan.wish.accept_off_curve);
    common::Recipient& recipient = *action.add_recipients();
    BASE_ASSIGN_OR_RETURN(*recipient.mutable_address(), RecipientOf(plan));
    if (plan.wish.mode != common::TRANSFER_MODE_ALL) {
        BASE_ASSIGN_OR_RETURN(const auto units,
                              ReadAmount(plan.wish.amount, plan.estimate.asset().decimals()));
        recipient.set_amount(units.ToDecimal());
    }
    return order;
}

base::Result<v1::TransferRequest> MakeTransferRequest(const App& app,
                                                      const PaymentPlan& plan,
                                                      base::IntentId intent) {
    BASE_ASSIGN_OR_RETURN(common::Order order, MakeTransferOrder(app, plan, intent));
    v1::TransferRequest request;
    BASE_ASSIGN_OR_RETURN(*request.mutable_order(), Sign(app, std::move(order)));
    *request.mutable_fee() = plan.wish.fee;
    request.set_memo(plan.wish.memo);
    request.set_fee_estimate(plan.estimate.fee());
    return request;
}

common::Order OrderAbout(const App& app, const v1::TransferView& payment) {
    common::Order order;
    order.set_deployment_id(app.config().deployment_id);
    order.set_network(payment.network());
    order.set_intent_id(payment.id());
    order.set_user_id(payment.user_id());
    order.set_wallet_id(payment.wallet_id());
    order.set_from(payment.from());
    *order.mutable_asset() = payment.asset();
    return order;
}

common::Order MakeMessageOrder(const App& app, const platform::wallet::v1::Wallet& wallet) {
    common::Order order;
    order.set_deployment_id(app.config().deployment_id);
    order.set_network(wallet.network());
    order.set_intent_id(base::IntentId::Random().ToString());
    order.set_user_id(wallet.user_id());
    order.set_wallet_id(wallet.wallet_id());
    order.set_from(wallet.address());
    order.set_fee_cap("0");
    return order;
}

base::Result<common::SignedOrder> Sign(const App& app, common::Order order) {
    return auth::SignOrder(std::move(order), app.clock().Now(), app.config().order_signing_key);
}

}  // namespace gateway
