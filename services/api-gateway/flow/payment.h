// One payment from a claimed row to the daemon's answer, and what a repeated request is answered.
// The order of steps is what makes it one payment: the row with the intent id is committed, then
// the order is signed, then Transfer is called, which is idempotent on the intent id.
#pragma once

#include <chrono>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/app.h"
#include "api-gateway/flow/order.h"
#include "api-gateway/flow/payment_wish.h"
#include "api-gateway/store/intent_store.h"
#include "api-gateway/web/call.h"
#include "base/result.h"
#include "platform/chain/v1/chain_service.pb.h"

namespace gateway {

// The row is ours: go on. Or the request is answered already.
struct Settled {
    std::optional<Claim> claim;
    std::optional<net::Response> response;
};

// Before anything is priced: does an equal request exist? Errors: `key_reused`, `in_progress`,
// `possible_duplicate`.
[[nodiscard]] boost::asio::awaitable<base::Result<Settled>> FindEarlier(App& app,
                                                                        Call& call,
                                                                        const Chain& chain,
                                                                        Slot slot);

// Makes the row, or settles with the one that was faster. Errors: as above.
[[nodiscard]] boost::asio::awaitable<base::Result<Settled>> Begin(
    App& app, Call& call, const Chain& chain, Slot slot, bool allow_duplicate);

// The state of a payment; nothing where the daemon does not know it.
[[nodiscard]] boost::asio::awaitable<base::Result<std::optional<platform::chain::v1::TransferView>>>
FindPayment(App& app, const Call& call, const Chain& chain, base::IntentId intent);

// Hands a signed order over, of the claim's intent. Where there is none, and after a definite
// refusal before anything was stored, a fresh row is forgotten. Errors: the request's; the
// daemon's; those whose outcome is unknown carry the payment's id.
[[nodiscard]] boost::asio::awaitable<base::Result<platform::chain::v1::TransferView>> HandOver(
    App& app,
    const Call& call,
    const Chain& chain,
    base::Result<platform::chain::v1::TransferRequest> request,
    Slot slot,
    Claim claim);

// 200, or 202 while a human or a slot is waited for; a payment that was refused becomes the problem
// of its reason.
[[nodiscard]] base::Result<net::Response> PaymentResponse(
    const platform::chain::v1::TransferView& view);

}  // namespace gateway
