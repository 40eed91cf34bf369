// /api/v1/{chain}: one chain's wallet, its addresses, balances, fees and test coins. Payments are
// in payments.h.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer CreateWallet(App& app, Call& call);
[[nodiscard]] Answer ImportWallet(App& app, Call& call);
[[nodiscard]] Answer ExportWallet(App& app, Call& call);
[[nodiscard]] Answer RemoveWallet(App& app, Call& call);

[[nodiscard]] Answer GetAddress(App& app, Call& call);
[[nodiscard]] Answer ValidateAddress(App& app, Call& call);
[[nodiscard]] Answer GetBalance(App& app, Call& call);
[[nodiscard]] Answer ListTokens(App& app, Call& call);
[[nodiscard]] Answer GetToken(App& app, Call& call);
[[nodiscard]] Answer GetFees(App& app, Call& call);
[[nodiscard]] Answer GetChainTransaction(App& app, Call& call);
[[nodiscard]] Answer GetHistory(App& app, Call& call);
[[nodiscard]] Answer GetChainStatus(App& app, Call& call);
[[nodiscard]] Answer RequestFaucet(App& app, Call& call);

}  // namespace gateway
