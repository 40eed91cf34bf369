#include "api-gateway/flow/sign_in.h"
#include "api-gateway/resources/auth.h"
#include "api-gateway/store/totp_store.h"
#include "auth/totp.h"

namespace gateway {

namespace {

constexpr std::string_view kIssuer = "Crypto Platform";

base::Error NotOffered() {
    return base::Unavailable("totp_unavailable", "TOTP_KEY is not set");
}

}  // namespace

Answer BeginTotp(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    if (app.config().totp_key.empty()) {
        co_return NotOffered();
    }
    const base::UserId id = call.caller.user->id;
    const auto user = co_await CheckFresh(app, id, std::move(proof));
    if (!user) {
        co_return user.error();
    }
    const secret::Bytes secret = auth::NewTotpSecret();
    const auto sealed = auth::SealTotpSecret(app.config().totp_key, id, secret);
    if (!sealed) {
        co_return sealed.error();
    }
    auto work = [&pool = app.database(), id, sealed = *sealed] {
        return BeginTotp(pool, id, sealed);
    };
    const auto begun = co_await app.Sql(std::move(work));
    if (!begun) {
        co_return begun.error();
    }
    const SecretBody answer(
        {{"secret", std::string(auth::TotpSecretText(secret).Expose())},
         {"otpauth_uri", std::string(auth::OtpauthUri(kIssuer, user->email, secret).Expose())}});
    co_return JsonResponse(200, answer.json());
}

Answer ConfirmTotp(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    std::string code = reader.Text("code", net::kNeeded);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    auto work = [&app, id = call.caller.user->id, code = std::move(code)] {
        return ConfirmTotp(app.database(), {app.config().totp_key, id, code, app.clock().Now()});
    };
    const auto codes = co_await app.Sql(std::move(work));
    if (!codes) {
        co_return codes.error();
    }
    nlohmann::json list = nlohmann::json::array();
    for (const secret::String& recovery : *codes) {
        list.push_back(std::string(recovery.Expose()));
    }
    const SecretBody answer(nlohmann::json::object({{"recovery_codes", std::move(list)}}));
    co_return JsonResponse(200, answer.json());
}

Answer RemoveTotp(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    const base::UserId id = call.caller.user->id;
    const auto user = co_await CheckFresh(app, id, std::move(proof));
    if (!user) {
        co_return user.error();
    }
    auto work = [&pool = app.database(), id] { return RemoveTotp(pool, id); };
    const auto removed = co_await app.Sql(std::move(work));
    if (!removed) {
        co_return removed.error();
    }
    co_return NoContent();
}

}  // namespace gateway
