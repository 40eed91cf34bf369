#include "chain_host/order_reader.h"

#include <chrono>

#include "crypto/hash.h"

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

base::Time TimeOf(const google::protobuf::Timestamp& time) {
    return base::Time(std::chrono::seconds(time.seconds()) +
                      std::chrono::milliseconds(time.nanos() / 1'000'000));
}

base::Result<chain::Action> TransferOf(const common_v1::TransferAction& action) {
    chain::Transfer transfer;
    BASE_ASSIGN_OR_RETURN(transfer.mode, ReadMode(action.mode()));
    for (const common_v1::Recipient& recipient : action.recipients()) {
        chain::Recipient to;
        to.address = recipient.address();
        BASE_ASSIGN_OR_RETURN(to.amount, ReadUnits(recipient.amount()));
        transfer.recipients.push_back(std::move(to));
    }
    return chain::Action(std::move(transfer));
}

base::Result<chain::Action> SwapOf(const common_v1::SwapAction& action) {
    chain::Swap swap;
    swap.protocol = action.protocol();
    for (const common_v1::SwapHop& hop : action.hops()) {
        swap.hops.push_back({hop.token(), hop.fee()});
    }
    swap.native_in = action.native_in();
    swap.native_out = action.native_out();
    BASE_ASSIGN_OR_RETURN(swap.amount_in, ReadUnits(action.amount_in()));
    BASE_ASSIGN_OR_RETURN(swap.amount_out_min, ReadUnits(action.amount_out_min()));
    swap.deadline = TimeOf(action.deadline());
    return chain::Action(std::move(swap));
}

base::Result<chain::Action> ActionOf(const common_v1::Order& order) {
    switch (order.action_case()) {
        case common_v1::Order::kTransfer:
            return TransferOf(order.transfer());
        case common_v1::Order::kApprove: {
            BASE_ASSIGN_OR_RETURN(const auto amount, ReadUnits(order.approve().amount()));
            return chain::Action(chain::Approve{order.approve().spender(), amount});
        }
        case common_v1::Order::kRevoke:
            return chain::Action(chain::Revoke{order.revoke().spender()});
        case common_v1::Order::kSwap:
            return SwapOf(order.swap());
        case common_v1::Order::kWrap: {
            BASE_ASSIGN_OR_RETURN(const auto amount, ReadUnits(order.wrap().amount()));
            return chain::Action(chain::Wrap{amount});
        }
        case common_v1::Order::kUnwrap: {
            BASE_ASSIGN_OR_RETURN(const auto amount, ReadUnits(order.unwrap().amount()));
            return chain::Action(chain::Unwrap{amount});
        }
        case common_v1::Order::kCpfp:
            return chain::Action(chain::Cpfp{order.cpfp().parent_tx_hash()});
        case common_v1::Order::kSpeedUp:
        case common_v1::Order::kCancel:
        case common_v1::Order::kMessage:
        case common_v1::Order::ACTION_NOT_SET:
            break;
    }
    return BadOrder("the order's action is none of a payment");
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

}  // namespace

money::Asset ReadAsset(const common_v1::Asset& asset, const std::string& network) {
    money::Asset read;
    read.network = network;
    read.contract = asset.contract();
    read.program = asset.program();
    read.symbol = asset.symbol();
    read.decimals = asset.decimals();
    return read;
}

base::Result<money::UInt256> ReadUnits(const std::string& decimal) {
    return decimal.empty() ? base::Result<money::UInt256>(money::UInt256())
                           : money::UInt256::Parse(decimal);
}

base::Result<chain::TransferMode> ReadMode(common_v1::TransferMode mode) {
    switch (mode) {
        case common_v1::TRANSFER_MODE_EXACT:
            return chain::TransferMode::kExact;
        case common_v1::TRANSFER_MODE_SUBTRACT_FEE:
            return chain::TransferMode::kSubtractFee;
        case common_v1::TRANSFER_MODE_ALL:
            return chain::TransferMode::kAll;
        default:  // proto3 enums are open
            return base::InvalidArgument("bad_order", "unknown transfer mode");
    }
}

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
    BASE_RETURN_IF_ERROR(CheckMemo(order, request.memo()));
    transfer::NewIntent intent;
    BASE_ASSIGN_OR_RETURN(intent.id, base::IntentId::Parse(order.intent_id()));
    if (!order.parent_id().empty()) {
        BASE_ASSIGN_OR_RETURN(intent.parent, base::IntentId::Parse(order.parent_id()));
    }
    BASE_ASSIGN_OR_RETURN(intent.user, base::UserId::Parse(order.user_id()));
    BASE_ASSIGN_OR_RETURN(intent.wallet, base::WalletId::Parse(order.wallet_id()));
    intent.order = BytesOf(request.order());
    intent.issued = auth::IssuedAt(order);
    intent.expires = auth::ExpiresAt(order);
    intent.approved = !order.approval_digest().empty();
    intent.parameters_digest = auth::ApprovalDigest(order);
    intent.plan.from = order.from();
    intent.plan.asset = ReadAsset(order.asset(), trust.network);
    BASE_ASSIGN_OR_RETURN(intent.plan.action, ActionOf(order));
    BASE_ASSIGN_OR_RETURN(intent.plan.fee, ReadFee(request.fee()));
    BASE_ASSIGN_OR_RETURN(intent.plan.fee_cap, ReadUnits(order.fee_cap()));
    intent.plan.memo = request.memo();
    BASE_ASSIGN_OR_RETURN(intent.fee_estimate, ReadOptional(request.fee_estimate()));
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
    BASE_ASSIGN_OR_RETURN(replacement.fee_cap, ReadUnits(order.fee_cap()));
    BASE_ASSIGN_OR_RETURN(replacement.fee, ReadFee(request.fee));
    return replacement;
}

}  // namespace chain_host
