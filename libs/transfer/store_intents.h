// SQL of the queue: how intents begin and what the worker of a wallet finds to do. All functions
// run inside the caller's transaction.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"
#include "transfer/payment.h"

namespace transfer {

struct Insertion {
    NewIntent intent;
    std::optional<chain::Quote> quote;  // empty: the node did not answer; the worker asks again
    std::string reason;                 // why it waits then
    std::string detail;
};

// What the caller asked for, where no quote says more: it is final before anything is reserved.
[[nodiscard]] money::UInt256 AskedAmount(const chain::Plan& plan);

// What a repeated Transfer, a speed-up or a cancel compares itself with.
struct Found {
    State state = State::kReceived;
    crypto::Hash256 parameters_digest{};
    base::UserId user;
    base::WalletId wallet;
    base::Bytes order;
};

struct QueuedAttempt {
    std::uint32_t number = 0;
    base::Bytes unsigned_tx;
};

// An intent whose bytes are not signed yet.
struct Queued {
    base::IntentId id;
    std::uint64_t sequence = 0;  // no other intent has it
    State state = State::kReceived;
    base::UserId user;
    SignedOrder order;
    chain::Plan plan;
    std::string recipients;  // as people see them
    money::UInt256 amount;
    std::optional<chain::Quote> quote;
    bool quote_fresh = false;
    bool lapsed = false;  // the order's time is over
    bool cancel_requested = false;
    std::string reason;
    std::optional<QueuedAttempt> attempt;  // once it is RESERVED
    std::optional<base::Error> damage;     // its plan or quote cannot be read; they are empty
};

// What is due, in the queue's order, by wallet.
using Queues = std::map<base::WalletId, std::vector<Queued>>;

// What a wallet has to do beside its queue.
struct Chores {
    bool further = false;  // a further attempt to make or to sign
    bool gaps = false;     // a freed nonce, or a fill to sign
};

// Answers those that were not there before.
[[nodiscard]] base::Result<std::set<base::IntentId>> InsertIntents(
    pg::Tx& tx, const std::string& network, std::span<const Insertion> insertions);

[[nodiscard]] base::Result<std::optional<Found>> FindIntent(pg::Tx& tx,
                                                            const std::string& network,
                                                            const base::IntentId& id);

// What a new Transfer meets: the intent, where it was made before, and why sends are stopped.
struct Admission {
    std::optional<Found> known;
    std::string stopped;
};

[[nodiscard]] base::Result<Admission> FindAdmission(pg::Tx& tx,
                                                    const std::string& network,
                                                    const base::IntentId& id);

// Puts a fresh order over the same parameters in place of the one that waits for a human. False: it
// does not wait any more.
[[nodiscard]] base::Result<bool> RenewOrder(pg::Tx& tx, const NewIntent& intent);

// False: its bytes are signed already.
[[nodiscard]] base::Result<bool> RequestCancel(pg::Tx& tx, const base::IntentId& id);

// `limit` = intents of one wallet.
struct QueueLimits {
    std::size_t limit = 64;
    std::chrono::milliseconds quote_age_max{15'000};
};

[[nodiscard]] base::Result<Queues> LoadQueues(pg::Tx& tx,
                                              const std::vector<base::WalletId>& wallets,
                                              const QueueLimits& limits);

// Those of the wallets that have any.
[[nodiscard]] base::Result<std::map<base::WalletId, Chores>> LoadChores(
    pg::Tx& tx, const std::string& network, const std::vector<base::WalletId>& wallets);

// Wallets with something due in the queue, a further attempt or a fill to sign.
[[nodiscard]] base::Result<std::set<base::WalletId>> WalletsDue(pg::Tx& tx,
                                                                const std::string& network);

// Wallets with an intent that is not terminal, or an open fill.
[[nodiscard]] base::Result<std::set<base::WalletId>> WalletsOpen(pg::Tx& tx,
                                                                 const std::string& network);

// Flags every intent without progress for that long. Answers how many are newly flagged.
[[nodiscard]] base::Result<std::size_t> FlagStuck(pg::Tx& tx,
                                                  const std::string& network,
                                                  std::chrono::milliseconds after);

}  // namespace transfer
