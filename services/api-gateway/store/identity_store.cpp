#include "api-gateway/store/identity_store.h"

#include "auth/api_key.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace gateway {

namespace {

constexpr std::string_view kUserColumns =
    "id, email, password_hash, role, is_active, must_change_password, locked_at, token_epoch, "
    "created_at ";

base::Result<UserRow> ReadUser(const pg::Row& row) {
    UserRow user;
    user.id = row.Get<base::UserId>("id");
    user.email = row.Get<std::string>("email");
    user.password_hash = row.Get<std::string>("password_hash");
    BASE_ASSIGN_OR_RETURN(user.role, auth::ParseRole(row.Get<std::string>("role")));
    user.active = row.Get<bool>("is_active");
    user.must_change_password = row.Get<bool>("must_change_password");
    user.locked_at = row.Get<std::optional<base::Time>>("locked_at");
    user.token_epoch = row.Get<std::int64_t>("token_epoch");
    user.created_at = row.Get<base::Time>("created_at");
    return user;
}

base::Result<std::optional<UserRow>> FindOne(pg::Pool& pool,
                                             std::string_view condition,
                                             const std::string& value) {
    const std::string sql =
        "SELECT " + std::string(kUserColumns) + "FROM users WHERE " + std::string(condition);
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<UserRow>> {
        BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(sql, value));
        if (!row) {
            return std::optional<UserRow>();
        }
        BASE_ASSIGN_OR_RETURN(UserRow user, ReadUser(*row));
        return std::optional<UserRow>(std::move(user));
    });
}

base::Result<UserState> ReadState(const pg::Row& row) {
    UserState state;
    state.id = row.Get<base::UserId>("id");
    state.email = row.Get<std::string>("email");
    BASE_ASSIGN_OR_RETURN(state.role, auth::ParseRole(row.Get<std::string>("role")));
    state.active = row.Get<bool>("is_active");
    state.locked = !row.IsNull("locked_at");
    state.must_change_password = row.Get<bool>("must_change_password");
    state.token_epoch = row.Get<std::int64_t>("token_epoch");
    state.permits = ParsePermits(row.Get<std::string>("permits"));
    const std::string ended = row.Get<std::string>("ended");
    if (!ended.empty()) {
        for (const std::string_view id : base::Split(ended, ',')) {
            BASE_ASSIGN_OR_RETURN(const auto family, base::SessionId::Parse(id));
            state.ended_families.push_back(family);
        }
    }
    return state;
}

}  // namespace

RatePermits ParsePermits(std::string_view text) {
    RatePermits permits;
    if (text.empty()) {
        return permits;
    }
    for (const std::string_view pair : base::Split(text, ',')) {
        const std::size_t equals = pair.find('=');
        const auto rate_class = ParseRateClass(pair.substr(0, equals));
        const auto count = base::ParseUnsigned<std::uint32_t>(pair.substr(equals + 1), 1'000'000);
        if (rate_class && count) {
            permits[*rate_class] = *count;
        }
    }
    return permits;
}

base::Result<std::optional<UserRow>> FindUserByEmail(pg::Pool& pool, const std::string& email) {
    return FindOne(pool, "email = $1", email);
}

base::Result<std::optional<UserRow>> FindUser(pg::Pool& pool, base::UserId id) {
    return FindOne(pool, "id = $1::uuid", id.ToString());
}

base::Result<std::optional<UserState>> LoadUserState(pg::Pool& pool, base::UserId id) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<UserState>> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT id, email, role, is_active, locked_at, must_change_password, "
                     "token_epoch, coalesce((SELECT string_agg(f.id::text, ',') "
                     "FROM refresh_families f WHERE f.user_id = users.id "
                     "AND f.revoked_at > now() - INTERVAL '1 day'), '') AS ended, "
                     "coalesce((SELECT string_agg(o.class || '=' || o.permits, ',') "
                     "FROM rate_limit_overrides o WHERE o.user_id = users.id), '') AS permits "
                     "FROM users WHERE id = $1",
                     id));
        if (!row) {
            return std::optional<UserState>();
        }
        BASE_ASSIGN_OR_RETURN(UserState state, ReadState(*row));
        return std::optional<UserState>(std::move(state));
    });
}

base::Result<base::UserId> InsertUser(pg::Tx& tx, const NewUser& user) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("INSERT INTO users (email, password_hash, role, api_key, must_change_password) "
                 "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING RETURNING id",
                 user.email,
                 user.password_hash,
                 auth::RoleName(user.role),
                 auth::UnusableApiKey(),
                 user.must_change_password));
    if (!row) {
        return base::MakeError(
            base::ErrorKind::kAlreadyExists, "email_taken", "an account with this email exists");
    }
    return row->Get<base::UserId>("id");
}

base::Result<> SetPassword(pg::Tx& tx, base::UserId user, const std::string& password_hash) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE users SET password_hash = $2, must_change_password = false WHERE id = $1",
                user,
                password_hash));
    return {};
}

base::Result<> AppendEvent(pg::Tx& tx, const IdentityEvent& event) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO identity_events (user_id, kind, actor, detail) "
                "VALUES ($1, $2, $3, $4::jsonb)",
                event.user,
                event.kind,
                event.actor,
                event.detail.dump()));
    return {};
}

base::Result<> UseInvite(pg::Tx& tx,
                         std::string_view code,
                         const std::string& email,
                         base::UserId user) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE invites SET used_by = $3, used_at = now() WHERE code_hash = $1 "
                "AND used_at IS NULL AND expires_at > now() AND (email IS NULL OR email = $2)",
                crypto::Sha256(base::AsBytes(code)),
                email,
                user));
    if (rows.affected() == 0) {
        return base::PermissionDenied("invite_required",
                                      "the invitation is unknown, used, expired or for another "
                                      "email");
    }
    return {};
}

}  // namespace gateway
