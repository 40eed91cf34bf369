// Removes what no rule needs any longer: lapsed sign-ins, old guards, and idempotency keys 30 days
// after their payment has ended.
#pragma once

#include <stop_token>

#include "api-gateway/app.h"
#include "base/result.h"

namespace gateway {

// Once an hour until `stop`.
void KeepTidy(App& app, const std::stop_token& stop);

// One round. Answers how many rows went.
[[nodiscard]] base::Result<std::int64_t> TidyOnce(App& app);

}  // namespace gateway
