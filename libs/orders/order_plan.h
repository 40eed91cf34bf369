// An order of the wire as the chain cores know it. Who signs reads the order itself with this and
// never takes a plan from anybody. Pure.
#pragma once

#include <string>

#include "base/result.h"
#include "chain/types.h"
#include "platform/common/v1/order.pb.h"

namespace orders {

// A later attempt under an order of its own, not a payment.
[[nodiscard]] bool IsReplacement(const platform::common::v1::Order& order);

// `order` is a payment that auth::VerifyOrder has passed. Fee wish and memo stay empty: they are
// no part of it. Errors: `bad_order`; `unsupported_action` for anything that is no payment.
[[nodiscard]] base::Result<chain::Plan> PlanOf(const platform::common::v1::Order& order);

[[nodiscard]] money::Asset ReadAsset(const platform::common::v1::Asset& asset,
                                     const std::string& network);

// Error: `bad_order`.
[[nodiscard]] base::Result<chain::TransferMode> ReadMode(platform::common::v1::TransferMode mode);

// A recipient's amount of base units; a payment of everything names none.
[[nodiscard]] base::Result<money::UInt256> ReadAmount(const std::string& units,
                                                      chain::TransferMode mode);

}  // namespace orders
