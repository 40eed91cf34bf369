// The gate's memory (gate_* tables): what was authorised, which nonce serves which intent, which
// bytes exist. Everything runs inside the caller's transaction.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

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

// Of different intents. What is found for several is in their order.
using Orders = std::vector<const GateOrder*>;
using MaybeIntents = std::vector<std::optional<IntentRow>>;

// Makes the rows that are missing and locks all of them until the commit; nothing for an order
// whose wallet there is not. Errors: `order_conflict` where an intent is another wallet's or
// network's.
[[nodiscard]] base::Result<MaybeIntents> LockIntents(pg::Tx& tx, const Orders& orders);

// Locks those that are there.
[[nodiscard]] base::Result<MaybeIntents> FindIntents(pg::Tx& tx,
                                                     const std::vector<base::IntentId>& intents);
[[nodiscard]] base::Result<std::optional<IntentRow>> FindIntent(pg::Tx& tx,
                                                                const base::IntentId& intent);

struct Authorisation {
    bool allowed = false;
    std::string reason;
    std::string detail;
    std::string amount;  // base units
};

// Of each order's exact bytes.
[[nodiscard]] base::Result<std::vector<std::optional<Authorisation>>> FindAuthorisations(
    pg::Tx& tx, const Orders& orders);

// The verdicts on the orders' exact bytes, for good. One each.
[[nodiscard]] base::Result<> StoreAuthorisations(pg::Tx& tx,
                                                 const Orders& orders,
                                                 const std::vector<Authorisation>& verdicts);

[[nodiscard]] base::Result<int> CountReplacementOrders(pg::Tx& tx, const base::IntentId& intent);

// True: no bytes exist and none ever will; nonce and window are given back. Leaves a tombstone for
// an intent that was never seen. Errors: `order_conflict` where it is of another network.
[[nodiscard]] base::Result<bool> VoidIntent(pg::Tx& tx,
                                            const base::IntentId& intent,
                                            const std::string& network,
                                            const std::string& reason);

struct IntentOutcome {
    base::IntentId intent;
    std::string state;
};

// The first outcome of an intent stays. Answers those that had none and are known.
[[nodiscard]] base::Result<std::set<base::IntentId>> StoreOutcomes(
    pg::Tx& tx, const std::string& network, const std::vector<IntentOutcome>& outcomes);

struct AttemptRow {
    crypto::Hash256 order_digest{};
    base::Bytes unsigned_tx;
    base::Bytes signed_tx;  // empty = no bytes
    std::string tx_hash;
};

[[nodiscard]] base::Result<std::optional<AttemptRow>> FindAttempt(pg::Tx& tx,
                                                                  const base::IntentId& intent,
                                                                  std::uint32_t attempt);

// One attempt of an order.
struct AttemptOf {
    const GateOrder* order = nullptr;
    std::uint32_t attempt = 0;
    base::Bytes unsigned_tx;
};

struct AttemptBefore {
    std::optional<AttemptRow> row;  // of the same number
    int of_order = 0;               // how many there are of these order bytes
};

[[nodiscard]] base::Result<std::vector<AttemptBefore>> FindAttempts(
    pg::Tx& tx, const std::vector<AttemptOf>& attempts);

// Whether one of the attempts before this one was signed within that time, by the database's clock.
[[nodiscard]] base::Result<bool> IsSignedLately(pg::Tx& tx,
                                                const base::IntentId& intent,
                                                std::uint32_t attempt,
                                                std::chrono::milliseconds age);

// Before the signer is asked. A record without bytes is no signature and may be written anew.
[[nodiscard]] base::Result<> RecordAttempts(pg::Tx& tx, const std::vector<AttemptOf>& attempts);

struct SignedAttempt {
    base::IntentId intent;
    std::uint32_t attempt = 0;
    base::Bytes unsigned_tx;
    base::Bytes signed_tx;
    std::string tx_hash;
};

// False, and nothing may be committed: an intent was voided or a record is another one now; its
// bytes must be wiped.
[[nodiscard]] base::Result<bool> StoreSignatures(pg::Tx& tx,
                                                 const std::vector<SignedAttempt>& made);

// No entry of a batch that failed so would fare better alone.
[[nodiscard]] bool ConcernsAll(const base::Error& error);

// Overwrites bytes that may not leave.
void Wipe(base::Bytes& bytes);

}  // namespace wallet_manager
