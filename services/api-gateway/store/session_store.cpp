#include "api-gateway/store/session_store.h"

#include "auth/base64url.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace gateway {

namespace {

constexpr std::size_t kTokenBytes = 32;

std::string NewToken() {
    return auth::Base64UrlEncode(crypto::RandomArray<kTokenBytes>());
}

crypto::Hash256 HashOf(std::string_view token) {
    return crypto::Sha256(base::AsBytes(token));
}

base::Error BadRefreshToken() {
    return base::MakeError(base::ErrorKind::kUnauthenticated,
                           "bad_token",
                           "the refresh token is unknown, expired or revoked");
}

base::Result<std::string> AddToken(pg::Tx& tx, base::SessionId family) {
    std::string token = NewToken();
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO refresh_tokens (token_hash, family_id) VALUES ($1, $2)",
                HashOf(token),
                family));
    return token;
}

}  // namespace

base::Result<RefreshGrant> BeginFamily(pg::Tx& tx, base::UserId user, base::Time expires_at) {
    const auto family = base::SessionId::Random();
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO refresh_families (id, user_id, expires_at) VALUES ($1, $2, $3)",
                family,
                user,
                expires_at));
    BASE_ASSIGN_OR_RETURN(std::string token, AddToken(tx, family));
    return RefreshGrant{family, std::move(token)};
}

base::Result<Rotated> RotateRefreshToken(pg::Pool& pool, std::string_view token) {
    bool reused = false;
    auto rotated = pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<Rotated>> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT f.id, f.user_id, t.used_at IS NOT NULL AS used, "
                     "f.revoked_at IS NULL AND f.expires_at > now() AS living "
                     "FROM refresh_tokens t JOIN refresh_families f ON f.id = t.family_id "
                     "WHERE t.token_hash = $1 FOR UPDATE",
                     HashOf(token)));
        reused = row && row->Get<bool>("living") && row->Get<bool>("used");
        if (!row || !row->Get<bool>("living")) {
            return std::optional<Rotated>();
        }
        const auto family = row->Get<base::SessionId>("id");
        if (reused) {
            BASE_RETURN_IF_ERROR(EndFamily(tx, family, "token_reused"));
            return std::optional<Rotated>();
        }
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE refresh_tokens SET used_at = now() "
                    "WHERE token_hash = $1",
                    HashOf(token)));
        BASE_ASSIGN_OR_RETURN(std::string next, AddToken(tx, family));
        return std::optional<Rotated>(
            Rotated{row->Get<base::UserId>("user_id"), {family, std::move(next)}});
    });
    if (!rotated) {
        return rotated.error();
    }
    if (reused) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "token_reused",
                               "this refresh token was used before; every token of its sign-in "
                               "is revoked");
    }
    if (!*rotated) {
        return BadRefreshToken();
    }
    return std::move(**rotated);
}

base::Result<> EndFamily(pg::Tx& tx, base::SessionId family, std::string_view reason) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE refresh_families SET revoked_at = now(), revoked_reason = $2 "
                "WHERE id = $1 AND revoked_at IS NULL",
                family,
                reason));
    return {};
}

base::Result<> EndOtherSignIns(pg::Tx& tx,
                               base::UserId user,
                               base::SessionId kept,
                               std::string_view reason) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE refresh_families SET revoked_at = now(), revoked_reason = $3 "
                "WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > now()",
                user,
                kept,
                reason));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE browser_sessions SET ended_at = now() "
                "WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL",
                user,
                kept));
    return {};
}

base::Result<BrowserGrant> BeginBrowserSession(pg::Tx& tx,
                                               base::UserId user,
                                               base::Time expires_at) {
    BrowserGrant grant{base::SessionId::Random(), NewToken()};
    BASE_RETURN_IF_ERROR(tx.Exec(
        "INSERT INTO browser_sessions (token_hash, id, user_id, token_epoch, expires_at) "
        "SELECT $1::bytea, $2::uuid, id, token_epoch, $4::timestamptz FROM users WHERE id = $3",
        HashOf(grant.cookie),
        grant.id,
        user,
        expires_at));
    return grant;
}

base::Result<std::optional<BrowserSession>> FindBrowserSession(pg::Pool& pool,
                                                               const std::string& cookie) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<BrowserSession>> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT id, user_id, token_epoch FROM browser_sessions "
                     "WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > now()",
                     HashOf(cookie)));
        if (!row) {
            return std::optional<BrowserSession>();
        }
        return std::optional<BrowserSession>(BrowserSession{row->Get<base::SessionId>("id"),
                                                            row->Get<base::UserId>("user_id"),
                                                            row->Get<std::int64_t>("token_epoch")});
    });
}

base::Result<> EndBrowserSession(pg::Tx& tx, base::SessionId id) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "UPDATE browser_sessions SET ended_at = now() WHERE id = $1 AND ended_at IS NULL", id));
    return {};
}

}  // namespace gateway
