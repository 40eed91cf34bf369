#include "api-gateway/resources/api_keys.h"

#include "api-gateway/flow/sign_in.h"
#include "api-gateway/store/api_key_store.h"
#include "auth/api_key.h"
#include "net/ip_ranges.h"

namespace gateway {

namespace {

constexpr std::string_view kKeyPrefix = "key_";
constexpr std::size_t kNameMax = 64;
constexpr std::size_t kRangesMax = 20;
constexpr std::chrono::seconds kLifeMax = std::chrono::hours(24 * 365 * 5);

nlohmann::json TimeOrNull(const std::optional<base::Time>& time) {
    return time ? nlohmann::json(base::FormatRfc3339(*time)) : nlohmann::json();
}

nlohmann::json KeyJson(const ApiKeyRow& key) {
    return {{"id", std::string(kKeyPrefix) + key.id.ToString()},
            {"name", key.name},
            {"prefix", key.prefix},
            {"scopes", key.scopes},
            {"ip_allow", key.ip_allow},
            {"created_at", base::FormatRfc3339(key.created_at)},
            {"last_used_at", TimeOrNull(key.last_used_at)},
            {"expires_at", TimeOrNull(key.expires_at)}};
}

// The scopes a user of that role may give away.
base::Result<std::vector<std::string>> CheckScopes(const std::vector<std::string>& names,
                                                   auth::Role role) {
    if (names.empty()) {
        return base::InvalidArgument("unknown_scope", "a key has at least one scope");
    }
    auth::Scopes scopes;
    for (const std::string& name : names) {
        BASE_ASSIGN_OR_RETURN(const auth::Scope scope, auth::ParseScope(name));
        if (scope == auth::Scope::kAdmin && role != auth::Role::kAdmin) {
            return base::PermissionDenied("role_not_allowed",
                                          "only an administrator's key may have the scope admin");
        }
        scopes.Add(scope);
    }
    return auth::ScopeNames(scopes);
}

struct KeyWish {
    NewApiKey key;
    Proof proof;
};

base::Result<KeyWish> ReadKeyWish(App& app, Call& call) {
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    KeyWish wish;
    wish.key.user = call.caller.user->id;
    wish.key.name = reader.Text("name", net::kNeeded, kNameMax);
    wish.proof = ReadProof(reader);
    const auto scopes = reader.TextList("scopes");
    const auto seconds = reader.Integer("expires_in", 60, kLifeMax.count());
    wish.key.ip_allow =
        reader.TextList("ip_allow", kRangesMax).value_or(std::vector<std::string>());
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (wish.key.name.empty()) {
        return base::InvalidArgument("missing_field", "a key has a name").At("/name");
    }
    auto checked = CheckScopes(scopes.value_or(std::vector<std::string>()), call.caller.user->role);
    if (!checked) {
        return base::Error(checked.error()).At("/scopes");
    }
    wish.key.scopes = std::move(*checked);
    if (const auto ranges = net::IpRanges::Parse(wish.key.ip_allow); !ranges) {
        return base::Error(ranges.error()).At("/ip_allow");
    }
    if (seconds) {
        wish.key.expires_at = app.clock().Now() + std::chrono::seconds(*seconds);
    }
    return wish;
}

}  // namespace

Answer ListKeys(App& app, Call& call) {
    const auto limit = PageLimit(call);
    if (!limit) {
        co_return limit.error();
    }
    std::optional<base::ApiKeyId> after;
    if (const auto cursor = call.query.Find("cursor")) {
        const auto id = ParseId<base::ApiKeyId>(*cursor, kKeyPrefix);
        if (!id) {
            co_return base::InvalidArgument("bad_cursor", "this cursor is not of this list");
        }
        after = *id;
    }
    auto work = [&pool = app.database(), user = call.caller.user->id, after, size = *limit] {
        return ListApiKeys(pool, user, after, size);
    };
    auto keys = co_await app.Sql(std::move(work));
    if (!keys) {
        co_return keys.error();
    }
    const bool more = keys->size() > *limit;
    keys->resize(std::min<std::size_t>(keys->size(), *limit));
    nlohmann::json data = nlohmann::json::array();
    for (const ApiKeyRow& key : *keys) {
        data.push_back(KeyJson(key));
    }
    const std::string next = more ? std::string(kKeyPrefix) + keys->back().id.ToString() : "";
    co_return PageResponse(call, std::move(data), next);
}

Answer CreateKey(App& app, Call& call) {
    auto wish = ReadKeyWish(app, call);
    if (!wish) {
        co_return wish.error();
    }
    const base::UserId user = call.caller.user->id;
    const auto proved = co_await CheckFresh(app, user, std::move(wish->proof));
    if (!proved) {
        co_return proved.error();
    }
    const auth::ApiKey key = auth::GenerateApiKey();
    wish->key.prefix = key.prefix;
    wish->key.hash = auth::HashApiKey(key, app.config().api_key_hash_key);
    auto work = [&pool = app.database(), fresh = wish->key] { return InsertApiKey(pool, fresh); };
    const auto id = co_await app.Sql(std::move(work));
    if (!id) {
        co_return id.error();
    }
    const ApiKeyRow row{*id,
                        user,
                        wish->key.name,
                        key.prefix,
                        {},
                        wish->key.scopes,
                        wish->key.ip_allow,
                        app.clock().Now(),
                        std::nullopt,
                        wish->key.expires_at};
    nlohmann::json body = KeyJson(row);
    body["key"] = std::string(key.text.Expose());
    co_return JsonResponse(201, body);
}

Answer RevokeKey(App& app, Call& call) {
    const auto id = ParseId<base::ApiKeyId>(call.Segment("id"), kKeyPrefix);
    if (!id) {
        co_return id.error();
    }
    auto work = [&pool = app.database(), user = call.caller.user->id, id = *id] {
        return RevokeApiKey(pool, user, id);
    };
    const auto done = co_await app.Sql(std::move(work));
    if (!done) {
        co_return done.error();
    }
    app.authenticator().ForgetApiKeys();
    co_return NoContent();
}

Answer RotateKey(App& app, Call& call) {
    const auto id = ParseId<base::ApiKeyId>(call.Segment("id"), kKeyPrefix);
    if (!id) {
        co_return id.error();
    }
    const auth::ApiKey key = auth::GenerateApiKey();
    NewApiKey fresh;
    fresh.prefix = key.prefix;
    fresh.hash = auth::HashApiKey(key, app.config().api_key_hash_key);
    auto work = [&pool = app.database(), user = call.caller.user->id, id = *id, fresh] {
        return RotateApiKey(pool, user, id, fresh);
    };
    const auto row = co_await app.Sql(std::move(work));
    if (!row) {
        co_return row.error();
    }
    nlohmann::json body = KeyJson(*row);
    body["key"] = std::string(key.text.Expose());
    body["former_id"] = std::string(kKeyPrefix) + id->ToString();
    body["former_valid_seconds"] = 24 * 60 * 60;
    co_return JsonResponse(200, body);
}

}  // namespace gateway
