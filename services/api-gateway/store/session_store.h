// Sign-ins: refresh token families and browser sessions, in Postgres. Tokens are 256 random bits;
// only their SHA-256 is stored. All functions block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"

namespace gateway {

struct RefreshGrant {
    base::SessionId family;
    std::string token;
};

// Begins a family. `expires_at` is the end of every token in it.
[[nodiscard]] base::Result<RefreshGrant> BeginFamily(pg::Tx& tx,
                                                     base::UserId user,
                                                     base::Time expires_at);

struct Rotated {
    base::UserId user;
    RefreshGrant grant;
};

// Uses a refresh token up and gives the next. A token that was used before ends its whole family:
// that is committed, then answered as `token_reused`. Errors also: `bad_token`.
[[nodiscard]] base::Result<Rotated> RotateRefreshToken(pg::Pool& pool, std::string_view token);

[[nodiscard]] base::Result<> EndFamily(pg::Tx& tx, base::SessionId family, std::string_view reason);

// Ends every sign-in of a user but `kept`.
[[nodiscard]] base::Result<> EndOtherSignIns(pg::Tx& tx,
                                             base::UserId user,
                                             base::SessionId kept,
                                             std::string_view reason);

struct BrowserGrant {
    base::SessionId id;
    std::string cookie;
};

[[nodiscard]] base::Result<BrowserGrant> BeginBrowserSession(pg::Tx& tx,
                                                             base::UserId user,
                                                             base::Time expires_at);

struct BrowserSession {
    base::SessionId id;
    base::UserId user;
    std::int64_t token_epoch = 0;
};

// Null where the cookie opens nothing.
[[nodiscard]] base::Result<std::optional<BrowserSession>> FindBrowserSession(
    pg::Pool& pool, const std::string& cookie);

[[nodiscard]] base::Result<> EndBrowserSession(pg::Tx& tx, base::SessionId id);

}  // namespace gateway
