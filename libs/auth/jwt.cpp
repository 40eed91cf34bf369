#include "auth/jwt.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "auth/base64url.h"
#include "base/hex.h"
#include "crypto/hash.h"

namespace auth {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kAlgorithm = "HS256";
constexpr std::size_t kKidBytes = 4;

base::Error BadToken(std::string detail) {
    return base::MakeError(base::ErrorKind::kUnauthenticated, "bad_token", std::move(detail));
}

struct Parts {
    std::string_view signed_text;  // header.payload
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

base::Result<Parts> SplitToken(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (token.size() > kTokenSizeMax || first == std::string_view::npos || first == last ||
        token.find('.', first + 1) != last) {
        return BadToken("not a token of three parts");
    }
    return Parts{token.substr(0, last),
                 token.substr(0, first),
                 token.substr(first + 1, last - first - 1),
                 token.substr(last + 1)};
}

// A JSON object without a repeated name (RFC 7519 section 4 lets a parser refuse those).
base::Result<Json> DecodeObject(std::string_view part) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes text, Base64UrlDecode(part));
    std::vector<std::set<std::string>> names;
    bool repeated = false;
    const Json::parser_callback_t watch = [&](int, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) {
            names.emplace_back();
        } else if (event == Json::parse_event_t::object_end) {
            names.pop_back();
        } else if (event == Json::parse_event_t::key) {
            repeated = repeated || !names.back().insert(parsed.get<std::string>()).second;
        }
        return true;
    };
    Json value = Json::parse(text, watch, /*allow_exceptions=*/false);
    if (!value.is_object() || repeated) {
        return BadToken("a part of the token is not a JSON object");
    }
    // Spelled out because Json converts from nearly everything, a Result included.
    return {boost::system::in_place_value, std::move(value)};
}

base::Result<Json> DecodeHeader(const Parts& parts) {
    auto header = DecodeObject(parts.header);
    if (!header) {
        return BadToken("the token's header does not parse");
    }
    // "crit" names extensions that must be understood; there are none.
    if (header->value("alg", Json()) != kAlgorithm || header->contains("crit")) {
        return BadToken("the token's algorithm is not HS256");
    }
    return header;
}

// Seconds since the epoch as RFC 7519's NumericDate; ours are whole.
base::Result<base::Time> ReadTime(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    constexpr std::int64_t kSecondsMax = 253'402'300'799;  // year 9999
    if (found == claims.end() || !found->is_number_integer() || found->get<std::int64_t>() < 0 ||
        found->get<std::int64_t>() > kSecondsMax) {
        return BadToken(std::string(name) + " is not a time");
    }
    return base::Time(std::chrono::seconds(found->get<std::int64_t>()));
}

base::Result<> CheckTimes(const Json& claims, base::Time now) {
    if (claims.contains("nbf")) {
        BASE_ASSIGN_OR_RETURN(const base::Time not_before, ReadTime(claims, "nbf"));
        if (now < not_before) {
            return BadToken("the token is not valid yet");
        }
    }
    if (claims.contains("exp")) {
        BASE_ASSIGN_OR_RETURN(const base::Time expires, ReadTime(claims, "exp"));
        if (now >= expires) {
            return base::MakeError(base::ErrorKind::kUnauthenticated,
                                   "token_expired",
                                   "the token ended at " + base::FormatRfc3339(expires));
        }
    }
    return {};
}

base::Result<Json> VerifyParts(const Parts& parts, const secret::Bytes& secret, base::Time now) {
    const auto signature = Base64UrlDecode(parts.signature);
    const crypto::Hash256 expected = crypto::HmacSha256(secret, base::AsBytes(parts.signed_text));
    if (!signature || !secret::ConstantTimeEqual(*signature, expected)) {
        return BadToken("the token's signature is wrong");
    }
    auto claims = DecodeObject(parts.payload);
    if (!claims) {
        return BadToken("the token's claims do not parse");
    }
    BASE_RETURN_IF_ERROR(CheckTimes(*claims, now));
    return claims;
}

base::Result<std::string> ReadText(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_string()) {
        return BadToken(std::string(name) + " is missing");
    }
    return found->get<std::string>();
}

template <class Id>
base::Result<Id> ReadId(const Json& claims, const char* name) {
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(claims, name));
    const auto id = Id::Parse(text);
    if (!id) {
        return BadToken(std::string(name) + " is not an id");
    }
    return *id;
}

std::int64_t ToSeconds(base::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

base::Result<AccessClaims> ReadClaims(const Json& json, const TokenTrust& trust) {
    AccessClaims claims;
    BASE_ASSIGN_OR_RETURN(claims.issuer, ReadText(json, "iss"));
    BASE_ASSIGN_OR_RETURN(claims.audience, ReadText(json, "aud"));
    if (claims.issuer != trust.issuer || claims.audience != trust.audience) {
        return BadToken("the token is for something else");
    }
    BASE_ASSIGN_OR_RETURN(claims.user, ReadId<base::UserId>(json, "sub"));
    BASE_ASSIGN_OR_RETURN(claims.id, ReadId<base::SessionId>(json, "jti"));
    BASE_ASSIGN_OR_RETURN(claims.family, ReadId<base::SessionId>(json, "sid"));
    BASE_ASSIGN_OR_RETURN(claims.role, ReadText(json, "role"));
    BASE_ASSIGN_OR_RETURN(claims.issued_at, ReadTime(json, "iat"));
    BASE_ASSIGN_OR_RETURN(claims.not_before, ReadTime(json, "nbf"));
    BASE_ASSIGN_OR_RETURN(claims.expires_at, ReadTime(json, "exp"));
    const auto epoch = json.find("epoch");
    if (epoch == json.end() || !epoch->is_number_integer()) {
        return BadToken("epoch is missing");
    }
    claims.epoch = epoch->get<std::int64_t>();
    return claims;
}

}  // namespace

JwtKey MakeJwtKey(const secret::String& secret) {
    JwtKey key;
    key.secret = secret::Bytes::Copy(base::AsBytes(secret.Expose()));
    const crypto::Hash256 name = crypto::HmacSha256(key.secret, base::AsBytes("kid"));
    key.kid = base::HexEncode(base::ByteView(name).first(kKidBytes));
    return key;
}

std::string SignHs256(std::string_view header_json,
                      std::string_view payload_json,
                      const secret::Bytes& secret) {
    std::string token = Base64UrlEncode(base::AsBytes(header_json)) + "." +
                        Base64UrlEncode(base::AsBytes(payload_json));
    const crypto::Hash256 signature = crypto::HmacSha256(secret, base::AsBytes(token));
    return token + "." + Base64UrlEncode(signature);
}

base::Result<Json> VerifyHs256(std::string_view token,
                               const secret::Bytes& secret,
                               base::Time now) {
    BASE_ASSIGN_OR_RETURN(const Parts parts, SplitToken(token));
    BASE_RETURN_IF_ERROR(DecodeHeader(parts));
    return VerifyParts(parts, secret, now);
}

std::string IssueAccessToken(const AccessClaims& claims, const std::vector<JwtKey>& keys) {
    const Json header = {{"alg", kAlgorithm}, {"kid", keys.front().kid}, {"typ", "JWT"}};
    const Json payload = {{"iss", claims.issuer},
                          {"aud", claims.audience},
                          {"sub", claims.user.ToString()},
                          {"jti", claims.id.ToString()},
                          {"sid", claims.family.ToString()},
                          {"role", claims.role},
                          {"epoch", claims.epoch},
                          {"iat", ToSeconds(claims.issued_at)},
                          {"nbf", ToSeconds(claims.not_before)},
                          {"exp", ToSeconds(claims.expires_at)}};
    return SignHs256(header.dump(), payload.dump(), keys.front().secret);
}

base::Result<AccessClaims> VerifyAccessToken(std::string_view token,
                                             const std::vector<JwtKey>& keys,
                                             const TokenTrust& trust,
                                             base::Time now) {
    BASE_ASSIGN_OR_RETURN(const Parts parts, SplitToken(token));
    BASE_ASSIGN_OR_RETURN(const Json header, DecodeHeader(parts));
    const Json kid = header.value("kid", Json());
    const auto key =
        std::find_if(keys.begin(), keys.end(), [&](const JwtKey& live) { return kid == live.kid; });
    if (key == keys.end()) {
        return BadToken("the token was signed with a key that is not live");
    }
    BASE_ASSIGN_OR_RETURN(const Json claims, VerifyParts(parts, key->secret, now));
    return ReadClaims(claims, trust);
}

}  // namespace auth
