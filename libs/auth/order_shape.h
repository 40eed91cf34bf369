// The shape of an order: what is refused whoever signed it.
#pragma once

#include "base/result.h"
#include "platform/common/v1/order.pb.h"

namespace auth {

// Errors: `bad_order`.
[[nodiscard]] base::Result<> CheckOrderShape(const platform::common::v1::Order& order);

}  // namespace auth
