// The gate's memory (gate_* tables): what was authorised, which nonce serves which intent, which
// bytes exist. Everything runs inside the caller's transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "money/uint256.h"
#include "pg/tx.h"
#include "wallet-manager/order_reader.h"

namespace wallet_manager {

struct IntentRow {
    std::string network;
    std::optional<base::WalletId> wallet;  // none = the tombstone of an unknown intent
    std::optional<base::UserId> user;
    std::optional<base::Bytes> order_digest;  // of the payment order that was allowed
    bool is_signed = false;
    bool is_voided = false;
    bool has_ended = false;
};

// Makes the row if there is none and locks it until the commit. Errors: `order_conflict` where the
// intent is another wallet's or network's.
[[nodiscard]] base::Result<IntentRow> LockIntent(pg::Tx& tx, const GateOrder& order);

// Locks it if it is there.
[[nodiscard]] base::Result<std::optional<IntentRow>> FindIntent(pg::Tx& tx,
                                                                const base::IntentId& intent);

struct Authorisation {
    bool allowed = false;
    std::string reason;
    std::string detail;
    std::string amount;  // base units
};

[[nodiscard]] base::Result<std::optional<Authorisation>> FindAuthorisation(
    pg::Tx& tx, const base::IntentId& intent, const crypto::Hash256& digest);

// The verdict on these exact order bytes, for good.
[[nodiscard]] base::Result<> StoreAuthorisation(pg::Tx& tx,
                                                const GateOrder& order,
                                                const Authorisation& verdict);

[[nodiscard]] base::Result<int> CountReplacementOrders(pg::Tx& tx, const base::IntentId& intent);

// True: no bytes exist and none ever will; nonce and window are given back. Leaves a tombstone for
// an intent that was never seen. Errors: `order_conflict` where it is of another network.
[[nodiscard]] base::Result<bool> VoidIntent(pg::Tx& tx,
                                            const base::IntentId& intent,
                                            const std::string& network,
                                            const std::string& reason);

// The first outcome stays. False: there was one already, or the intent is not known.
[[nodiscard]] base::Result<bool> StoreOutcome(pg::Tx& tx,
                                              const base::IntentId& intent,
                                              const std::string& network,
                                              const std::string& state);

struct AttemptRow {
    crypto::Hash256 order_digest{};
    base::Bytes unsigned_tx;
    base::Bytes signed_tx;  // empty = no bytes
    std::string tx_hash;
};

[[nodiscard]] base::Result<std::optional<AttemptRow>> FindAttempt(pg::Tx& tx,
                                                                  const base::IntentId& intent,
                                                                  std::uint32_t attempt);

[[nodiscard]] base::Result<int> CountAttempts(pg::Tx& tx,
                                              const base::IntentId& intent,
                                              const crypto::Hash256& order_digest);

// Whether that attempt was signed at least so long ago, by the database's clock.
[[nodiscard]] base::Result<bool> IsSignedBefore(pg::Tx& tx,
                                                const base::IntentId& intent,
                                                std::uint32_t attempt,
                                                std::chrono::milliseconds age);

// Before the signer is asked. A record without bytes is no signature and may be written anew.
[[nodiscard]] base::Result<> RecordAttempt(pg::Tx& tx,
                                           const GateOrder& order,
                                           std::uint32_t attempt,
                                           const base::Bytes& unsigned_tx);

struct SignedAttempt {
    base::IntentId intent;
    std::uint32_t attempt = 0;
    base::Bytes unsigned_tx;
    base::Bytes signed_tx;
    std::string tx_hash;
};

// False: the intent was voided or the record is another one now; the bytes must be wiped.
[[nodiscard]] base::Result<bool> StoreSignature(pg::Tx& tx, const SignedAttempt& made);

// Overwrites bytes that may not leave.
void Wipe(base::Bytes& bytes);

}  // namespace wallet_manager
