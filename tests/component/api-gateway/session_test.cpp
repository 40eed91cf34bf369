#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class BrowserSession : public GatewayTest {
protected:
    void SetUp() override {
        user_ = NewUser();
        begun_ = gateway().Call(
            "POST", "/auth/session", {{"email", user_.email}, {"password", kPassword}});
        ASSERT_EQ(begun_.status, 200) << begun_.text;
        cookie_ = begun_.headers["set-cookie"];
        cookie_.resize(cookie_.find(';'));
    }

    HeaderMap Cookie() const { return {{"Cookie", "theme=dark; " + cookie_}}; }

    HeaderMap CookieAndToken() const {
        HeaderMap headers = Cookie();
        headers["X-CSRF-Token"] = begun_.body["csrf_token"];
        return headers;
    }

    User user_;
    Reply begun_;
    std::string cookie_;
};

TEST_F(BrowserSession, TheCookieIsOutOfReachAndNoTokenIsInTheBody) {
    const std::string& header = begun_.headers["set-cookie"];
    EXPECT_NE(header.find("HttpOnly"), std::string::npos);
    EXPECT_NE(header.find("SameSite=Strict"), std::string::npos);
    EXPECT_FALSE(begun_.body.contains("token"));
    EXPECT_FALSE(begun_.body.contains("refresh_token"));
    EXPECT_EQ(begun_.text.find("eyJ"), std::string::npos);
}

TEST_F(BrowserSession, ReadsNeedTheCookieAlone) {
    Reply me = gateway().Call("GET", "/auth/me", nullptr, Cookie());
    ASSERT_EQ(me.status, 200) << me.text;
    EXPECT_EQ(me.body["user_id"], user_.id);
    // A second tab gets the token it needs for changes.
    EXPECT_EQ(me.body["csrf_token"], begun_.body["csrf_token"]);
}

TEST_F(BrowserSession, ChangesNeedTheCsrfToken) {
    const Json body{{"label", "mine"}};
    const std::string path = "/api/v1/ethereum/wallet";
    EXPECT_EQ(gateway().Call("POST", path, body, Cookie()).Code(), "csrf_failed");
    HeaderMap wrong = Cookie();
    wrong["X-CSRF-Token"] = "guess";
    EXPECT_EQ(gateway().Call("POST", path, body, wrong).Code(), "csrf_failed");
    EXPECT_EQ(gateway().Call("POST", path, body, CookieAndToken()).status, 201);
}

TEST_F(BrowserSession, LogoutEndsIt) {
    EXPECT_EQ(gateway().Call("POST", "/auth/logout", nullptr, CookieAndToken()).status, 204);
    Reply after = gateway().Call("GET", "/auth/me", nullptr, Cookie());
    EXPECT_EQ(after.status, 401);
}

TEST_F(BrowserSession, AForgedCookieOpensNothing) {
    Reply reply = gateway().Call("GET", "/auth/me", nullptr, {{"Cookie", "session=abc"}});
    EXPECT_EQ(reply.status, 401);
    // The name that HTTPS uses does not count over plain HTTP, and the other way round.
    const HeaderMap other{{"Cookie", "__Host-" + cookie_}};
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, other).status, 401);
}

}  // namespace
}  // namespace gateway_test
