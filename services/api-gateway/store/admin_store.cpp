#include "api-gateway/store/admin_store.h"

#include "api-gateway/store/session_store.h"
#include "auth/base64url.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/random.h"

namespace gateway {

namespace {

constexpr std::string_view kListingColumns =
    "id, email, role, is_active, locked_at, coalesce(locked_reason, '') AS locked_reason, "
    "created_at, coalesce((SELECT string_agg(o.class || '=' || o.permits, ',') "
    "FROM rate_limit_overrides o WHERE o.user_id = users.id), '') AS permits ";

base::Error NoSuchUser() {
    return base::NotFound("not_found", "there is no user of this id");
}

UserListing ReadListing(const pg::Row& row) {
    UserListing user;
    user.id = row.Get<base::UserId>("id");
    user.email = row.Get<std::string>("email");
    user.role = row.Get<std::string>("role");
    user.active = row.Get<bool>("is_active");
    user.locked_at = row.Get<std::optional<base::Time>>("locked_at");
    user.locked_reason = row.Get<std::string>("locked_reason");
    user.created_at = row.Get<base::Time>("created_at");
    user.permits = ParsePermits(row.Get<std::string>("permits"));
    return user;
}

std::string ActorOf(base::UserId admin) {
    return "user:" + admin.ToString();
}

// A literal for LIKE: its own signs escaped.
std::string LikePart(std::string_view text) {
    std::string pattern = "%";
    for (const char letter : text) {
        if (letter == '%' || letter == '_' || letter == '\\') {
            pattern += '\\';
        }
        pattern += letter;
    }
    return pattern + "%";
}

}  // namespace

base::Result<std::vector<UserListing>> ListUsers(pg::Pool& pool, const UserQuery& query) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::vector<UserListing>> {
        const std::string sql =
            "SELECT " + std::string(kListingColumns) +
            "FROM users WHERE email LIKE $1 AND ($2::uuid IS NULL OR (created_at, id) < "
            "(SELECT created_at, id FROM users WHERE id = $2::uuid)) "
            "ORDER BY created_at DESC, id DESC LIMIT $3";
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec(sql, LikePart(base::ToLower(query.email_part)), query.after, query.limit + 1));
        std::vector<UserListing> users;
        for (const pg::Row row : rows) {
            users.push_back(ReadListing(row));
        }
        return users;
    });
}

base::Result<UserListing> GetUser(pg::Pool& pool, base::UserId id) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<UserListing> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT " + std::string(kListingColumns) + "FROM users WHERE id = $1", id));
        if (!row) {
            return NoSuchUser();
        }
        return ReadListing(*row);
    });
}

base::Result<> LockUser(pg::Pool& pool,
                        base::UserId id,
                        base::UserId admin,
                        const std::string& reason) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("UPDATE users SET locked_at = coalesce(locked_at, now()), locked_reason = $2, "
                    "token_epoch = token_epoch + 1 WHERE id = $1",
                    id,
                    reason));
        if (rows.affected() == 0) {
            return NoSuchUser();
        }
        BASE_RETURN_IF_ERROR(EndOtherSignIns(tx, id, base::SessionId(), "locked"));
        return AppendEvent(tx, {id, "locked", ActorOf(admin), {{"reason", reason}}});
    });
}

base::Result<> UnlockUser(pg::Pool& pool, base::UserId id, base::UserId admin) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("UPDATE users SET locked_at = NULL, locked_reason = NULL WHERE id = $1", id));
        if (rows.affected() == 0) {
            return NoSuchUser();
        }
        return AppendEvent(tx, {id, "unlocked", ActorOf(admin)});
    });
}

base::Result<> SetPermits(pg::Pool& pool,
                          base::UserId id,
                          base::UserId admin,
                          const std::map<RateClass, std::optional<std::uint32_t>>& permits) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(const auto user, tx.Maybe("SELECT 1 FROM users WHERE id = $1", id));
        if (!user) {
            return NoSuchUser();
        }
        nlohmann::json detail = nlohmann::json::object();
        for (const auto& [rate_class, count] : permits) {
            const std::string name(RateClassName(rate_class));
            if (count) {
                detail[name] = *count;
                BASE_RETURN_IF_ERROR(
                    tx.Exec("INSERT INTO rate_limit_overrides (user_id, class, permits, set_by) "
                            "VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, class) DO UPDATE "
                            "SET permits = $3, set_by = $4, updated_at = now()",
                            id,
                            name,
                            *count,
                            admin));
            } else {
                detail[name] = nullptr;
                BASE_RETURN_IF_ERROR(
                    tx.Exec("DELETE FROM rate_limit_overrides WHERE user_id = $1 AND class = $2",
                            id,
                            name));
            }
        }
        return AppendEvent(tx, {id, "limits_set", ActorOf(admin), std::move(detail)});
    });
}

base::Result<std::string> MakeInvite(pg::Pool& pool,
                                     base::UserId admin,
                                     const std::string& email,
                                     base::Time expires_at) {
    constexpr std::size_t kCodeBytes = 16;
    const std::string code = auth::Base64UrlEncode(crypto::RandomArray<kCodeBytes>());
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::string> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("INSERT INTO invites (code_hash, email, created_by, expires_at) "
                    "VALUES ($1, nullif($2, ''), $3, $4)",
                    crypto::Sha256(base::AsBytes(code)),
                    email,
                    admin,
                    expires_at));
        BASE_RETURN_IF_ERROR(AppendEvent(tx, {admin, "invited", "user", {{"email", email}}}));
        return code;
    });
}

}  // namespace gateway
