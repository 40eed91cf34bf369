// /api/v1/{chain}/send and what belongs to a payment.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer EstimatePayment(App& app, Call& call);
[[nodiscard]] Answer Send(App& app, Call& call);
[[nodiscard]] Answer SpeedUp(App& app, Call& call);
[[nodiscard]] Answer Cancel(App& app, Call& call);

}  // namespace gateway
