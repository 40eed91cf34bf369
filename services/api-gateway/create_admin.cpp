#include "api-gateway/create_admin.h"

#include <cstdio>

#include "api-gateway/flow/sign_in.h"
#include "api-gateway/store/identity_store.h"
#include "auth/base64url.h"
#include "config/file_environment.h"
#include "config/reader.h"
#include "crypto/bcrypt.h"
#include "crypto/random.h"
#include "runtime/program.h"

namespace gateway {

namespace {

constexpr std::size_t kPasswordBytes = 15;

int Refuse(const base::Error& error, int exit_code) {
    std::fprintf(stderr, "api-gateway: %s\n", error.detail.c_str());
    return exit_code;
}

}  // namespace

base::Result<std::string> CreateAdmin(pg::Pool& pool, std::string_view email) {
    NewUser user;
    BASE_ASSIGN_OR_RETURN(user.email, NormaliseEmail(email));
    const std::string password = auth::Base64UrlEncode(crypto::RandomArray<kPasswordBytes>());
    BASE_ASSIGN_OR_RETURN(user.password_hash, crypto::BcryptHash(secret::String(password)));
    user.role = auth::Role::kAdmin;
    user.must_change_password = true;
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::string> {
        BASE_ASSIGN_OR_RETURN(const auto id, InsertUser(tx, user));
        BASE_RETURN_IF_ERROR(AppendEvent(tx, {id, "admin_created", "operator"}));
        return password;
    });
}

int RunCreateAdmin(config::Environment& process, std::string_view email) {
    auto environment = config::FileEnvironment::Open(process);
    if (!environment) {
        return Refuse(environment.error(), runtime::kExitConfiguration);
    }
    config::Reader reader(*environment, "api-gateway");
    pg::PoolOptions options;
    options.url = std::string(reader.Secret("API_GATEWAY_DATABASE_URL").Expose());
    if (options.url.empty()) {
        return Refuse(
            base::InvalidArgument("bad_configuration", "API_GATEWAY_DATABASE_URL is not set"),
            runtime::kExitConfiguration);
    }
    pg::Pool pool(std::move(options));
    const auto password = CreateAdmin(pool, email);
    if (!password) {
        return Refuse(password.error(), runtime::kExitFailed);
    }
    const nlohmann::json answer{{"email", *NormaliseEmail(email)},
                                {"one_time_password", *password}};
    std::printf("%s\n", answer.dump().c_str());
    return 0;
}

}  // namespace gateway
