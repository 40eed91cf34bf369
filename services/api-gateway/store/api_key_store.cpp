#include "api-gateway/store/api_key_store.h"

#include "api-gateway/store/identity_store.h"
#include "base/hex.h"
#include "base/text.h"

namespace gateway {

namespace {

constexpr std::string_view kKeyColumns =
    "id, user_id, name, prefix, key_hash, array_to_string(scopes, ',') AS scopes, "
    "array_to_string(ip_allow, ',') AS ip_allow, created_at, last_used_at, expires_at ";
constexpr std::string_view kLiving =
    "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) ";

std::vector<std::string> SplitList(const std::string& text) {
    std::vector<std::string> list;
    if (!text.empty()) {
        for (const std::string_view item : base::Split(text, ',')) {
            list.emplace_back(item);
        }
    }
    return list;
}

ApiKeyRow ReadKey(const pg::Row& row) {
    return {row.Get<base::ApiKeyId>("id"),
            row.Get<base::UserId>("user_id"),
            row.Get<std::string>("name"),
            row.Get<std::string>("prefix"),
            row.Get<base::Bytes>("key_hash"),
            SplitList(row.Get<std::string>("scopes")),
            SplitList(row.Get<std::string>("ip_allow")),
            row.Get<base::Time>("created_at"),
            row.Get<std::optional<base::Time>>("last_used_at"),
            row.Get<std::optional<base::Time>>("expires_at")};
}

base::Error NoSuchKey() {
    return base::NotFound("not_found", "there is no living API key of this id");
}

base::Result<base::ApiKeyId> Insert(pg::Tx& tx, const NewApiKey& key) {
    const auto id = base::ApiKeyId::Random();
    BASE_RETURN_IF_ERROR(tx.Exec(
        "INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, ip_allow, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6::text[], $7::cidr[], $8)",
        id,
        key.user,
        key.name,
        key.prefix,
        key.hash,
        key.scopes,
        key.ip_allow,
        key.expires_at));
    BASE_RETURN_IF_ERROR(tx.Exec("UPDATE users SET api_key = $2 WHERE id = $1",
                                 key.user,
                                 "hmac:" + base::HexEncode(key.hash)));
    BASE_RETURN_IF_ERROR(
        AppendEvent(tx,
                    {key.user,
                     "api_key_created",
                     "user",
                     {{"prefix", key.prefix}, {"name", key.name}, {"scopes", key.scopes}}}));
    return id;
}

}  // namespace

base::Result<base::ApiKeyId> InsertApiKey(pg::Pool& pool, const NewApiKey& key) {
    return pg::Transact(
        pool, [&](pg::Tx& tx) -> base::Result<base::ApiKeyId> { return Insert(tx, key); });
}

base::Result<std::optional<ApiKeyRow>> FindLivingApiKey(pg::Pool& pool,
                                                        const std::string& prefix,
                                                        const std::string& remote_ip) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<ApiKeyRow>> {
        const std::string sql = "SELECT " + std::string(kKeyColumns) +
                                "FROM api_keys WHERE prefix = $1 AND " + std::string(kLiving) +
                                "AND (cardinality(ip_allow) = 0 OR $2::inet <<= ANY (ip_allow))";
        BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(sql, prefix, remote_ip));
        if (!row) {
            return std::optional<ApiKeyRow>();
        }
        ApiKeyRow key = ReadKey(*row);
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE api_keys SET last_used_at = now() WHERE id = $1 AND "
                    "(last_used_at IS NULL OR last_used_at < now() - INTERVAL '1 minute')",
                    key.id));
        return std::optional<ApiKeyRow>(std::move(key));
    });
}

base::Result<std::vector<ApiKeyRow>> ListApiKeys(pg::Pool& pool,
                                                 base::UserId user,
                                                 std::optional<base::ApiKeyId> after,
                                                 unsigned limit) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::vector<ApiKeyRow>> {
        const std::string sql =
            "SELECT " + std::string(kKeyColumns) + "FROM api_keys WHERE user_id = $1 AND " +
            std::string(kLiving) +
            "AND ($2::uuid IS NULL OR (created_at, id) < "
            "(SELECT created_at, id FROM api_keys WHERE id = $2::uuid AND user_id = $1)) "
            "ORDER BY created_at DESC, id DESC LIMIT $3";
        BASE_ASSIGN_OR_RETURN(const auto rows, tx.Exec(sql, user, after, limit + 1));
        std::vector<ApiKeyRow> keys;
        for (const pg::Row row : rows) {
            keys.push_back(ReadKey(row));
        }
        return keys;
    });
}

base::Result<> RevokeApiKey(pg::Pool& pool, base::UserId user, base::ApiKeyId id) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        const std::string sql =
            "UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND user_id = $2 AND " +
            std::string(kLiving) + "RETURNING prefix";
        BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(sql, id, user));
        if (!row) {
            return NoSuchKey();
        }
        return AppendEvent(
            tx, {user, "api_key_revoked", "user", {{"prefix", row->Get<std::string>("prefix")}}});
    });
}

base::Result<ApiKeyRow> RotateApiKey(pg::Pool& pool,
                                     base::UserId user,
                                     base::ApiKeyId id,
                                     const NewApiKey& fresh) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<ApiKeyRow> {
        const std::string read = "SELECT " + std::string(kKeyColumns) +
                                 "FROM api_keys WHERE id = $1 AND user_id = $2 AND " +
                                 std::string(kLiving) + "FOR UPDATE";
        BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(read, id, user));
        if (!row) {
            return NoSuchKey();
        }
        ApiKeyRow key = ReadKey(*row);
        NewApiKey next = fresh;
        next.user = user;
        next.name = key.name;
        next.scopes = key.scopes;
        next.ip_allow = key.ip_allow;
        next.expires_at = key.expires_at;
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE api_keys SET expires_at = "
                    "least(expires_at, now() + INTERVAL '24 hours') WHERE id = $1",
                    id));
        BASE_ASSIGN_OR_RETURN(key.id, Insert(tx, next));
        key.prefix = next.prefix;
        key.last_used_at.reset();
        return key;
    });
}

}  // namespace gateway
