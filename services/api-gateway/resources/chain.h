// /api/v1/{chain}: one chain's wallet, its addresses, balances, fees and test coins. Payments are
// in payments.h.
#pragma once

#include "api-gateway/app.h"
#include "api-gateway/resources/chain_call.h"
#include "api-gateway/web/call.h"

namespace gateway {

[[nodiscard]] Answer CreateWallet(App& app, Call& call);
[[nodiscard]] Answer ImportWallet(App& app, Call& call);
[[nodiscard]] Answer ExportWallet(App& app, Call& call);
[[nodiscard]] Answer RemoveWallet(App& app, Call& call);

[[nodiscard]] Answer GetAddress(ChainCall at);
[[nodiscard]] Answer AddAddress(ChainCall at);
[[nodiscard]] Answer ListAddresses(ChainCall at);
[[nodiscard]] Answer ValidateAddress(ChainCall at);
[[nodiscard]] Answer GetBalance(ChainCall at);
[[nodiscard]] Answer ListTokens(ChainCall at);
[[nodiscard]] Answer GetToken(ChainCall at);
[[nodiscard]] Answer GetFees(ChainCall at);
[[nodiscard]] Answer GetChainTransaction(ChainCall at);
[[nodiscard]] Answer GetHistory(ChainCall at);
[[nodiscard]] Answer GetChainStatus(ChainCall at);
[[nodiscard]] Answer RequestFaucet(ChainCall at);

}  // namespace gateway
