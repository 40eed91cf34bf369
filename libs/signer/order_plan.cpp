#include "signer/order_plan.h"

#include <chrono>
#include <cstdint>

#include "money/uint256.h"

namespace signer {

namespace {

namespace common = platform::common::v1;

constexpr std::int64_t kNanosPerMilli = 1'000'000;

base::Result<chain::TransferMode> ModeOf(common::TransferMode mode) {
    switch (mode) {
        case common::TRANSFER_MODE_EXACT:
            return chain::TransferMode::kExact;
        case common::TRANSFER_MODE_SUBTRACT_FEE:
            return chain::TransferMode::kSubtractFee;
        case common::TRANSFER_MODE_ALL:
            return chain::TransferMode::kAll;
        case common::TRANSFER_MODE_UNSPECIFIED:
        case common::TransferMode_INT_MIN_SENTINEL_DO_NOT_USE_:
        case common::TransferMode_INT_MAX_SENTINEL_DO_NOT_USE_:
            break;
    }
    return base::InvalidArgument("bad_order", "unknown transfer mode");
}

base::Result<chain::Action> ActionOf(const common::TransferAction& action) {
    chain::Transfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.mode, ModeOf(action.mode()));
    for (const common::Recipient& recipient : action.recipients()) {
        chain::Recipient& added = transfer.recipients.emplace_back();
        added.address = recipient.address();
        if (transfer.mode != chain::TransferMode::kAll) {
            BASE_ASSIGN_OR_RETURN(added.amount, money::UInt256::Parse(recipient.amount()));
        }
    }
    return chain::Action(std::move(transfer));
}

base::Result<chain::Action> ActionOf(const common::SwapAction& action) {
    chain::Swap swap;
    swap.protocol = action.protocol();
    for (const common::SwapHop& hop : action.hops()) {
        swap.hops.push_back({hop.token(), hop.fee()});
    }
    swap.native_in = action.native_in();
    swap.native_out = action.native_out();
    BASE_ASSIGN_OR_RETURN(swap.amount_in, money::UInt256::Parse(action.amount_in()));
    BASE_ASSIGN_OR_RETURN(swap.amount_out_min, money::UInt256::Parse(action.amount_out_min()));
    swap.deadline =
        base::Time(std::chrono::seconds(action.deadline().seconds()) +
                   std::chrono::milliseconds(action.deadline().nanos() / kNanosPerMilli));
    return chain::Action(std::move(swap));
}

base::Result<chain::Action> ActionOf(const common::Order& order) {
    switch (order.action_case()) {
        case common::Order::kTransfer:
            return ActionOf(order.transfer());
        case common::Order::kApprove: {
            BASE_ASSIGN_OR_RETURN(const auto amount,
                                  money::UInt256::Parse(order.approve().amount()));
            return chain::Action(chain::Approve{order.approve().spender(), amount});
        }
        case common::Order::kRevoke:
            return chain::Action(chain::Revoke{order.revoke().spender()});
        case common::Order::kSwap:
            return ActionOf(order.swap());
        case common::Order::kWrap: {
            BASE_ASSIGN_OR_RETURN(const auto amount, money::UInt256::Parse(order.wrap().amount()));
            return chain::Action(chain::Wrap{amount});
        }
        case common::Order::kUnwrap: {
            BASE_ASSIGN_OR_RETURN(const auto amount,
                                  money::UInt256::Parse(order.unwrap().amount()));
            return chain::Action(chain::Unwrap{amount});
        }
        case common::Order::kCpfp:
            return chain::Action(chain::Cpfp{order.cpfp().parent_tx_hash()});
        case common::Order::kSpeedUp:
        case common::Order::kCancel:
        case common::Order::kMessage:
        case common::Order::ACTION_NOT_SET:
            break;
    }
    return base::InvalidArgument("unsupported_action", "the order is not one of a payment");
}

}  // namespace

bool IsReplacement(const common::Order& order) {
    return order.has_speed_up() || order.has_cancel();
}

base::Result<chain::Plan> PlanOf(const common::Order& order) {
    chain::Plan plan;
    plan.from = order.from();
    plan.asset.network = order.network();
    plan.asset.contract = order.asset().contract();
    plan.asset.program = order.asset().program();
    plan.asset.symbol = order.asset().symbol();
    plan.asset.decimals = order.asset().decimals();
    BASE_ASSIGN_OR_RETURN(plan.fee_cap, money::UInt256::Parse(order.fee_cap()));
    BASE_ASSIGN_OR_RETURN(plan.action, ActionOf(order));
    return plan;
}

}  // namespace signer
