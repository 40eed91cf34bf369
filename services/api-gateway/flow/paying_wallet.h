// Which wallet a call is about.
#pragma once

#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"
#include "base/result.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace gateway {

// The named wallet of the caller on this chain, or the default one, which is made at first use.
// Errors: `unknown_wallet`, `bad_id`.
[[nodiscard]] boost::asio::awaitable<base::Result<platform::wallet::v1::Wallet>> FindWallet(
    App& app, const Call& call, const Chain& chain, std::optional<std::string> wallet_id);

// The same, but an absent default wallet is `unknown_wallet`.
[[nodiscard]] boost::asio::awaitable<base::Result<platform::wallet::v1::Wallet>> FindExistingWallet(
    App& app, const Call& call, const Chain& chain, std::optional<std::string> wallet_id);

// ?wallet_id=
[[nodiscard]] std::optional<std::string> WalletIdOf(const Call& call);

}  // namespace gateway
