// /api/v1/{chain}/sign-message and verify-message, and which typed data is signed without asking.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/resources/chain_call.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer SignMessage(ChainCall at);
[[nodiscard]] Answer VerifyMessage(ChainCall at);

[[nodiscard]] Answer ListMessageTypes(App& app, Call& call);
[[nodiscard]] Answer AllowMessageType(App& app, Call& call);
[[nodiscard]] Answer ForbidMessageType(App& app, Call& call);

}  // namespace gateway
