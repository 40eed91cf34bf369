// What the body of a send or estimate asks for, checked as far as it can be without asking a
// daemon.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "api-gateway/web/backends.h"
#include "api-gateway/web/call.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "money/amount.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "platform/common/v1/order.pb.h"

namespace gateway {

struct PaymentWish {
    std::string to;
    std::string amount;  // decimal text in the asset's coins, or "all"
    std::string token;   // empty = the native coin
    platform::common::v1::TransferMode mode = platform::common::v1::TRANSFER_MODE_EXACT;
    platform::chain::v1::FeePreference fee;
    std::optional<money::UInt256> fee_cap;  // base units of the native coin
    std::string memo;
    std::optional<std::string> wallet_id;
    bool allow_duplicate = false;
    bool accept_unlisted = false;
    bool accept_off_curve = false;  // Solana alone
};

// Errors: those of net::ObjectReader, `bad_amount`, `amount_precision`, `invalid_request`.
[[nodiscard]] base::Result<PaymentWish> ReadPaymentWish(Call& call,
                                                        const Chain& chain,
                                                        const nlohmann::json& body);

// The fee fields of that chain's family, speed among them. Errors: as above.
[[nodiscard]] base::Result<platform::chain::v1::FeePreference> ReadFee(net::ObjectReader& reader,
                                                                       const Chain& chain);

// Base units; `all` is the caller's business. Errors: `bad_amount` (zero too), `amount_precision`.
[[nodiscard]] base::Result<money::UInt256> ReadAmount(const std::string& text, unsigned decimals);

// What makes two requests the same: method, route, chain and parsed body. The names in `without` do
// not count.
[[nodiscard]] crypto::Hash256 HashRequest(const Call& call,
                                          const Chain& chain,
                                          nlohmann::json body,
                                          std::string_view without = {});

// The Idempotency-Key header, or its alias X-Idempotency-Key. Errors: `bad_idempotency_key`.
[[nodiscard]] base::Result<std::optional<std::string>> ReadIdempotencyKey(const Call& call);

}  // namespace gateway
