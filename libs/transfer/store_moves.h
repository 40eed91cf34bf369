// SQL of the moves before an intent's bytes are signed. Each function moves a whole batch with one
// statement a table, and answers kAborted `intent_moved`, committing nothing, where one of them is
// no longer in the state it was loaded in. The caller's transaction began with Fence.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"
#include "transfer/state.h"

namespace transfer {

struct Waiting {
    base::IntentId id;
    std::string reason;
    std::string detail;
    std::chrono::milliseconds again_in{1'000};
    bool needs_operator = false;  // it will not go on by itself
};

struct AwaitingHuman {
    base::IntentId id;
    base::ApprovalId approval;
    std::string reason;
    std::string detail;
};

// The end of an intent that was never signed. `voided`: wallet-manager has promised that it never
// will be; needed once it was authorised.
struct UnsignedEnd {
    base::IntentId id;
    State state = State::kRejected;  // or kExpired
    std::string reason;
    std::string detail;
    bool voided = false;
};

struct Quoted {
    base::IntentId id;
    chain::Quote quote;
};

[[nodiscard]] base::Result<> CheckMoved(const pg::Rows& rows, std::size_t expected);

// No move: the state stays, the reason and the next look change.
[[nodiscard]] base::Result<> Postpone(pg::Tx& tx, std::span<const Waiting> waiting);
[[nodiscard]] base::Result<> StoreQuotes(pg::Tx& tx, std::span<const Quoted> quoted);

// From RECEIVED, or again from AWAIT_HUMAN; looked at again after `again_in`.
// Their coins serve other payments by now: the worker asks for new quotes.
[[nodiscard]] base::Result<> DropQuotes(pg::Tx& tx, const std::vector<base::IntentId>& ids);
[[nodiscard]] base::Result<> MarkAwaitHuman(pg::Tx& tx,
                                            std::span<const AwaitingHuman> awaiting,
                                            std::chrono::milliseconds again_in);
[[nodiscard]] base::Result<> MarkAuthorised(pg::Tx& tx, std::span<const base::IntentId> ids);

// Frees the nonce, the coins and the holds.
[[nodiscard]] base::Result<> EndUnsigned(pg::Tx& tx, std::span<const UnsignedEnd> ends);

}  // namespace transfer
