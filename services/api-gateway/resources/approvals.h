// /api/v1/approvals: what waits for a human.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer ListApprovals(App& app, Call& call);
[[nodiscard]] Answer GetApproval(App& app, Call& call);
[[nodiscard]] Answer Approve(App& app, Call& call);
[[nodiscard]] Answer Deny(App& app, Call& call);

}  // namespace gateway
