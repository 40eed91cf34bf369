#include "api-gateway/flow/sign_in.h"
#include "api-gateway/resources/auth.h"
#include "auth/password.h"

namespace gateway {

namespace {

struct RegistrationWish {
    std::string email;
    secret::String password;
    std::string invite;
};

base::Result<RegistrationWish> ReadRegistrationWish(Call& call, Registration registration) {
    if (registration == Registration::kClosed) {
        return base::PermissionDenied("registration_closed", "nobody can register here");
    }
    BASE_ASSIGN_OR_RETURN(const SecretBody body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    RegistrationWish wish;
    const std::string email = reader.Text("email", net::kNeeded);
    const secret::String password = reader.Secret("password", net::kNeeded);
    wish.invite = reader.Text("invite").value_or("");
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    BASE_ASSIGN_OR_RETURN(wish.email, NormaliseEmail(email));
    auto checked = auth::CheckNewPassword(password.Expose(), wish.email);
    if (!checked) {
        return base::Error(checked.error()).At("/password");
    }
    wish.password = std::move(*checked);
    if (registration == Registration::kInvite && wish.invite.empty()) {
        return base::PermissionDenied("invite_required", "registration is by invitation here")
            .At("/invite");
    }
    return wish;
}

struct Registered {
    UserRow user;
    RefreshGrant grant;
};

base::Result<Registered> Store(pg::Pool& pool,
                               const NewUser& user,
                               const std::string& invite,
                               base::Time expires_at) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Registered> {
        Registered made;
        BASE_ASSIGN_OR_RETURN(made.user.id, InsertUser(tx, user));
        made.user.email = user.email;
        if (!invite.empty()) {
            BASE_RETURN_IF_ERROR(UseInvite(tx, invite, user.email, made.user.id));
        }
        BASE_RETURN_IF_ERROR(AppendEvent(tx, {made.user.id, "registered"}));
        BASE_ASSIGN_OR_RETURN(made.grant, BeginFamily(tx, made.user.id, expires_at));
        return made;
    });
}

}  // namespace

Answer Register(App& app, Call& call) {
    auto wish = ReadRegistrationWish(call, app.config().registration);
    if (!wish) {
        co_return wish.error();
    }
    auto hash = co_await HashPassword(app, std::move(wish->password));
    if (!hash) {
        co_return hash.error();
    }
    NewUser user;
    user.email = wish->email;
    user.password_hash = std::move(*hash);
    const std::string invite =
        app.config().registration == Registration::kInvite ? wish->invite : std::string();
    const base::Time expires_at = app.clock().Now() + app.config().refresh_ttl;
    auto work = [&pool = app.database(), user = std::move(user), invite, expires_at] {
        return Store(pool, user, invite, expires_at);
    };
    const auto made = co_await app.Sql(std::move(work));
    if (!made) {
        co_return made.error();
    }
    call.trace.user_id = made->user.id.ToString();
    co_return JsonResponse(201, TokenJson(app, made->user, made->grant));
}

}  // namespace gateway
