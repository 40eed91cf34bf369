// Orders of the gateway: made from a checked wish and the estimate that the user was shown.
#pragma once

#include <string>

#include "api-gateway/app.h"
#include "api-gateway/flow/payment_wish.h"
#include "base/ids.h"
#include "base/result.h"
#include "money/uint256.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "platform/common/v1/order.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace gateway {

// The caller's maximum, else three times the estimate; at most the chain's ceiling, at least what
// the estimate's worst case needs where the caller set nothing. Errors: `fee_too_low` where the
// caller's maximum does not even cover the estimate.
[[nodiscard]] base::Result<money::UInt256> FeeCap(
    const std::optional<money::UInt256>& wish,
    const platform::chain::v1::EstimateTransferResponse& estimate);

struct PaymentPlan {
    const Chain& chain;
    const PaymentWish& wish;
    const platform::wallet::v1::Wallet& wallet;
    const platform::chain::v1::EstimateTransferResponse& estimate;
};

// Errors: `fee_too_low`; `bad_address` where the daemon's canonical recipient is not the one that
// was asked for.
[[nodiscard]] base::Result<platform::common::v1::Order> MakeTransferOrder(const App& app,
                                                                          const PaymentPlan& plan,
                                                                          base::IntentId intent);

// The order of that plan, signed, with what the daemon needs beside it. Errors: as above.
[[nodiscard]] base::Result<platform::chain::v1::TransferRequest> MakeTransferRequest(
    const App& app, const PaymentPlan& plan, base::IntentId intent);

// The head that every order about an existing payment shares.
[[nodiscard]] platform::common::v1::Order OrderAbout(
    const App& app, const platform::chain::v1::TransferView& payment);

// The head of an order about a message of this wallet: an id of its own, nothing paid.
[[nodiscard]] platform::common::v1::Order MakeMessageOrder(
    const App& app, const platform::wallet::v1::Wallet& wallet);

[[nodiscard]] base::Result<platform::common::v1::SignedOrder> Sign(
    const App& app, platform::common::v1::Order order);

}  // namespace gateway
