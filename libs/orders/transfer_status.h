// What the API, the database and the logs call the states of a payment.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "platform/chain/v1/chain_service.pb.h"

namespace orders {

inline constexpr std::array<std::pair<std::string_view, platform::chain::v1::TransferStatus>, 7>
    kTransferStatuses = {{
        {"awaiting_approval", platform::chain::v1::TRANSFER_STATUS_AWAITING_APPROVAL},
        {"pending", platform::chain::v1::TRANSFER_STATUS_PENDING},
        {"confirmed", platform::chain::v1::TRANSFER_STATUS_CONFIRMED},
        {"final", platform::chain::v1::TRANSFER_STATUS_FINAL},
        {"failed", platform::chain::v1::TRANSFER_STATUS_FAILED},
        {"replaced", platform::chain::v1::TRANSFER_STATUS_REPLACED},
        {"expired", platform::chain::v1::TRANSFER_STATUS_EXPIRED},
    }};

// "pending", "awaiting_approval"; empty for an unspecified one.
[[nodiscard]] std::string_view StatusName(platform::chain::v1::TransferStatus status);

// Unspecified for a word that is no status.
[[nodiscard]] platform::chain::v1::TransferStatus StatusOf(std::string_view name);

}  // namespace orders
