// From the headers of a request to its caller: access token, API key or browser cookie. What the
// database says about a user is cached for at most 5 s, so that a token in memory costs no SQL.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/caller.h"
#include "api-gateway/config.h"
#include "api-gateway/store/api_key_store.h"
#include "api-gateway/store/session_store.h"
#include "api-gateway/web/ttl_cache.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"
#include "net/worker_pool.h"
#include "pg/pool.h"

namespace gateway {

inline constexpr std::string_view kTokenIssuer = "crypto-platform";
inline constexpr std::string_view kSessionAudience = "session";

// The value of a browser session's cookie: under HTTPS its name has the __Host- prefix.
[[nodiscard]] std::string_view SessionCookieName(bool tls);

// What a page of ours must send back in X-CSRF-Token with every change.
[[nodiscard]] std::string CsrfTokenOf(std::string_view cookie);

class Authenticator {
public:
    struct Parts {
        const Config& config;
        const base::Clock& clock;
        pg::Pool& database;
        net::WorkerPool& sql;
    };

    explicit Authenticator(Parts parts);

    // Nobody where the request has no credentials. Errors: `bad_token`, `token_expired`,
    // `bad_api_key`, `locked`, `account_disabled`, those of the database.
    [[nodiscard]] boost::asio::awaitable<base::Result<Caller>> Authenticate(
        const net::Request& request);

    // At most 5 s old; null where there is no such user.
    [[nodiscard]] boost::asio::awaitable<base::Result<std::shared_ptr<const UserState>>> LoadUser(
        base::UserId id);

    // After a change made here: at once instead of within 5 s.
    void Forget(base::UserId id) { users_.Forget(id); }

    void ForgetSessions() { sessions_.Clear(); }

    void ForgetApiKeys() { keys_.Clear(); }

private:
    // Errors: those of auth::VerifyAccessToken.
    [[nodiscard]] base::Result<std::shared_ptr<const auth::AccessClaims>> VerifyToken(
        std::string_view token);
    [[nodiscard]] boost::asio::awaitable<base::Result<Caller>> ByToken(std::string token);
    [[nodiscard]] boost::asio::awaitable<base::Result<Caller>> ByApiKey(std::string text,
                                                                        std::string remote_ip);
    [[nodiscard]] boost::asio::awaitable<base::Result<Caller>> ByCookie(std::string cookie);

    Parts parts_;
    const auth::TokenTrust trust_{std::string(kTokenIssuer), std::string(kSessionAudience)};
    TtlCache<std::string, auth::AccessClaims> tokens_;  // of good signature, by their hash
    TtlCache<base::UserId, UserState> users_;
    TtlCache<std::string, std::optional<ApiKeyRow>> keys_;  // by prefix and address
    TtlCache<std::string, std::optional<BrowserSession>> sessions_;
};

}  // namespace gateway
