// The states of an intent. Which moves are legal is written once, in the database
// (0030_transfer.sql, intent_move_is_legal).
#pragma once

#include <string_view>

#include "base/result.h"

namespace transfer {

enum class State {
    kReceived,
    kAwaitHuman,
    kAuthorised,
    kReserved,
    kSigned,
    kSubmitted,
    kMined,
    kFinal,
    kReverted,
    kCancelled,
    kConflicted,
    kExpired,
    kRejected,
};

// "AWAIT_HUMAN", as the database and ReportOutcome spell it.
[[nodiscard]] std::string_view StateName(State state);

// Errors: kInternal for a name that is none.
[[nodiscard]] base::Result<State> ParseState(std::string_view name);

[[nodiscard]] bool IsTerminal(State state);

// No bytes of it have been stored here: it may still be ended by a Void.
[[nodiscard]] bool IsUnsigned(State state);

// The caller of Transfer gets its answer now: signed, waiting for a human, or ended.
[[nodiscard]] bool IsAnswerable(State state);

}  // namespace transfer
