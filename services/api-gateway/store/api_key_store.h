// API keys in Postgres. All functions block.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/role.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "pg/pool.h"

namespace gateway {

struct ApiKeyRow {
    base::ApiKeyId id;
    base::UserId user;
    std::string name;
    std::string prefix;
    base::Bytes hash;
    std::vector<std::string> scopes;
    std::vector<std::string> ip_allow;  // CIDR
    base::Time created_at;
    std::optional<base::Time> last_used_at;
    std::optional<base::Time> expires_at;
};

struct NewApiKey {
    base::UserId user;
    std::string name;
    std::string prefix;
    crypto::Hash256 hash{};
    std::vector<std::string> scopes;
    std::vector<std::string> ip_allow;
    std::optional<base::Time> expires_at;
};

// `ip_allow` holds addresses or ranges that were checked.
[[nodiscard]] base::Result<base::ApiKeyId> InsertApiKey(pg::Pool& pool, const NewApiKey& key);

// A living key by its prefix, marked as used (once a minute). `remote_ip` must be allowed.
[[nodiscard]] base::Result<std::optional<ApiKeyRow>> FindLivingApiKey(pg::Pool& pool,
                                                                      const std::string& prefix,
                                                                      const std::string& remote_ip);

// Newest first, living ones, at most `limit` + 1; `after` is the last id of the former page.
[[nodiscard]] base::Result<std::vector<ApiKeyRow>> ListApiKeys(pg::Pool& pool,
                                                               base::UserId user,
                                                               std::optional<base::ApiKeyId> after,
                                                               unsigned limit);

// Errors: `not_found`.
[[nodiscard]] base::Result<> RevokeApiKey(pg::Pool& pool, base::UserId user, base::ApiKeyId id);

// A new key with the old one's name, scopes and ranges; the old one ends in 24 h. Errors:
// `not_found`.
[[nodiscard]] base::Result<ApiKeyRow> RotateApiKey(pg::Pool& pool,
                                                   base::UserId user,
                                                   base::ApiKeyId id,
                                                   const NewApiKey& fresh);

}  // namespace gateway
