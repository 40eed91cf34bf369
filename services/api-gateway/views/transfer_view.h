// Payments as the API shows them.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "platform/common/v1/money.pb.h"

namespace gateway {

// Errors: `unknown_status`, naming all.
[[nodiscard]] base::Result<platform::chain::v1::TransferStatus> ParseStatus(std::string_view name);

// The payment may still move: awaiting approval or pending.
[[nodiscard]] bool IsUndecided(platform::chain::v1::TransferStatus status);
// It did not pay and never will.
[[nodiscard]] bool NeverPays(platform::chain::v1::TransferStatus status);
// Nothing will change any more.
[[nodiscard]] bool IsTerminal(platform::chain::v1::TransferStatus status);

// Base units as decimal text; empty stays empty.
[[nodiscard]] std::string DecimalText(const std::string& units, unsigned decimals);

// The documented five keys (tx_hash, from, to, value, status), id and all that is known.
[[nodiscard]] nlohmann::json TransferJson(const platform::chain::v1::TransferView& view);

// TransferJson with attempts and timeline.
[[nodiscard]] nlohmann::json TransferDetailJson(const platform::chain::v1::TransferView& view);

// Where people look at the transaction; empty for networks without a public explorer.
[[nodiscard]] std::string ExplorerUrl(std::string_view network, const std::string& tx_hash);

}  // namespace gateway
