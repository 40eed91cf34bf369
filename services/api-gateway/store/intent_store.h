// What makes a repeated request one payment: a row by idempotency key, or by the hash of a request
// without one. The row is committed with its intent id before a chain daemon is asked. All
// functions block.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "pg/pool.h"

namespace gateway {

// Which row a request has.
struct Slot {
    base::UserId user;
    std::optional<std::string> key;  // none: the guard of a request without a key
    crypto::Hash256 request_hash{};
    std::string chain;
    // A request that this database does not know is refused after a restore: it may have been paid.
    bool refuse_restored = false;
};

// Our hold on a row. Ends when somebody else takes over.
struct Claim {
    base::IntentId intent;
    std::string claimed_at;  // as the database writes it
    bool fresh = false;      // made by us: nobody else can have used its intent id
};

// The row that an equal request made before.
struct Twin {
    Claim claim;
    bool same_request = false;
    bool taken = false;  // a daemon was known to have the request
    bool shown = false;  // a later answer showed the user an outcome
    std::chrono::milliseconds claimed_age{};
    std::chrono::milliseconds age{};
};

struct Claimed {
    std::optional<Claim> own;   // the row is ours
    std::optional<Twin> other;  // it is not
};

[[nodiscard]] base::Result<std::optional<Twin>> FindTwin(pg::Pool& pool, const Slot& slot);

// Makes the row with that intent, or finds the one that is there. Errors: `restored`.
[[nodiscard]] base::Result<Claimed> ClaimSlot(pg::Pool& pool,
                                              const Slot& slot,
                                              base::IntentId intent);

// Compare-and-set on the twin's claim: the row is ours with `intent` (the twin's own, or a new
// one). Nothing where somebody was faster. Errors: `restored`.
[[nodiscard]] base::Result<std::optional<Claim>> TakeOver(pg::Pool& pool,
                                                          const Slot& slot,
                                                          const Twin& twin,
                                                          base::IntentId intent);

// Replaces whatever guard is there: `allow_duplicate`. Errors: `restored`.
[[nodiscard]] base::Result<Claim> ReplaceGuard(pg::Pool& pool,
                                               const Slot& slot,
                                               base::IntentId intent);

// The daemon has the request.
[[nodiscard]] base::Result<> MarkTaken(pg::Pool& pool, const Slot& slot, const Claim& claim);

// Removes the row of a request that was refused before anything was stored, if the claim is fresh
// and still ours.
[[nodiscard]] base::Result<> ForgetSlot(pg::Pool& pool, const Slot& slot, const Claim& claim);

// The user has seen how these payments ended: an equal request is a new wish from now on.
[[nodiscard]] base::Result<> MarkShown(pg::Pool& pool,
                                       base::UserId user,
                                       const std::vector<base::IntentId>& intents);

// Rows whose intent is not known to have ended, the longest unchecked first.
struct OpenKey {
    base::UserId user;
    std::string key;
    std::string chain;
    base::IntentId intent;
};

[[nodiscard]] base::Result<std::vector<OpenKey>> ListOpenKeys(pg::Pool& pool, unsigned limit);
[[nodiscard]] base::Result<> MarkChecked(pg::Pool& pool, const OpenKey& key, bool ended);

}  // namespace gateway
