// What administrators see and do, in Postgres. All functions block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api-gateway/caller.h"
#include "api-gateway/store/identity_store.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"

namespace gateway {

struct UserListing {
    base::UserId id;
    std::string email;
    std::string role;
    bool active = false;
    std::optional<base::Time> locked_at;
    std::string locked_reason;
    base::Time created_at;
    RatePermits permits;
};

struct UserQuery {
    std::string email_part;  // empty = all
    std::optional<base::UserId> after;
    unsigned limit = 20;
};

// Newest first, at most limit + 1.
[[nodiscard]] base::Result<std::vector<UserListing>> ListUsers(pg::Pool& pool,
                                                               const UserQuery& query);

// Errors: `not_found`.
[[nodiscard]] base::Result<UserListing> GetUser(pg::Pool& pool, base::UserId id);

// Ends every sign-in and refuses new ones. Errors: `not_found`.
[[nodiscard]] base::Result<> LockUser(pg::Pool& pool,
                                      base::UserId id,
                                      base::UserId admin,
                                      const std::string& reason);
[[nodiscard]] base::Result<> UnlockUser(pg::Pool& pool, base::UserId id, base::UserId admin);

// Sets the numbers given; nullopt takes an override away. Errors: `not_found`.
[[nodiscard]] base::Result<> SetPermits(
    pg::Pool& pool,
    base::UserId id,
    base::UserId admin,
    const std::map<RateClass, std::optional<std::uint32_t>>& permits);

// The code, shown once. `email` empty = for anybody.
[[nodiscard]] base::Result<std::string> MakeInvite(pg::Pool& pool,
                                                   base::UserId admin,
                                                   const std::string& email,
                                                   base::Time expires_at);

}  // namespace gateway
