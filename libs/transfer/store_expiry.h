// SQL of transactions that die of age: the newest attempt of an intent, the books that prove it
// dead, its end. The caller's transaction began with Fence where something is written.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"

namespace transfer {

// A SUBMITTED intent with its newest attempt.
struct Mortal {
    base::IntentId id;
    std::uint64_t sequence = 0;
    chain::Plan plan;
    money::UInt256 amount;     // leaves the wallet by the newest attempt, fee not included
    std::uint32_t number = 1;  // of the newest attempt
    std::string state;         // of it: requested, signed, live or dead
    chain::SentTx sent;        // of it; no hash = it was never signed
    bool resign_due = false;   // its signature is old enough
};

[[nodiscard]] base::Result<std::vector<Mortal>> LoadMortals(pg::Tx& tx,
                                                            std::span<const base::IntentId> ids,
                                                            std::chrono::milliseconds resign_after);

// Native money of an address at two heights, and what the books say of the time between.
struct BooksQuestion {
    std::string network;
    std::string address;
    base::IntentId without;  // the intent whose attempt is in doubt
    chain::Balance before;
    chain::Balance after;
};

// Whether every change between the two is one that our records know: payments received, payments of
// other intents with their fees. Empty: the follower has not read that far yet.
[[nodiscard]] base::Result<std::optional<bool>> BooksAgree(pg::Tx& tx,
                                                           const BooksQuestion& question);

// `reason`: why it never will be included, for users.
[[nodiscard]] base::Result<> MarkDead(pg::Tx& tx,
                                      const Mortal& mortal,
                                      std::string_view reason,
                                      const std::string& proof);

// Its end cannot be proven either way: a person has to look.
[[nodiscard]] base::Result<> MarkUnproven(pg::Tx& tx,
                                          const Mortal& mortal,
                                          const std::string& detail);

// SUBMITTED -> EXPIRED: all its attempts are dead, so that nothing was paid. Its coins are free.
[[nodiscard]] base::Result<> MarkExpired(pg::Tx& tx,
                                         const Mortal& mortal,
                                         const std::string& reason,
                                         const std::string& detail);

// What leaves the wallet by the newest attempt.
[[nodiscard]] base::Result<> StoreAmount(pg::Tx& tx,
                                         const base::IntentId& id,
                                         const money::UInt256& amount);

}  // namespace transfer
