// Remembers that a user has seen how payments turned out: from then on an identical request without
// an idempotency key is a new wish.
#pragma once

#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/app.h"
#include "base/ids.h"
#include "base/result.h"
#include "platform/chain/v1/chain_service.pb.h"

namespace gateway {

// Of these payments, those that have an outcome.
[[nodiscard]] boost::asio::awaitable<base::Result<>> RememberShown(
    App& app, base::UserId user, std::vector<platform::chain::v1::TransferView> views);

}  // namespace gateway
