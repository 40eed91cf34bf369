#include "auth/jwt.h"

#include <gtest/gtest.h>

#include "auth/base64url.h"

namespace {

using std::literals::chrono_literals::operator""min;
using std::literals::chrono_literals::operator""ms;
using std::literals::chrono_literals::operator""s;
using Json = nlohmann::json;

const base::Time kIssueTime{1'700'000'000s};
const auth::TokenTrust kTrust{"platform", "session"};

std::vector<auth::JwtKey> Keys(std::initializer_list<const char*> secrets) {
    std::vector<auth::JwtKey> keys;
    for (const char* secret : secrets) {
        keys.push_back(auth::MakeJwtKey(secret::String(secret)));
    }
    return keys;
}

auth::AccessClaims Claims() {
    auth::AccessClaims claims;
    claims.issuer = kTrust.issuer;
    claims.audience = kTrust.audience;
    claims.user = base::UserId::Random();
    claims.id = base::SessionId::Random();
    claims.family = base::SessionId::Random();
    claims.role = "user";
    claims.epoch = 3;
    claims.issued_at = kIssueTime;
    claims.not_before = kIssueTime;
    claims.expires_at = kIssueTime + 15min;
    return claims;
}

std::string ReasonOf(std::string_view token, base::Time now = kIssueTime) {
    const auto keys = Keys({"secret-one-of-32-bytes-or-more-00"});
    const auto claims = auth::VerifyAccessToken(token, keys, kTrust, now);
    return claims ? "ok" : claims.error().reason;
}

// A token of the live key with the given claims changed; a null value removes the claim.
std::string Forge(const Json& changes = Json::object(),
                  const Json& header_changes = Json::object()) {
    const auto keys = Keys({"secret-one-of-32-bytes-or-more-00"});
    const std::string token = auth::IssueAccessToken(Claims(), keys);
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    Json header = Json::parse(*auth::Base64UrlDecode(token.substr(0, first)));
    Json payload = Json::parse(*auth::Base64UrlDecode(token.substr(first + 1, last - first - 1)));
    header.merge_patch(header_changes);
    payload.merge_patch(changes);
    return auth::SignHs256(header.dump(), payload.dump(), keys.front().secret);
}

TEST(AccessToken, RoundTrips) {
    const auto keys = Keys({"secret-one-of-32-bytes-or-more-00"});
    const auth::AccessClaims claims = Claims();
    const auto read =
        auth::VerifyAccessToken(auth::IssueAccessToken(claims, keys), keys, kTrust, kIssueTime);
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->user, claims.user);
    EXPECT_EQ(read->id, claims.id);
    EXPECT_EQ(read->family, claims.family);
    EXPECT_EQ(read->role, "user");
    EXPECT_EQ(read->epoch, 3);
    EXPECT_EQ(read->issued_at, kIssueTime);
    EXPECT_EQ(read->expires_at, kIssueTime + 15min);
}

TEST(AccessToken, LivesFromNotBeforeUntilExpiry) {
    EXPECT_EQ(ReasonOf(Forge(), kIssueTime - 1s), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(), kIssueTime), "ok");
    EXPECT_EQ(ReasonOf(Forge(), kIssueTime + 15min - 1ms), "ok");
    EXPECT_EQ(ReasonOf(Forge(), kIssueTime + 15min), "token_expired");
}

TEST(AccessToken, BothSecretsAreLiveWhileRotating) {
    const auto old_keys = Keys({"the-former-secret-of-32-bytes-000"});
    const auto keys =
        Keys({"the-newest-secret-of-32-bytes-000", "the-former-secret-of-32-bytes-000"});
    const auto later = Keys({"the-newest-secret-of-32-bytes-000"});
    const std::string old_token = auth::IssueAccessToken(Claims(), old_keys);
    EXPECT_TRUE(auth::VerifyAccessToken(old_token, keys, kTrust, kIssueTime).has_value());
    EXPECT_FALSE(auth::VerifyAccessToken(old_token, later, kTrust, kIssueTime).has_value());
    const std::string new_token = auth::IssueAccessToken(Claims(), keys);
    EXPECT_TRUE(auth::VerifyAccessToken(new_token, later, kTrust, kIssueTime).has_value());
}

TEST(AccessToken, EveryClaimIsRequired) {
    for (const char* name :
         {"iss", "aud", "sub", "jti", "sid", "role", "epoch", "iat", "nbf", "exp"}) {
        EXPECT_EQ(ReasonOf(Forge({{name, nullptr}})), "bad_token") << name;
        EXPECT_EQ(ReasonOf(Forge({{name, Json::array({1})}})), "bad_token") << name;
    }
}

TEST(AccessToken, IssuerAudienceAndIdsMustFit) {
    EXPECT_EQ(ReasonOf(Forge({{"iss", "another"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge({{"aud", "mcp"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge({{"sub", "root"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge({{"exp", -1}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge({{"exp", 1e300}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge({{"exp", 253'402'300'800}})), "bad_token");
}

TEST(AccessToken, HeaderCannotChooseTheRules) {
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"alg", "none"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"alg", "HS512"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"alg", 5}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"crit", {"exp"}}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"kid", "nobody"}})), "bad_token");
    EXPECT_EQ(ReasonOf(Forge(Json::object(), {{"kid", nullptr}})), "bad_token");
}

TEST(AccessToken, ForgedAndBrokenTextsAreRefused) {
    const std::string good = Forge();
    std::string tampered = good;
    const std::size_t middle = good.find('.') + 5;
    tampered[middle] = tampered[middle] == 'A' ? 'B' : 'A';
    const std::string huge(auth::kTokenSizeMax + 1, '.');
    const std::string unsigned_token = good.substr(0, good.rfind('.') + 1);
    for (const std::string& token : {std::string(),
                                     std::string("a.b"),
                                     std::string(".."),
                                     std::string("!.!.!"),
                                     good + ".x",
                                     tampered,
                                     huge,
                                     unsigned_token}) {
        EXPECT_EQ(ReasonOf(token), "bad_token") << token;
    }
}

TEST(AccessToken, RepeatedNamesAreRefused) {
    const auto keys = Keys({"secret-one-of-32-bytes-or-more-00"});
    const std::string header = R"({"alg":"HS256","kid":")" + keys.front().kid + R"("})";
    const auto claims = auth::VerifyHs256(
        auth::SignHs256(header, R"({"a":{"role":1},"role":"user"})", keys.front().secret),
        keys.front().secret,
        kIssueTime);
    EXPECT_TRUE(claims.has_value());
    const auto repeated = auth::VerifyHs256(
        auth::SignHs256(header, R"({"role":"user","role":"admin"})", keys.front().secret),
        keys.front().secret,
        kIssueTime);
    ASSERT_FALSE(repeated.has_value());
    EXPECT_EQ(repeated.error().reason, "bad_token");
    EXPECT_FALSE(auth::VerifyHs256(
                     auth::SignHs256(R"({"alg":"HS256","alg":"HS256"})", "{}", keys.front().secret),
                     keys.front().secret,
                     kIssueTime)
                     .has_value());
}

}  // namespace
