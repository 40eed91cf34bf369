// JSON Web Tokens (RFC 7519) as JWS compact serialisation (RFC 7515) with HS256 (RFC 7518 section
// 3.2). The algorithm is fixed here and never read from a token. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "secret/secret.h"

namespace auth {

inline constexpr std::size_t kTokenSizeMax = 4096;

// One secret and the name by which a token's header calls it.
struct JwtKey {
    std::string kid;
    secret::Bytes secret;
};

// A key whose kid is derived from the secret, so that it need not be configured.
[[nodiscard]] JwtKey MakeJwtKey(const secret::String& secret);

// What an access token of ours says.
struct AccessClaims {
    std::string issuer;
    std::string audience;
    base::UserId user;       // sub
    base::SessionId id;      // jti
    base::SessionId family;  // sid: the refresh family it belongs to
    std::string role;
    std::int64_t epoch = 0;  // of the user when it was made; a higher one in the database revokes
    base::Time issued_at;
    base::Time not_before;
    base::Time expires_at;
};

struct TokenTrust {
    std::string issuer;
    std::string audience;
};

// Header and payload are signed as they are given.
[[nodiscard]] std::string SignHs256(std::string_view header_json,
                                    std::string_view payload_json,
                                    const secret::Bytes& secret);

// Signature, algorithm, exp (exclusive) and nbf without leeway. Every failure is one error, so that
// an answer tells nothing: `bad_token` (kUnauthenticated), or `token_expired` for a token whose
// signature is good.
[[nodiscard]] base::Result<nlohmann::json> VerifyHs256(std::string_view token,
                                                       const secret::Bytes& secret,
                                                       base::Time now);

// Signs with the first key.
[[nodiscard]] std::string IssueAccessToken(const AccessClaims& claims,
                                           const std::vector<JwtKey>& keys);

// The key is found by kid among the live ones (the first one signs new tokens). All claims are
// required, of the right type, and issuer and audience are the trusted ones. Errors: as
// VerifyHs256.
[[nodiscard]] base::Result<AccessClaims> VerifyAccessToken(std::string_view token,
                                                           const std::vector<JwtKey>& keys,
                                                           const TokenTrust& trust,
                                                           base::Time now);

}  // namespace auth
