// Pricing a wish: what it costs, and whether it could be paid at all. Nothing is stored.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api-gateway/app.h"
#include "api-gateway/flow/payment_wish.h"
#include "api-gateway/web/call.h"
#include "base/result.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace gateway {

// Errors: the daemon's refusals with pointers into the request (`bad_address`, `bad_checksum`,
// `insufficient_funds`, ...), `unlisted_token`.
[[nodiscard]] boost::asio::awaitable<base::Result<platform::chain::v1::EstimateTransferResponse>>
Estimate(App& app,
         const Call& call,
         const Chain& chain,
         const PaymentWish& wish,
         const platform::wallet::v1::Wallet& wallet);

}  // namespace gateway
