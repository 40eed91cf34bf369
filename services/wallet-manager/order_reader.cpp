#include "wallet-manager/order_reader.h"

namespace wallet_manager {

std::string_view OrderKindName(OrderKind kind) {
    switch (kind) {
        case OrderKind::kPayment:
            return "payment";
        case OrderKind::kSpeedUp:
            return "speed_up";
        case OrderKind::kCancel:
            return "cancel";
    }
    return "";
}

base::Result<GateOrder> ReadOrder(const platform::common::v1::SignedOrder& raw,
                                  const auth::OrderTrust& trust,
                                  base::Time now) {
    GateOrder read;
    BASE_ASSIGN_OR_RETURN(read.order, auth::VerifyOrder(raw, trust));
    BASE_RETURN_IF_ERROR(auth::CheckNotFuture(read.order, now));
    if (read.order.has_message()) {
        return base::InvalidArgument("unsupported_action", "this gate signs transactions alone");
    }
    read.raw = raw;
    read.digest = auth::OrderDigest(raw.order());
    if (read.order.has_speed_up()) {
        read.kind = OrderKind::kSpeedUp;
    } else if (read.order.has_cancel()) {
        read.kind = OrderKind::kCancel;
    }
    BASE_ASSIGN_OR_RETURN(read.intent, base::IntentId::Parse(read.order.intent_id()));
    BASE_ASSIGN_OR_RETURN(read.user, base::UserId::Parse(read.order.user_id()));
    BASE_ASSIGN_OR_RETURN(read.wallet, base::WalletId::Parse(read.order.wallet_id()));
    return read;
}

}  // namespace wallet_manager
