// Orders as the gate takes them: verified, with their ids parsed once.
#pragma once

#include <string>

#include "auth/order.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "platform/common/v1/order.pb.h"

namespace wallet_manager {

enum class OrderKind { kPayment, kSpeedUp, kCancel };

struct GateOrder {
    platform::common::v1::Order order;
    platform::common::v1::SignedOrder raw;
    crypto::Hash256 digest{};
    OrderKind kind = OrderKind::kPayment;
    base::IntentId intent;
    base::UserId user;
    base::WalletId wallet;
};

// "payment", "speed_up", "cancel".
[[nodiscard]] std::string_view OrderKindName(OrderKind kind);

// Errors: those of auth::VerifyOrder and auth::CheckNotFuture; `unsupported_action` for an order
// that is not about a transaction.
[[nodiscard]] base::Result<GateOrder> ReadOrder(const platform::common::v1::SignedOrder& raw,
                                                const auth::OrderTrust& trust,
                                                base::Time now);

}  // namespace wallet_manager
