// What the signer demands of a Bitcoin or Zcash transaction before it signs: the recipients of the
// order, everything else back to the wallet, amounts proven, the fee inside the cap, and for a
// later attempt every coin of the first one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "platform/common/v1/order.pb.h"
#include "secret/secret.h"
#include "signer/utxo_keys.h"
#include "utxo/unsigned_tx.h"

namespace signer {

// Verified orders and unverified bytes.
struct UtxoCase {
    const platform::common::v1::Order& order;    // asked under
    const platform::common::v1::Order& payment;  // the same, or what a speed-up or cancel is about
    base::ByteView unsigned_tx;
    base::ByteView first_signed_tx;  // empty = this is the first attempt
    std::string amount_max;          // mode ALL: base units that were authorised
    // Of the wallet's further addresses, those it says it spends from. Change never goes there.
    std::vector<std::string> further_addresses{};
};

struct CheckedUtxo {
    utxo::Ground ground;
    utxo::UnsignedTx unsigned_tx;
};

// The transaction to sign. Errors: `tx_mismatch`, `fee_cap_exceeded`, `amount_unproven`,
// `first_attempt_mismatch`, and those of decoding.
[[nodiscard]] base::Result<CheckedUtxo> CheckUtxoAttempt(const UtxoCase& attempt, chain::Mode mode);

// The wallet's keys by the scripts they spend.
using UtxoKeys = std::map<base::Bytes, secret::Bytes>;

// Errors: `tx_mismatch` where none of them spends it.
[[nodiscard]] base::Result<secret::Bytes> KeyOfScript(const UtxoKeys& keys, base::ByteView script);

// Whether the first attempt carries these keys' own signatures: they are made again (RFC 6979 and
// our BIP-340 nonces are deterministic) and compared. Errors: `first_attempt_mismatch`.
[[nodiscard]] base::Result<> CheckOwnFirst(const CheckedUtxo& task,
                                           base::ByteView first_signed_tx,
                                           const UtxoKeys& keys);

}  // namespace signer
