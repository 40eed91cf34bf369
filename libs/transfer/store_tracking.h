// SQL of the tracker: what is on its way to the chain, and how it ended. The caller's transaction
// began with Fence. Where a marking function moves intents of several wallets, it is the only one
// of its transaction: it locks their events in order of wallet.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"
#include "transfer/state.h"

namespace transfer {

struct TrackedAttempt {
    std::uint32_t number = 1;
    std::string tx_hash;
    std::string kind;
};

// An intent that is SUBMITTED or MINED, with every signed attempt.
struct Tracked {
    base::IntentId id;
    std::uint64_t sequence = 0;
    base::WalletId wallet;
    std::string from;
    State state = State::kSubmitted;
    std::optional<std::uint64_t> nonce;
    std::vector<TrackedAttempt> attempts;
    std::uint32_t landed = 0;  // number of the attempt in the block
    std::uint64_t block_height = 0;
    std::string block_hash;
    bool receipt_ok = true;
    std::optional<std::uint64_t> conflict_height;
    std::string reason;
    bool bump_due = false;   // the newest attempt is old enough, or the node calls it underpriced
    bool fee_fixed = false;  // the caller gave the price
    std::uint32_t automatic_bumps = 0;
};

struct TrackingLimits {
    std::chrono::milliseconds bump_after{180'000};
    std::size_t rows = 5'000;
    std::uint64_t after = 0;  // LoadTracked: sequences above it
};

// Of wallets whose live lease `holder` has, in order of sequence.
[[nodiscard]] base::Result<std::vector<Tracked>> LoadTracked(pg::Tx& tx,
                                                             const std::string& network,
                                                             const std::string& holder,
                                                             const TrackingLimits& limits);

struct Mined {
    base::IntentId id;
    std::uint32_t attempt = 1;
    std::string tx_hash;
    chain::TxStatus status;
};

struct Ended {
    base::IntentId id;
    State state = State::kFinal;  // kFinal, kReverted, kCancelled or kConflicted
    std::string reason;
    std::uint64_t height = 0;  // final height of the proof that the other attempts are dead
};

// SUBMITTED -> MINED.
[[nodiscard]] base::Result<> MarkMined(pg::Tx& tx, std::span<const Mined> mined);
// MINED -> SUBMITTED, its bytes due again at once.
[[nodiscard]] base::Result<> MarkReorganised(pg::Tx& tx, std::span<const base::IntentId> ids);
// MINED -> the end; SUBMITTED -> CONFLICTED.
[[nodiscard]] base::Result<> MarkEnded(pg::Tx& tx, std::span<const Ended> ended);
// The final height that first showed the slot spent by another.
[[nodiscard]] base::Result<> MarkSuspected(pg::Tx& tx,
                                           std::span<const base::IntentId> ids,
                                           std::optional<std::uint64_t> height);
[[nodiscard]] base::Result<> SetReason(pg::Tx& tx,
                                       const base::IntentId& id,
                                       const std::string& reason,
                                       const std::string& detail);

using Reasons = std::vector<std::pair<base::IntentId, std::string>>;

// The same for many.
[[nodiscard]] base::Result<> SetReasons(pg::Tx& tx,
                                        const Reasons& reasons,
                                        const std::string& detail);

[[nodiscard]] base::Result<> StoreHead(pg::Tx& tx,
                                       const std::string& network,
                                       const chain::Head& head);

struct TrackedFill {
    base::WalletId wallet;
    std::string from;
    std::uint64_t nonce = 0;
    std::uint32_t number = 1;
    std::string tx_hash;
    bool bump_due = false;
    base::Bytes unsigned_tx;
};

[[nodiscard]] base::Result<std::vector<TrackedFill>> LoadFills(pg::Tx& tx,
                                                               const std::string& network,
                                                               const std::string& holder,
                                                               const TrackingLimits& limits);
[[nodiscard]] base::Result<> MarkFillLanded(pg::Tx& tx,
                                            const std::string& network,
                                            const TrackedFill& fill,
                                            const chain::TxStatus& status);
// Its nonce was spent by another transaction at final depth.
[[nodiscard]] base::Result<> MarkFillDead(pg::Tx& tx,
                                          const std::string& network,
                                          const TrackedFill& fill);

}  // namespace transfer
