// /api/v1/admin: users, invitations and limits; the stops of sends and what opens them again.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/resources/chain_call.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer AdminListUsers(App& app, Call& call);
[[nodiscard]] Answer AdminGetUser(App& app, Call& call);
[[nodiscard]] Answer AdminLockUser(App& app, Call& call);
[[nodiscard]] Answer AdminUnlockUser(App& app, Call& call);
[[nodiscard]] Answer AdminGetLimits(App& app, Call& call);
[[nodiscard]] Answer AdminSetLimits(App& app, Call& call);
[[nodiscard]] Answer AdminInvite(App& app, Call& call);
[[nodiscard]] Answer AdminPauseSends(App& app, Call& call);
[[nodiscard]] Answer AdminResumeSends(App& app, Call& call);
[[nodiscard]] Answer AdminAcceptRestore(App& app, Call& call);
[[nodiscard]] Answer AdminCloseRestore(App& app, Call& call);
[[nodiscard]] Answer AdminGetFinalBlock(ChainCall at);
[[nodiscard]] Answer AdminAcceptFinalBlock(ChainCall at);

}  // namespace gateway
