#include <thread>

#include "api-gateway/app.h"
#include "auth/base64url.h"
#include "auth/jwt.h"
#include "base/clock.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Token : public GatewayTest {
protected:
    void SetUp() override { user_ = NewUser(); }

    Json Payload() const {
        const std::size_t first = user_.token.find('.');
        const std::size_t last = user_.token.rfind('.');
        return Json::parse(*auth::Base64UrlDecode(user_.token.substr(first + 1, last - first - 1)));
    }

    std::string Sign(const Json& payload, const Json& header = nullptr) {
        const auth::JwtKey& key = gateway().config().jwt_keys.front();
        const Json standard{{"alg", "HS256"}, {"kid", key.kid}, {"typ", "JWT"}};
        return auth::SignHs256(
            (header.is_null() ? standard : header).dump(), payload.dump(), key.secret);
    }

    Reply Me(const std::string& token) {
        return gateway().Call("GET", "/auth/me", nullptr, {{"Authorization", "Bearer " + token}});
    }

    User user_;
};

TEST_F(Token, AGoodOneIsTaken) {
    EXPECT_EQ(Me(user_.token).status, 200);
    EXPECT_EQ(Me(Sign(Payload())).status, 200);
    EXPECT_EQ(gateway()
                  .Call("GET", "/auth/me", nullptr, {{"Authorization", "bearer  " + user_.token}})
                  .status,
              200);
}

TEST_F(Token, ForgedExpiredAndForeignOnesAre401) {
    std::string tampered = user_.token;
    tampered[tampered.size() - 3] = tampered[tampered.size() - 3] == 'A' ? 'B' : 'A';
    Json expired = Payload();
    expired["exp"] = expired["iat"].get<std::int64_t>() - 1;
    Json audience = Payload();
    audience["aud"] = "mcp";
    Json issuer = Payload();
    issuer["iss"] = "somebody";
    Json nobody = Payload();
    nobody["sub"] = "00000000-0000-4000-8000-000000000000";
    Json epoch = Payload();
    epoch["epoch"] = 7;
    const std::string none = auth::Base64UrlEncode(base::AsBytes(R"({"alg":"none"})")) + "." +
                             auth::Base64UrlEncode(base::AsBytes(Payload().dump())) + ".";
    for (const std::string& token : {tampered,
                                     Sign(expired),
                                     Sign(audience),
                                     Sign(issuer),
                                     Sign(nobody),
                                     Sign(epoch),
                                     none,
                                     Sign(Payload(), {{"alg", "HS512"}}),
                                     std::string("nonsense"),
                                     std::string()}) {
        Reply reply = Me(token);
        EXPECT_EQ(reply.status, 401) << token << reply.text;
        EXPECT_EQ(reply.headers.at("www-authenticate"), "Bearer");
    }
    EXPECT_EQ(Me(Sign(expired)).Code(), "token_expired");
}

TEST_F(Token, AKnownOneStillEndsInTime) {
    Json payload = Payload();
    payload["exp"] = std::chrono::duration_cast<std::chrono::seconds>(
                         base::SystemClock().Now().time_since_epoch())
                         .count() +
                     2;
    const std::string token = Sign(payload);
    EXPECT_EQ(Me(token).status, 200);
    EXPECT_EQ(Me(token).status, 200);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(Me(token).Code(), "token_expired");
}

TEST_F(Token, NoneAtAllIs401WithAnotherCode) {
    Reply reply = gateway().Call("GET", "/auth/me");
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.Code(), "unauthenticated");
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, {{"Authorization", "Basic YTpi"}}).status,
              401);
}

TEST_F(Token, TheRoleComesFromTheDatabase) {
    Json payload = Payload();
    payload["role"] = "admin";
    const HeaderMap auth{{"Authorization", "Bearer " + Sign(payload)}};
    EXPECT_EQ(gateway().Call("GET", "/api/v1/admin/users", nullptr, auth).Code(),
              "role_not_allowed");
}

TEST_F(Token, ARaisedEpochRevokesWithinFiveSeconds) {
    EXPECT_EQ(Me(user_.token).status, 200);
    Sql("UPDATE users SET token_epoch = token_epoch + 1 WHERE id = '" + user_.id + "'");
    const auto id = *base::UserId::Parse(user_.id);
    gateway().app().authenticator().Forget(id);  // instead of waiting for the cache
    EXPECT_EQ(Me(user_.token).Code(), "bad_token");
}

}  // namespace
}  // namespace gateway_test
