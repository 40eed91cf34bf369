// What to do with a request that equals an earlier one. Pure.
#pragma once

#include <chrono>
#include <optional>

#include "api-gateway/store/intent_store.h"
#include "platform/chain/v1/chain_service.pb.h"

namespace gateway {

// After that, a claim without an intent is another caller's to continue.
inline constexpr std::chrono::seconds kTakeOverAfter{10};
// An unseen outcome keeps its guard for so long.
inline constexpr std::chrono::hours kGuardMax{24};

enum class TwinVerdict {
    kReused,      // the key belongs to another request
    kReplay,      // answer the payment's current state
    kInProgress,  // its first caller is at work right now
    kDuplicate,   // no key: refuse, naming the first payment
    kTakeOver,    // go on with the same intent id
    kNewPayment,  // no key, and the first one's outcome is known to its user: a new wish
};

// `state` is nothing where the daemon knows no such intent.
[[nodiscard]] TwinVerdict JudgeKeyed(const Twin& twin,
                                     std::optional<platform::chain::v1::TransferStatus> state);

// True where the verdict does not depend on the payment's state.
[[nodiscard]] bool IsFresh(const Twin& twin);

[[nodiscard]] TwinVerdict JudgeKeyless(const Twin& twin,
                                       std::optional<platform::chain::v1::TransferStatus> state);

// A speed-up or cancel: its target always exists, so only the key's own row tells.
[[nodiscard]] TwinVerdict JudgeBump(const Twin& twin);

}  // namespace gateway
