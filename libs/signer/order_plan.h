// An order's action as the chain cores know it. The signer reads the order itself; it never takes a
// plan from anybody.
#pragma once

#include "base/result.h"
#include "chain/types.h"
#include "platform/common/v1/order.pb.h"

namespace signer {

// A later attempt under an order of its own, not a payment.
[[nodiscard]] bool IsReplacement(const platform::common::v1::Order& order);

// `order` is a payment that auth::VerifyOrder has passed. Errors: `bad_order`,
// `unsupported_action` for anything that is no payment.
[[nodiscard]] base::Result<chain::Plan> PlanOf(const platform::common::v1::Order& order);

}  // namespace signer
