// Users and what happened to them, in Postgres. All functions block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "api-gateway/caller.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"

namespace gateway {

struct UserRow {
    base::UserId id;
    std::string email;
    std::string password_hash;
    auth::Role role = auth::Role::kUser;
    bool active = false;
    bool must_change_password = false;
    std::optional<base::Time> locked_at;
    std::int64_t token_epoch = 0;
    base::Time created_at;
};

struct NewUser {
    std::string email;  // lower case
    std::string password_hash;
    auth::Role role = auth::Role::kUser;
    bool must_change_password = false;
};

struct IdentityEvent {
    base::UserId user;
    std::string_view kind;
    std::string actor = "user";
    nlohmann::json detail = nlohmann::json::object();
};

[[nodiscard]] base::Result<std::optional<UserRow>> FindUserByEmail(pg::Pool& pool,
                                                                   const std::string& email);
[[nodiscard]] base::Result<std::optional<UserRow>> FindUser(pg::Pool& pool, base::UserId id);

// Null where there is no such user.
[[nodiscard]] base::Result<std::optional<UserState>> LoadUserState(pg::Pool& pool, base::UserId id);

// Errors: `email_taken`.
[[nodiscard]] base::Result<base::UserId> InsertUser(pg::Tx& tx, const NewUser& user);

[[nodiscard]] base::Result<> SetPassword(pg::Tx& tx,
                                         base::UserId user,
                                         const std::string& password_hash);

// "send=100,read=6000", as the queries here aggregate overrides.
[[nodiscard]] RatePermits ParsePermits(std::string_view text);

[[nodiscard]] base::Result<> AppendEvent(pg::Tx& tx, const IdentityEvent& event);

// Takes an invitation for that email. Errors: `invite_required` where there is none that fits.
[[nodiscard]] base::Result<> UseInvite(pg::Tx& tx,
                                       std::string_view code,
                                       const std::string& email,
                                       base::UserId user);

}  // namespace gateway
