#include "orders/order_plan.h"

#include <utility>

#include "auth/proto_time.h"
#include "money/uint256.h"

namespace orders {

namespace {

namespace common = platform::common::v1;

base::Result<chain::Action> ActionOf(const common::TransferAction& action) {
    chain::Transfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.mode, ReadMode(action.mode()));
    transfer.accept_off_curve = action.accept_off_curve();
    for (const common::Recipient& recipient : action.recipients()) {
        chain::Recipient& added = transfer.recipients.emplace_back();
        added.address = recipient.address();
        BASE_ASSIGN_OR_RETURN(added.amount, ReadAmount(recipient.amount(), transfer.mode));
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
    swap.deadline = auth::FromTimestamp(action.deadline());
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

money::Asset ReadAsset(const common::Asset& asset, const std::string& network) {
    money::Asset read;
    read.network = network;
    read.contract = asset.contract();
    read.program = asset.program();
    read.symbol = asset.symbol();
    read.decimals = asset.decimals();
    return read;
}

base::Result<chain::TransferMode> ReadMode(common::TransferMode mode) {
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

base::Result<money::UInt256> ReadAmount(const std::string& units, chain::TransferMode mode) {
    if (mode == chain::TransferMode::kAll) {
        return money::UInt256();
    }
    return money::UInt256::Parse(units);
}

base::Result<chain::Plan> PlanOf(const common::Order& order) {
    chain::Plan plan;
    plan.from = order.from();
    plan.asset = ReadAsset(order.asset(), order.network());
    BASE_ASSIGN_OR_RETURN(plan.fee_cap, money::UInt256::Parse(order.fee_cap()));
    BASE_ASSIGN_OR_RETURN(plan.action, ActionOf(order));
    return plan;
}

}  // namespace orders
