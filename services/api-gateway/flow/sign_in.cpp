#include "api-gateway/flow/sign_in.h"

#include <algorithm>

#include "api-gateway/store/totp_store.h"
#include "api-gateway/web/authenticator.h"
#include "auth/password.h"
#include "base/text.h"
#include "crypto/bcrypt.h"

namespace gateway {

namespace {

using boost::asio::awaitable;

constexpr std::size_t kEmailSizeMax = 255;

base::Error BadCredentials() {
    return base::MakeError(
        base::ErrorKind::kUnauthenticated, "bad_credentials", "email or password is wrong");
}

base::Error BadEmail() {
    return base::InvalidArgument("bad_email", "this is not an email address like user@example.com")
        .At("/email");
}

bool IsMailLetter(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return code > ' ' && code != 0x7f && letter != '<' && letter != '>' && letter != ',' &&
           letter != ';' && letter != '"' && letter != '\\';
}

base::Result<> CheckMayEnter(const UserRow& user) {
    if (!user.active) {
        return base::PermissionDenied("account_disabled", "this account is disabled");
    }
    if (user.locked_at) {
        return base::PermissionDenied(
            "locked",
            "an administrator locked this account at " + base::FormatRfc3339(*user.locked_at));
    }
    return {};
}

// Hashes again where the configured cost has changed since. A failure changes nothing.
void Rehash(pg::Pool& pool, const UserRow& user, const secret::String& password, unsigned cost) {
    const auto hash = crypto::BcryptHash(password, cost);
    if (!hash) {
        return;
    }
    const auto updated = pg::Transact(pool, [&](pg::Tx& tx) {
        return tx.Exec("UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $3",
                       user.id,
                       *hash,
                       user.password_hash);
    });
    static_cast<void>(updated);
}

// True where the password is the user's; spends the same time on nobody.
awaitable<base::Result<bool>> Verify(App& app,
                                     std::optional<UserRow> user,
                                     secret::String password) {
    auto work = [cost = app.config().bcrypt_cost,
                 &pool = app.database(),
                 user = std::move(user),
                 password = std::move(password)]() -> base::Result<bool> {
        if (!user) {
            return crypto::BcryptVerifyNobody(password, cost);
        }
        BASE_ASSIGN_OR_RETURN(const bool good, crypto::BcryptVerify(password, user->password_hash));
        BASE_ASSIGN_OR_RETURN(const unsigned stored_cost, crypto::BcryptCost(user->password_hash));
        if (good && stored_cost != cost) {
            Rehash(pool, *user, password, cost);
        }
        return good;
    };
    co_return co_await app.hashing().Run(std::move(work));
}

awaitable<base::Result<UserRow>> Check(App& app, std::optional<UserRow> user, Proof proof) {
    auto normal = auth::NormalisePassword(proof.password.Expose());
    if (!normal) {
        co_return BadCredentials();
    }
    std::optional<UserRow> copy = user;
    const auto good = co_await Verify(app, std::move(copy), std::move(*normal));
    if (!good) {
        co_return good.error();
    }
    if (!*good) {
        co_return BadCredentials();
    }
    BASE_CO_RETURN_IF_ERROR(CheckMayEnter(*user));
    auto work = [&app, id = user->id, code = std::move(proof.totp)] {
        return CheckTotp(app.database(), {app.config().totp_key, id, code, app.clock().Now()});
    };
    const auto second = co_await app.Sql(std::move(work));
    if (!second) {
        co_return second.error();
    }
    co_return std::move(*user);
}

}  // namespace

base::Result<std::string> NormaliseEmail(std::string_view text) {
    const std::string email = base::ToLower(base::Trim(text));
    const std::size_t at = email.find('@');
    if (email.size() > kEmailSizeMax || at == std::string::npos || at == 0 ||
        email.find('@', at + 1) != std::string::npos ||
        !std::all_of(email.begin(), email.end(), IsMailLetter)) {
        return BadEmail();
    }
    const std::string_view domain = std::string_view(email).substr(at + 1);
    if (domain.find('.') == std::string_view::npos || domain.starts_with('.') ||
        domain.ends_with('.') || domain.find("..") != std::string_view::npos) {
        return BadEmail();
    }
    return email;
}

awaitable<base::Result<std::string>> HashPassword(App& app, secret::String password) {
    auto work = [cost = app.config().bcrypt_cost, password = std::move(password)] {
        return crypto::BcryptHash(password, cost);
    };
    co_return co_await app.hashing().Run(std::move(work));
}

awaitable<base::Result<UserRow>> CheckCredentials(App& app, std::string email, Proof proof) {
    const auto decision = co_await app.limiter().CountAccount(email);
    BASE_CO_RETURN_IF_ERROR(RefusalOf(decision));
    auto find = [&pool = app.database(), email] { return FindUserByEmail(pool, email); };
    auto user = co_await app.Sql(std::move(find));
    if (!user) {
        co_return user.error();
    }
    co_return co_await Check(app, std::move(*user), std::move(proof));
}

awaitable<base::Result<UserRow>> CheckFresh(App& app, base::UserId id, Proof proof) {
    auto find = [&pool = app.database(), id] { return FindUser(pool, id); };
    auto user = co_await app.Sql(std::move(find));
    if (!user) {
        co_return user.error();
    }
    if (*user) {
        const auto decision = co_await app.limiter().CountAccount((*user)->email);
        BASE_CO_RETURN_IF_ERROR(RefusalOf(decision));
    }
    co_return co_await Check(app, std::move(*user), std::move(proof));
}

nlohmann::json TokenJson(const App& app, const UserRow& user, const RefreshGrant& grant) {
    const base::Time now = std::chrono::floor<std::chrono::seconds>(app.clock().Now());
    auth::AccessClaims claims;
    claims.issuer = kTokenIssuer;
    claims.audience = kSessionAudience;
    claims.user = user.id;
    claims.id = base::SessionId::Random();
    claims.family = grant.family;
    claims.role = auth::RoleName(user.role);
    claims.epoch = user.token_epoch;
    claims.issued_at = now;
    claims.not_before = now;
    claims.expires_at = now + app.config().jwt_ttl;
    nlohmann::json json{{"token", auth::IssueAccessToken(claims, app.config().jwt_keys)},
                        {"user_id", user.id.ToString()},
                        {"email", user.email},
                        {"role", auth::RoleName(user.role)},
                        {"expires_at", base::FormatRfc3339(claims.expires_at)},
                        {"refresh_token", grant.token}};
    if (user.must_change_password) {
        json["password_change_required"] = true;
    }
    return json;
}

}  // namespace gateway
