// Orders: what the gateway alone may ask the money engine for, signed over exact bytes. Every
// daemon that acts on an order verifies it here first; none re-serialises it. Pure and thread-safe.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "platform/common/v1/order.pb.h"
#include "secret/secret.h"

namespace auth {

inline constexpr std::string_view kOrderDomain = "platform.order";
inline constexpr std::uint32_t kOrderVersion = 1;
inline constexpr std::chrono::minutes kOrderLifetime{10};
// How far ahead of the reader's clock an order may have been issued.
inline constexpr std::chrono::seconds kOrderClockSkew{30};

// Whose orders are believed.
struct OrderTrust {
    crypto::Ed25519PublicKey key{};
    std::string deployment_id;
    std::string network;  // CAIP-2
};

// Checks the signature over the exact bytes, then domain, version, deployment, network and shape
// (ids, amounts, exactly one action with sane fields, no unknown fields). Says nothing about time.
// Errors: `bad_order_signature` (kPermissionDenied), `bad_order` (kInvalidArgument).
[[nodiscard]] base::Result<platform::common::v1::Order> VerifyOrder(
    const platform::common::v1::SignedOrder& order, const OrderTrust& trust);

// The same for a daemon of several networks; trust.network is not looked at.
[[nodiscard]] base::Result<platform::common::v1::Order> VerifyOrder(
    const platform::common::v1::SignedOrder& order,
    const OrderTrust& trust,
    std::span<const std::string> networks);

// For the first signature alone. Errors: `order_expired` (kFailedPrecondition).
[[nodiscard]] base::Result<> CheckNotExpired(const platform::common::v1::Order& order,
                                             base::Time now);

// Errors: `order_from_future` (kFailedPrecondition) where it was issued more than 30 s after `now`.
[[nodiscard]] base::Result<> CheckNotFuture(const platform::common::v1::Order& order,
                                            base::Time now);

// Sets domain, version, issue time and expiry, and signs. `seed` is ORDER_SIGNING_KEY. Errors:
// `bad_order` for an order that VerifyOrder would refuse, `bad_private_key`.
[[nodiscard]] base::Result<platform::common::v1::SignedOrder> SignOrder(
    platform::common::v1::Order order, base::Time now, const secret::Bytes& seed);

// SHA-256 of the exact order bytes: what Authorise and Sign agree on.
[[nodiscard]] crypto::Hash256 OrderDigest(std::string_view order_bytes);

// SHA-256 over the deterministic serialisation without issued_at, expires_at and approval_digest:
// what a human approves. A fresh order over the same parameters has the same digest.
[[nodiscard]] crypto::Hash256 ApprovalDigest(const platform::common::v1::Order& order);

[[nodiscard]] base::Time IssuedAt(const platform::common::v1::Order& order);
[[nodiscard]] base::Time ExpiresAt(const platform::common::v1::Order& order);

}  // namespace auth
