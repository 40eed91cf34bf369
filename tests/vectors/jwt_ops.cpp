#include <array>
#include <chrono>
#include <cstdint>

#include "auth/jwt.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

Answer Verify(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto secret, SecretHex(in, "secret_hex"));
    const base::Time now{std::chrono::seconds(in.at("now").get<std::int64_t>())};
    BASE_ASSIGN_OR_RETURN(Json claims, auth::VerifyHs256(Text(in, "token"), secret, now));
    return Ok({{"claims", std::move(claims)}});
}

Answer Sign(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto secret, SecretHex(in, "secret_hex"));
    return Ok(
        {{"token", auth::SignHs256(Text(in, "header_json"), Text(in, "payload_json"), secret)}});
}

}  // namespace

std::span<const Operation> JwtOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"jwt.verify_hs256", Verify},
        {"jwt.sign_hs256", Sign},
    });
    return table;
}

}  // namespace oracle
