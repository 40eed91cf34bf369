// The second factor of users, in Postgres. All functions block.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"
#include "secret/secret.h"

namespace gateway {

// Begins anew where it was not confirmed yet. Errors: `totp_enabled`.
[[nodiscard]] base::Result<> BeginTotp(pg::Pool& pool,
                                       base::UserId user,
                                       const base::Bytes& sealed);

struct TotpCheck {
    const secret::Bytes& key;  // TOTP_KEY; empty where it is not set
    base::UserId user;
    std::string code;
    base::Time now;
};

// From now on the user signs in with codes; answers the recovery codes, shown once. Errors:
// `bad_code`, `locked`, `totp_not_begun`, `totp_enabled`.
[[nodiscard]] base::Result<std::vector<secret::String>> ConfirmTotp(pg::Pool& pool,
                                                                    const TotpCheck& check);

// Takes a code, or a recovery code, up. Passes where the user has no second factor. Errors:
// `totp_required` for an empty code, `bad_code`, `locked` after too many wrong ones,
// `totp_unavailable`.
[[nodiscard]] base::Result<> CheckTotp(pg::Pool& pool, const TotpCheck& check);

// After a fresh proof. Errors: `not_found` where there is none.
[[nodiscard]] base::Result<> RemoveTotp(pg::Pool& pool, base::UserId user);

}  // namespace gateway
