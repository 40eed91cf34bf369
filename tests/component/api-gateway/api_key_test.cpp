#include "api-gateway/app.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class ApiKeys : public GatewayTest {
protected:
    void SetUp() override { user_ = NewUser(); }

    Reply Create(const Json& changes) {
        Json body{{"name", "bot"}, {"scopes", {"read"}}, {"password", kPassword}};
        if (changes.is_object()) {
            body.merge_patch(changes);
        }
        return gateway().Call("POST", "/api/v1/api-keys", body, user_.Auth());
    }

    Reply With(const std::string& key,
               const std::string& method,
               const std::string& path,
               const Json& body = nullptr) {
        return gateway().Call(method, path, body, {{"X-API-Key", key}});
    }

    User user_;
};

TEST_F(ApiKeys, AKeyIsShownOnceAndWorksInBothHeaders) {
    Reply made = Create({});
    ASSERT_EQ(made.status, 201) << made.text;
    const std::string key = made.body["key"];
    EXPECT_TRUE(key.starts_with("cpk_"));
    EXPECT_EQ(With(key, "GET", "/auth/me").status, 200);
    EXPECT_EQ(
        gateway().Call("GET", "/auth/me", nullptr, {{"Authorization", "Bearer " + key}}).status,
        200);
    Reply list = gateway().Call("GET", "/api/v1/api-keys", nullptr, user_.Auth());
    ASSERT_EQ(list.body["data"].size(), 1U);
    EXPECT_FALSE(list.body["data"][0].contains("key"));
    EXPECT_EQ(list.body["data"][0]["prefix"], key.substr(0, 16));
    EXPECT_FALSE(list.body["data"][0]["last_used_at"].is_null());
    EXPECT_EQ(
        Sql("SELECT count(*) FROM api_keys WHERE encode(key_hash, 'escape') LIKE '%" + key + "%'"),
        "0");
    EXPECT_EQ(Sql("SELECT left(api_key, 5) FROM users WHERE id = '" + user_.id + "'"), "hmac:");
}

TEST_F(ApiKeys, CreatingNeedsThePasswordAndKnownScopes) {
    EXPECT_EQ(Create({{"password", "WrongPassword1!"}}).Code(), "bad_credentials");
    EXPECT_EQ(Create({{"password", nullptr}}).Code(), "missing_field");
    Reply scope = Create({{"scopes", {"sned"}}});
    EXPECT_EQ(scope.status, 422);
    EXPECT_EQ(scope.Code(), "unknown_scope");
    EXPECT_NE(scope.body["detail"].get<std::string>().find("send?"), std::string::npos);
    EXPECT_EQ(Create({{"scopes", Json::array()}}).Code(), "unknown_scope");
    EXPECT_EQ(Create({{"scopes", {"admin"}}}).Code(), "role_not_allowed");
    EXPECT_EQ(Create({{"ip_allow", {"10.0.0.0/99"}}}).Code(), "bad_ip_range");
    EXPECT_EQ(Create({{"expires_in", 5}}).Code(), "number_out_of_range");
}

TEST_F(ApiKeys, ScopesAreKept) {
    const std::string read = Create({}).body["key"];
    const Json send{{"to", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}, {"amount", "0.1"}};
    Reply refused = With(read, "POST", "/api/v1/ethereum/send", send);
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.Code(), "scope_missing");
    const std::string payer = Create({{"scopes", {"send"}}}).body["key"];
    Reply keyless = With(payer, "POST", "/api/v1/ethereum/send", send);
    EXPECT_EQ(keyless.status, 400);
    EXPECT_EQ(keyless.Code(), "idempotency_key_required");
    Reply paid = gateway().Call("POST",
                                "/api/v1/ethereum/send",
                                send,
                                {{"X-API-Key", payer}, {"X-Idempotency-Key", "one"}});
    EXPECT_EQ(paid.status, 200) << paid.text;
    EXPECT_EQ(With(payer, "GET", "/auth/me").Code(), "scope_missing");
}

TEST_F(ApiKeys, PersonsAloneApproveAndMakeKeys) {
    const std::string key =
        Create({{"scopes", {"read", "send", "sign", "swap", "agent", "tools"}}}).body["key"];
    const std::string id = "apr_550e8400-e29b-41d4-a716-446655440000";
    EXPECT_EQ(With(key, "POST", "/api/v1/approvals/" + id + "/approve", {{"digest", "00"}}).Code(),
              "session_required");
    EXPECT_EQ(With(key, "GET", "/api/v1/api-keys").Code(), "session_required");
    EXPECT_EQ(With(key, "POST", "/auth/password", {{"old", "a"}, {"new", "b"}}).Code(),
              "session_required");
}

TEST_F(ApiKeys, RevokedExpiredForeignAndWrongOnesAreRefused) {
    Reply made = Create({});
    const std::string key = made.body["key"];
    std::string wrong = key;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    EXPECT_EQ(With(wrong, "GET", "/auth/me").Code(), "bad_api_key");
    EXPECT_EQ(With("cpk_nonsense", "GET", "/auth/me").Code(), "bad_api_key");
    EXPECT_EQ(With("nonsense", "GET", "/auth/me").Code(), "bad_api_key");
    const std::string away = Create({{"ip_allow", {"192.0.2.0/24"}}}).body["key"];
    EXPECT_EQ(With(away, "GET", "/auth/me").Code(), "bad_api_key");
    const std::string home = Create({{"ip_allow", {"127.0.0.0/8"}}}).body["key"];
    EXPECT_EQ(With(home, "GET", "/auth/me").status, 200);

    EXPECT_EQ(With(key, "GET", "/auth/me").status, 200);
    const std::string id = made.body["id"];
    EXPECT_EQ(gateway().Call("DELETE", "/api/v1/api-keys/" + id, nullptr, user_.Auth()).status,
              204);
    EXPECT_EQ(With(key, "GET", "/auth/me").Code(), "bad_api_key");
    EXPECT_EQ(gateway().Call("DELETE", "/api/v1/api-keys/" + id, nullptr, user_.Auth()).status,
              404);

    Reply short_lived = Create({{"expires_in", 60}});
    Sql("UPDATE api_keys SET expires_at = now() WHERE prefix = '" +
        short_lived.body["prefix"].get<std::string>() + "'");
    EXPECT_EQ(With(short_lived.body["key"], "GET", "/auth/me").Code(), "bad_api_key");
}

TEST_F(ApiKeys, AnotherUsersKeyIsNotThere) {
    const std::string id = Create({}).body["id"];
    const User stranger = NewUser();
    EXPECT_EQ(gateway().Call("DELETE", "/api/v1/api-keys/" + id, nullptr, stranger.Auth()).status,
              404);
    EXPECT_EQ(gateway()
                  .Call("POST", "/api/v1/api-keys/" + id + "/rotate", nullptr, stranger.Auth())
                  .status,
              404);
}

TEST_F(ApiKeys, RotationKeepsTheFormerOneForADay) {
    Reply made = Create({{"scopes", {"read", "send"}}});
    Reply rotated =
        gateway().Call("POST",
                       "/api/v1/api-keys/" + made.body["id"].get<std::string>() + "/rotate",
                       nullptr,
                       user_.Auth());
    ASSERT_EQ(rotated.status, 200) << rotated.text;
    EXPECT_EQ(rotated.body["scopes"], made.body["scopes"]);
    EXPECT_NE(rotated.body["key"], made.body["key"]);
    EXPECT_EQ(With(made.body["key"], "GET", "/auth/me").status, 200);
    EXPECT_EQ(With(rotated.body["key"], "GET", "/auth/me").status, 200);
    EXPECT_EQ(Sql("SELECT expires_at BETWEEN now() + interval '23 hours' AND now() + interval "
                  "'24 hours' FROM api_keys WHERE prefix = '" +
                  made.body["prefix"].get<std::string>() + "'"),
              "t");
}

TEST_F(ApiKeys, ListsArePaged) {
    for (int count = 0; count < 3; ++count) {
        ASSERT_EQ(Create({{"name", "key " + std::to_string(count)}}).status, 201);
    }
    Reply first = gateway().Call("GET", "/api/v1/api-keys?limit=2", nullptr, user_.Auth());
    ASSERT_EQ(first.body["data"].size(), 2U);
    EXPECT_EQ(first.body["data"][0]["name"], "key 2");
    EXPECT_EQ(first.body["has_more"], true);
    const std::string cursor = first.body["next_cursor"];
    EXPECT_NE(first.headers.at("link").find("cursor=" + cursor), std::string::npos);
    Reply second =
        gateway().Call("GET", "/api/v1/api-keys?limit=2&cursor=" + cursor, nullptr, user_.Auth());
    ASSERT_EQ(second.body["data"].size(), 1U);
    EXPECT_EQ(second.body["data"][0]["name"], "key 0");
    EXPECT_EQ(second.body["next_cursor"], nullptr);
    const auto code = [&](const std::string& query) {
        return gateway().Call("GET", "/api/v1/api-keys?" + query, nullptr, user_.Auth()).Code();
    };
    EXPECT_EQ(code("cursor=x"), "bad_cursor");
    EXPECT_EQ(code("limit=0"), "number_out_of_range");
    EXPECT_EQ(code("limit=101"), "number_out_of_range");
    EXPECT_EQ(code("limti=5"), "unknown_parameter");
}

}  // namespace
}  // namespace gateway_test
