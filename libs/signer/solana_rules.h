// What the signer demands of a Solana message before it signs: in every byte the one payment of the
// order, the fee payer being the wallet itself, inside the order's fee cap (rent included). Pure.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "platform/common/v1/order.pb.h"
#include "secret/secret.h"
#include "signer/messages.h"
#include "solana/message.h"

namespace signer {

// A verified order and unverified bytes.
struct SolanaCase {
    const platform::common::v1::Order& order;
    base::ByteView unsigned_tx;
    base::ByteView first_signed_tx;  // empty = this is the first attempt
    std::string amount_max;          // mode ALL: base units that were authorised
};

// The message to sign. Errors: `not_replaceable` for a speed-up or cancel, `tx_mismatch`,
// `fee_cap_exceeded`, `off_curve_recipient`, `first_attempt_mismatch`, and those of decoding.
[[nodiscard]] base::Result<solana::Message> CheckSolanaAttempt(const SolanaCase& attempt,
                                                               chain::Mode mode);

// Signs and reads again what leaves. `key` is the seed of the message's payer.
[[nodiscard]] base::Result<SignedBytes> SignSolana(const solana::Message& message,
                                                   const secret::Bytes& key);

}  // namespace signer
