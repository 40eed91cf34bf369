// Verified orders and wishes of the wire as values of the money engine. Pure.
#pragma once

#include <optional>
#include <string>

#include "auth/order.h"
#include "base/result.h"
#include "chain/types.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "transfer/payment.h"

namespace chain_host {

[[nodiscard]] base::Result<chain::FeeWish> ReadFee(
    const platform::chain::v1::FeePreference& preference);

// Errors: those of auth::VerifyOrder and orders::PlanOf; `bad_order` where the memo is not the one
// whose hash the order carries.
[[nodiscard]] base::Result<transfer::NewIntent> ReadTransfer(
    const platform::chain::v1::TransferRequest& request, const auth::OrderTrust& trust);

// The same of an order that was stored, whose signature the gate will check. Errors: `bad_order`.
[[nodiscard]] base::Result<transfer::NewIntent> ReadStoredOrder(const transfer::SignedOrder& stored,
                                                                const std::string& memo);

struct ReplacementRequest {
    const platform::common::v1::SignedOrder& order;
    const platform::chain::v1::FeePreference& fee;
    chain::AttemptKind kind = chain::AttemptKind::kSpeedUp;  // or kCancel; the order must say so
};

[[nodiscard]] base::Result<transfer::Replacement> ReadReplacement(const ReplacementRequest& request,
                                                                  const auth::OrderTrust& trust);

}  // namespace chain_host
