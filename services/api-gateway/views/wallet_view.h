// Wallets, policies and approvals as the API shows and takes them.
#pragma once

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "platform/common/v1/order.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace gateway {

[[nodiscard]] nlohmann::json WalletJson(const platform::wallet::v1::Wallet& wallet);

// The documented map: chain -> address, balance, currency (+ atomic figure, as_of, stale, error).
[[nodiscard]] nlohmann::json BalancesJson(
    const platform::wallet::v1::GetBalancesResponse& balances);

[[nodiscard]] nlohmann::json PolicyJson(const platform::wallet::v1::Policy& policy);

// The decoded plan of an order, as a person approves it.
[[nodiscard]] nlohmann::json PlanJson(const platform::common::v1::Order& order);

// With the plan and the digest to send back. Errors: kInternal where the stored order does not
// parse.
[[nodiscard]] base::Result<nlohmann::json> ApprovalJson(
    const platform::wallet::v1::Approval& approval);

}  // namespace gateway
