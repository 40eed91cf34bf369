// SQL of attempts after the first: a user's speed-up or cancel, an automatic bump. All spend the
// slot of the first.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "crypto/hash.h"
#include "pg/tx.h"
#include "transfer/payment.h"

namespace transfer {

// An intent as a further attempt needs it.
struct Subject {
    base::IntentId id;
    State state = State::kSubmitted;
    chain::Plan plan;
    SignedOrder first_order;
    base::Bytes first_signed_tx;
    money::UInt256 native_value;  // as it was priced, fee not included
    money::UInt256 first_fee_max;
    chain::Unsigned newest;         // the newest signed attempt
    bool newest_pays_self = false;  // it is a cancel
    std::uint32_t attempt_count = 0;
    bool attempt_open = false;  // one is being signed
    std::uint32_t bumps = 0;    // automatic ones, those that were refused as well
};

// A user's order that has no transaction yet.
struct OpenOrder {
    crypto::Hash256 digest{};
    chain::AttemptKind kind = chain::AttemptKind::kSpeedUp;
    SignedOrder order;
    money::UInt256 fee_cap;
    chain::FeeWish fee;
    bool lapsed = false;
    Subject subject;
};

// An attempt whose transaction is stored and whose bytes are not.
struct Requested {
    base::IntentId intent;
    State state = State::kSubmitted;
    std::uint32_t number = 2;
    std::string kind;
    std::optional<crypto::Hash256> order_digest;
    SignCall call;
};

struct NewAttempt {
    base::IntentId intent;
    std::uint32_t number = 2;
    chain::AttemptKind kind = chain::AttemptKind::kSpeedUp;
    std::optional<crypto::Hash256> order_digest;  // empty = automatic, under the intent's order
    chain::Unsigned unsigned_tx;
    money::UInt256 native_need;  // the most it takes from the native coin, its fee included
};

struct OrderOutcome {
    std::string state;  // open, done or refused
    std::optional<base::Error> error;
};

[[nodiscard]] base::Result<> InsertOrder(pg::Tx& tx,
                                         const std::string& network,
                                         const Replacement& replacement);
[[nodiscard]] base::Result<OrderOutcome> FindOrder(pg::Tx& tx, const crypto::Hash256& digest);
[[nodiscard]] base::Result<std::vector<OpenOrder>> LoadOpenOrders(pg::Tx& tx,
                                                                  const base::WalletId& wallet);
[[nodiscard]] base::Result<> PostponeOrder(pg::Tx& tx,
                                           const crypto::Hash256& digest,
                                           std::chrono::milliseconds again_in);
[[nodiscard]] base::Result<> RefuseOrder(pg::Tx& tx,
                                         const crypto::Hash256& digest,
                                         const base::Error& error);

[[nodiscard]] base::Result<std::optional<Subject>> LoadSubject(pg::Tx& tx,
                                                               const base::IntentId& id);

// The most that this transaction takes from the native coin, its fee included.
[[nodiscard]] money::UInt256 NativeNeed(const Subject& subject,
                                        chain::AttemptKind kind,
                                        const chain::Unsigned& unsigned_tx);

// How much the native hold must grow for this transaction; 0 where it fits.
[[nodiscard]] base::Result<money::UInt256> HoldGrowth(pg::Tx& tx, const NewAttempt& attempt);

// Raises the native hold where needed. The account was locked and has room for HoldGrowth.
[[nodiscard]] base::Result<> InsertAttempt(pg::Tx& tx,
                                           const std::string& network,
                                           const base::WalletId& wallet,
                                           const NewAttempt& attempt);

[[nodiscard]] base::Result<std::vector<Requested>> LoadRequested(pg::Tx& tx,
                                                                 const base::WalletId& wallet);
[[nodiscard]] base::Result<> PostponeAttempt(pg::Tx& tx,
                                             const Requested& requested,
                                             std::chrono::milliseconds again_in);
// The newest hash of the intent becomes this one's. The order, if it has one, is done.
[[nodiscard]] base::Result<> MarkFurtherSigned(pg::Tx& tx,
                                               const Requested& requested,
                                               base::ByteView unsigned_tx,
                                               const chain::Signed& signed_tx);

// An attempt whose record is lost, as a block has it.
struct Recalled {
    base::WalletId wallet;
    NewAttempt attempt;
    chain::Signed signed_tx;
};

// It is an attempt of its intent again. Errors: `intent_moved`.
[[nodiscard]] base::Result<> AdoptAttempt(pg::Tx& tx,
                                          const std::string& network,
                                          const Recalled& recalled);
// It was never signed and is not wanted any more; the order is refused with the error.
[[nodiscard]] base::Result<> DropRequested(pg::Tx& tx,
                                           const Requested& requested,
                                           const base::Error& error);

}  // namespace transfer
