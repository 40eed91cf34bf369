// /auth/*: accounts and sign-ins.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer Register(App& app, Call& call);
[[nodiscard]] Answer Login(App& app, Call& call);
[[nodiscard]] Answer Refresh(App& app, Call& call);
[[nodiscard]] Answer Logout(App& app, Call& call);
[[nodiscard]] Answer BeginSession(App& app, Call& call);
[[nodiscard]] Answer GetMe(App& app, Call& call);
[[nodiscard]] Answer ChangePassword(App& app, Call& call);
[[nodiscard]] Answer BeginTotp(App& app, Call& call);
[[nodiscard]] Answer ConfirmTotp(App& app, Call& call);
[[nodiscard]] Answer RemoveTotp(App& app, Call& call);

}  // namespace gateway
