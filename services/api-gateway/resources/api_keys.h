// /api/v1/api-keys.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer ListKeys(App& app, Call& call);
[[nodiscard]] Answer CreateKey(App& app, Call& call);
[[nodiscard]] Answer RevokeKey(App& app, Call& call);
[[nodiscard]] Answer RotateKey(App& app, Call& call);

}  // namespace gateway
