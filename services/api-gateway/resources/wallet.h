// /api/v1/wallet: wallets, balances, payments, policy and pause over all chains.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer GetBalances(App& app, Call& call);
[[nodiscard]] Answer GetPortfolio(App& app, Call& call);
[[nodiscard]] Answer ListWallets(App& app, Call& call);
[[nodiscard]] Answer ListTransactions(App& app, Call& call);
[[nodiscard]] Answer GetTransaction(App& app, Call& call);
[[nodiscard]] Answer GetPolicy(App& app, Call& call);
[[nodiscard]] Answer SetPolicy(App& app, Call& call);
[[nodiscard]] Answer PauseWallet(App& app, Call& call);
[[nodiscard]] Answer ResumeWallet(App& app, Call& call);

}  // namespace gateway
