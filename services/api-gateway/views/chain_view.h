// What chain daemons answer, as the API shows it.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api-gateway/web/backends.h"
#include "platform/chain/v1/chain_service.pb.h"

namespace gateway {

[[nodiscard]] nlohmann::json AddressCheckJson(
    const platform::chain::v1::ValidateAddressResponse& check, std::string_view asked);
[[nodiscard]] nlohmann::json BalanceJson(const Chain& chain,
                                         const std::string& address,
                                         const platform::chain::v1::GetBalanceResponse& balance);
[[nodiscard]] nlohmann::json TokenBalanceJson(const platform::chain::v1::TokenBalance& token);
[[nodiscard]] nlohmann::json TokenJson(const platform::chain::v1::GetTokenResponse& token);
[[nodiscard]] nlohmann::json FeesJson(const Chain& chain,
                                      const platform::chain::v1::GetFeesResponse& fees);
[[nodiscard]] nlohmann::json ChainTransactionJson(
    const Chain& chain, const platform::chain::v1::GetTransactionResponse& found);
[[nodiscard]] nlohmann::json NodeStatusJson(
    const Chain& chain, const platform::chain::v1::GetNodeStatusResponse& status);
[[nodiscard]] nlohmann::json FinalBlockJson(
    const Chain& chain, const platform::chain::v1::GetFinalBlockResponse& block);
[[nodiscard]] nlohmann::json EstimateJson(
    const Chain& chain, const platform::chain::v1::EstimateTransferResponse& estimate);

}  // namespace gateway
