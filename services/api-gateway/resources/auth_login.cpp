#include <algorithm>

#include "api-gateway/flow/sign_in.h"
#include "api-gateway/resources/auth.h"
#include "api-gateway/web/authenticator.h"

namespace gateway {

namespace {

using boost::asio::awaitable;

// A browser session ends after that, whatever REFRESH_TTL says.
constexpr std::chrono::hours kBrowserSessionMax{24 * 7};

// The user whose email, password and one-time code stand in the body.
awaitable<base::Result<UserRow>> SignIn(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const std::string text = reader.Text("email", net::kNeeded);
    Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    auto email = NormaliseEmail(text);
    if (!email) {
        co_return email.error();
    }
    auto user = co_await CheckCredentials(app, std::move(*email), std::move(proof));
    if (user) {
        call.trace.user_id = user->id.ToString();
    }
    co_return user;
}

base::Result<RefreshGrant> StoreSignIn(pg::Pool& pool, base::UserId user, base::Time expires_at) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<RefreshGrant> {
        BASE_RETURN_IF_ERROR(AppendEvent(tx, {user, "signed_in"}));
        return BeginFamily(tx, user, expires_at);
    });
}

base::Result<BrowserGrant> StoreBrowserSession(pg::Pool& pool,
                                               base::UserId user,
                                               base::Time expires_at) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<BrowserGrant> {
        BASE_RETURN_IF_ERROR(AppendEvent(tx, {user, "browser_session_begun"}));
        return BeginBrowserSession(tx, user, expires_at);
    });
}

std::string SetCookie(std::string_view value, bool tls, std::chrono::seconds life) {
    return std::string(SessionCookieName(tls)) + "=" + std::string(value) +
           "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(life.count()) +
           (tls ? "; Secure" : "");
}

}  // namespace

Answer Login(App& app, Call& call) {
    auto user = co_await SignIn(app, call);
    if (!user) {
        co_return user.error();
    }
    const base::Time expires_at = app.clock().Now() + app.config().refresh_ttl;
    auto work = [&pool = app.database(), id = user->id, expires_at] {
        return StoreSignIn(pool, id, expires_at);
    };
    const auto grant = co_await app.Sql(std::move(work));
    if (!grant) {
        co_return grant.error();
    }
    co_return JsonResponse(200, TokenJson(app, *user, *grant));
}

Answer BeginSession(App& app, Call& call) {
    auto user = co_await SignIn(app, call);
    if (!user) {
        co_return user.error();
    }
    const auto life =
        std::min<std::chrono::milliseconds>(app.config().refresh_ttl, kBrowserSessionMax);
    const base::Time expires_at = app.clock().Now() + life;
    auto work = [&pool = app.database(), id = user->id, expires_at] {
        return StoreBrowserSession(pool, id, expires_at);
    };
    const auto grant = co_await app.Sql(std::move(work));
    if (!grant) {
        co_return grant.error();
    }
    const nlohmann::json body{{"csrf_token", CsrfTokenOf(grant->cookie)},
                              {"user",
                               {{"id", user->id.ToString()},
                                {"email", user->email},
                                {"role", auth::RoleName(user->role)}}},
                              {"password_change_required", user->must_change_password},
                              {"expires_at", base::FormatRfc3339(expires_at)}};
    net::Response response = JsonResponse(200, body);
    response.headers.Add("Set-Cookie",
                         SetCookie(grant->cookie,
                                   call.request.tls,
                                   std::chrono::duration_cast<std::chrono::seconds>(life)));
    co_return response;
}

Answer Refresh(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    std::string token = reader.Text("refresh_token", net::kNeeded);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    auto rotate = [&pool = app.database(), token = std::move(token)] {
        return RotateRefreshToken(pool, token);
    };
    const auto rotated = co_await app.Sql(std::move(rotate));
    if (!rotated) {
        co_return rotated.error();
    }
    auto find = [&pool = app.database(), id = rotated->user] { return FindUser(pool, id); };
    const auto user = co_await app.Sql(std::move(find));
    if (!user) {
        co_return user.error();
    }
    if (!*user || !(*user)->active || (*user)->locked_at) {
        co_return base::MakeError(base::ErrorKind::kUnauthenticated,
                                  "bad_token",
                                  "the account of this refresh token is not open");
    }
    call.trace.user_id = (*user)->id.ToString();
    co_return JsonResponse(200, TokenJson(app, **user, rotated->grant));
}

Answer Logout(App& app, Call& call) {
    auto work = [&pool = app.database(),
                 user = call.caller.user->id,
                 session = call.caller.session,
                 browser = call.caller.browser] {
        return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
            BASE_RETURN_IF_ERROR(AppendEvent(tx, {user, "signed_out"}));
            return browser ? EndBrowserSession(tx, session) : EndFamily(tx, session, "signed_out");
        });
    };
    const auto done = co_await app.Sql(std::move(work));
    if (!done) {
        co_return done.error();
    }
    app.authenticator().Forget(call.caller.user->id);
    app.authenticator().ForgetSessions();
    net::Response response = NoContent();
    if (call.caller.browser) {
        response.headers.Add("Set-Cookie",
                             SetCookie("", call.request.tls, std::chrono::seconds(0)));
    }
    co_return response;
}

}  // namespace gateway
