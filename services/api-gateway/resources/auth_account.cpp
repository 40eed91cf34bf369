#include "api-gateway/flow/sign_in.h"
#include "api-gateway/resources/auth.h"
#include "auth/password.h"

namespace gateway {

namespace {

base::Result<> StorePassword(pg::Pool& pool,
                             base::UserId user,
                             const std::string& hash,
                             base::SessionId kept) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(SetPassword(tx, user, hash));
        BASE_RETURN_IF_ERROR(EndOtherSignIns(tx, user, kept, "password_changed"));
        return AppendEvent(tx, {user, "password_changed"});
    });
}

nlohmann::json LimitsJson(const Limiter& limiter, const UserState& user) {
    nlohmann::json limits = nlohmann::json::object();
    for (const RateClass rate_class : kRateClasses) {
        if (IsPerUser(rate_class)) {
            limits[std::string(RateClassName(rate_class))] = {
                {"permits", limiter.PermitsOf(rate_class, &user)},
                {"window_seconds", RateWindow(rate_class).count()}};
        }
    }
    return limits;
}

}  // namespace

Answer GetMe(App& app, Call& call) {
    const UserState& user = *call.caller.user;
    nlohmann::json chains = nlohmann::json::array();
    for (const Chain* chain : app.backends().Chains()) {
        chains.push_back({{"chain", chain->info->name},
                          {"network", chain->network},
                          {"currency", chain->info->symbol},
                          {"decimals", chain->info->decimals}});
    }
    nlohmann::json body{{"user", {{"id", user.id.ToString()}, {"email", user.email}}},
                        {"user_id", user.id.ToString()},
                        {"email", user.email},
                        {"role", auth::RoleName(user.role)},
                        {"limits", LimitsJson(app.limiter(), user)},
                        {"network", chain::ModeName(app.config().mode)},
                        {"features",
                         {{"chains", std::move(chains)},
                          {"registration", RegistrationName(app.config().registration)},
                          {"faucet", app.config().mode != chain::Mode::kMainnet},
                          {"totp", !app.config().totp_key.empty()}}},
                        {"password_change_required", user.must_change_password}};
    if (call.caller.browser) {
        body["csrf_token"] = call.caller.csrf_token;
    }
    co_return JsonResponse(200, body);
}

Answer ChangePassword(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    Proof proof = ReadProof(reader, "old");
    const secret::String new_password = reader.Secret("new", net::kNeeded);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    auto checked = auth::CheckNewPassword(new_password.Expose(), call.caller.user->email);
    if (!checked) {
        co_return base::Error(checked.error()).At("/new");
    }
    if (new_password.Expose() == proof.password.Expose()) {
        co_return base::InvalidArgument("weak_password", "the new password is the old one")
            .With("rule", "same")
            .At("/new");
    }
    const base::UserId id = call.caller.user->id;
    const auto user = co_await CheckFresh(app, id, std::move(proof));
    if (!user) {
        co_return user.error();
    }
    auto hash = co_await HashPassword(app, std::move(*checked));
    if (!hash) {
        co_return hash.error();
    }
    auto work = [&pool = app.database(), id, hash = *hash, kept = call.caller.session] {
        return StorePassword(pool, id, hash, kept);
    };
    const auto stored = co_await app.Sql(std::move(work));
    if (!stored) {
        co_return stored.error();
    }
    app.authenticator().Forget(id);
    app.authenticator().ForgetSessions();
    co_return NoContent();
}

}  // namespace gateway
