#include "api-gateway/web/authenticator.h"

#include <algorithm>

#include "api-gateway/store/identity_store.h"
#include "auth/api_key.h"
#include "auth/base64url.h"
#include "base/text.h"
#include "crypto/hash.h"

namespace gateway {

namespace {

using boost::asio::awaitable;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kUsersMax = 20'000;
constexpr std::size_t kKeysMax = 10'000;
constexpr std::chrono::milliseconds kTrueFor{5'000};
constexpr std::string_view kBearer = "bearer ";

base::Error BadToken(std::string detail) {
    return base::MakeError(base::ErrorKind::kUnauthenticated, "bad_token", std::move(detail));
}

// Errors: `account_disabled`, `locked`.
base::Result<> CheckUsable(const UserState& user) {
    if (!user.active) {
        return base::PermissionDenied("account_disabled", "this account is disabled");
    }
    if (user.locked) {
        return base::PermissionDenied("locked", "an administrator has locked this account");
    }
    return {};
}

std::optional<std::string> FindCookie(const net::Headers& headers, std::string_view name) {
    for (const auto& [header, value] : headers) {
        if (base::ToLower(header) != "cookie") {
            continue;
        }
        for (const std::string_view part : base::Split(value, ';')) {
            const std::string_view pair = base::Trim(part);
            if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
                return std::string(pair.substr(name.size() + 1));
            }
        }
    }
    return std::nullopt;
}

base::Result<Caller> KeyCaller(const ApiKeyRow& key, std::shared_ptr<const UserState> user) {
    Caller caller;
    caller.rights.credential = auth::Credential::kApiKey;
    caller.rights.role = user->role;
    for (const std::string& name : key.scopes) {
        BASE_ASSIGN_OR_RETURN(const auth::Scope scope, auth::ParseScope(name));
        caller.rights.scopes.Add(scope);
    }
    caller.label = "api_key:" + key.id.ToString();
    caller.user = std::move(user);
    return caller;
}

Caller SessionCaller(std::shared_ptr<const UserState> user, base::SessionId session) {
    Caller caller;
    caller.rights.credential = auth::Credential::kSession;
    caller.rights.role = user->role;
    caller.user = std::move(user);
    caller.session = session;
    caller.label = "session";
    return caller;
}

}  // namespace

std::string_view SessionCookieName(bool tls) {
    return tls ? "__Host-session" : "session";
}

std::string CsrfTokenOf(std::string_view cookie) {
    const auto key = secret::Bytes::Copy(base::AsBytes(cookie));
    return auth::Base64UrlEncode(crypto::HmacSha256(key, base::AsBytes("csrf")));
}

Authenticator::Authenticator(Parts parts)
    : parts_(parts),
      tokens_(kUsersMax, kTrueFor),
      users_(kUsersMax, kTrueFor),
      keys_(kKeysMax, kTrueFor),
      sessions_(kUsersMax, kTrueFor) {}

awaitable<base::Result<Caller>> Authenticator::Authenticate(const net::Request& request) {
    std::string bearer;
    if (const auto header = request.headers.Find("Authorization")) {
        if (!base::ToLower(header->substr(0, kBearer.size())).starts_with(kBearer)) {
            co_return BadToken("the Authorization header is not a bearer token");
        }
        bearer = base::Trim(header->substr(kBearer.size()));
    } else if (const auto key = request.headers.Find("X-API-Key")) {
        bearer = *key;
        if (!bearer.starts_with(auth::kApiKeyMark)) {
            bearer = auth::kApiKeyMark;
        }
    }
    if (bearer.starts_with(auth::kApiKeyMark)) {
        std::string ip = request.remote_ip;
        co_return co_await ByApiKey(std::move(bearer), std::move(ip));
    }
    if (request.headers.Find("Authorization")) {
        co_return co_await ByToken(std::move(bearer));
    }
    auto cookie = FindCookie(request.headers, SessionCookieName(request.tls));
    if (cookie) {
        co_return co_await ByCookie(std::move(*cookie));
    }
    co_return Caller{};
}

awaitable<base::Result<std::shared_ptr<const UserState>>> Authenticator::LoadUser(base::UserId id) {
    if (auto known = users_.Find(id)) {
        co_return known;
    }
    const auto read_at = SteadyClock::now();
    auto work = [&pool = parts_.database, id] { return LoadUserState(pool, id); };
    auto loaded = co_await parts_.sql.Run(std::move(work));
    if (!loaded) {
        co_return loaded.error();
    }
    if (!*loaded) {
        co_return std::shared_ptr<const UserState>();
    }
    auto state = std::make_shared<const UserState>(std::move(**loaded));
    users_.Put(id, state, read_at);
    co_return std::shared_ptr<const UserState>(std::move(state));
}

base::Result<std::shared_ptr<const auth::AccessClaims>> Authenticator::VerifyToken(
    std::string_view token) {
    const auto now = parts_.clock.Now();
    const std::string hash = base::ToText(crypto::Sha256(base::AsBytes(token)));
    // What never changes about a token is known; its time and its user are looked at each time.
    if (auto known = tokens_.Find(hash);
        known != nullptr && known->not_before <= now && now < known->expires_at) {
        return known;
    }
    const auto read_at = SteadyClock::now();
    BASE_ASSIGN_OR_RETURN(auto claims,
                          auth::VerifyAccessToken(token, parts_.config.jwt_keys, trust_, now));
    auto verified = std::make_shared<const auth::AccessClaims>(std::move(claims));
    tokens_.Put(hash, verified, read_at);
    return std::shared_ptr<const auth::AccessClaims>(std::move(verified));
}

awaitable<base::Result<Caller>> Authenticator::ByToken(std::string token) {
    const auto verified = VerifyToken(token);
    if (!verified) {
        co_return verified.error();
    }
    const auto& claims = *verified;
    auto user = co_await LoadUser(claims->user);
    if (!user) {
        co_return user.error();
    }
    const auto& state = *user;
    if (state == nullptr) {
        co_return BadToken("the token's user does not exist");
    }
    BASE_CO_RETURN_IF_ERROR(CheckUsable(*state));
    const auto& ended = state->ended_families;
    if (claims->epoch != state->token_epoch ||
        std::find(ended.begin(), ended.end(), claims->family) != ended.end()) {
        co_return BadToken("the token was revoked");
    }
    co_return SessionCaller(state, claims->family);
}

awaitable<base::Result<Caller>> Authenticator::ByApiKey(std::string text, std::string remote_ip) {
    auto parsed = auth::ParseApiKey(text);
    secret::Wipe(text);
    if (!parsed) {
        co_return parsed.error();
    }
    const std::string place = parsed->prefix + " " + remote_ip;
    auto row = keys_.Find(place);
    if (row == nullptr) {
        const auto read_at = SteadyClock::now();
        auto work = [&pool = parts_.database, prefix = parsed->prefix, remote_ip] {
            return FindLivingApiKey(pool, prefix, remote_ip);
        };
        auto found = co_await parts_.sql.Run(std::move(work));
        if (!found) {
            co_return found.error();
        }
        row = std::make_shared<const std::optional<ApiKeyRow>>(std::move(*found));
        keys_.Put(place, row, read_at);
    }
    const auto refused = base::MakeError(base::ErrorKind::kUnauthenticated,
                                         "bad_api_key",
                                         "the API key is unknown, expired, revoked or used from "
                                         "a foreign address");
    const auto hash = auth::HashApiKey(*parsed, parts_.config.api_key_hash_key);
    if (!*row || !secret::ConstantTimeEqual((*row)->hash, hash)) {
        co_return refused;
    }
    auto user = co_await LoadUser((*row)->user);
    if (!user) {
        co_return user.error();
    }
    if (*user == nullptr) {
        co_return refused;
    }
    BASE_CO_RETURN_IF_ERROR(CheckUsable(**user));
    co_return KeyCaller(**row, *user);
}

awaitable<base::Result<Caller>> Authenticator::ByCookie(std::string cookie) {
    auto session = sessions_.Find(cookie);
    if (session == nullptr) {
        const auto read_at = SteadyClock::now();
        auto work = [&pool = parts_.database, cookie] { return FindBrowserSession(pool, cookie); };
        auto found = co_await parts_.sql.Run(std::move(work));
        if (!found) {
            co_return found.error();
        }
        session = std::make_shared<const std::optional<BrowserSession>>(*found);
        sessions_.Put(cookie, session, read_at);
    }
    if (!*session) {
        co_return BadToken("the browser session has ended");
    }
    auto user = co_await LoadUser((*session)->user);
    if (!user) {
        co_return user.error();
    }
    if (*user == nullptr || (*user)->token_epoch != (*session)->token_epoch) {
        co_return BadToken("the browser session was revoked");
    }
    BASE_CO_RETURN_IF_ERROR(CheckUsable(**user));
    Caller caller = SessionCaller(*user, (*session)->id);
    caller.browser = true;
    caller.label = "browser";
    caller.csrf_token = CsrfTokenOf(cookie);
    co_return caller;
}

}  // namespace gateway
