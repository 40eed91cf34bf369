#include "api-gateway/app.h"
#include "api-gateway/create_admin.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class Account : public GatewayTest {
protected:
    Reply Register(const Json& body) { return gateway().Call("POST", "/auth/register", body); }

    Reply Login(const std::string& email, const std::string& password) {
        return gateway().Call("POST", "/auth/login", {{"email", email}, {"password", password}});
    }
};

TEST_F(Account, RegisterAnswersTheDocumentedFields) {
    const std::string email = NewEmail();
    Reply reply = Register({{"email", "  " + email + " "}, {"password", kPassword}});
    ASSERT_EQ(reply.status, 201) << reply.text;
    for (const char* key : {"token", "user_id", "email", "role", "expires_at", "refresh_token"}) {
        EXPECT_TRUE(reply.body.contains(key)) << key;
    }
    EXPECT_EQ(reply.body["email"], email);
    EXPECT_EQ(reply.body["role"], "user");
    Reply again = Register({{"email", email}, {"password", kPassword}});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.Code(), "email_taken");
}

TEST_F(Account, RegisterRefusesWhatItMust) {
    const std::string email = NewEmail();
    const auto code = [&](const Json& body) {
        Reply reply = Register(body);
        EXPECT_GE(reply.status, 400);
        EXPECT_LT(reply.status, 500);
        return reply.Code();
    };
    EXPECT_EQ(code({{"email", email}, {"password", kPassword}, {"role", "admin"}}),
              "unknown_field");
    EXPECT_EQ(code({{"email", email}}), "missing_field");
    EXPECT_EQ(code({{"email", email}, {"password", 12345678}}), "wrong_type");
    EXPECT_EQ(code({{"email", "nobody"}, {"password", kPassword}}), "bad_email");
    EXPECT_EQ(code({{"email", "a@b@c.de"}, {"password", kPassword}}), "bad_email");
    EXPECT_EQ(code({{"email", "a@localhost"}, {"password", kPassword}}), "bad_email");
    EXPECT_EQ(code({{"email", email}, {"password", "short"}}), "weak_password");
    EXPECT_EQ(code({{"email", email}, {"password", std::string(73, 'a') + "B1!c"}}),
              "password_too_long");
    Reply twice = gateway().CallRaw(
        "POST",
        "/auth/register",
        R"({"email":")" + email + R"(","password":"SecurePassword123!","password":"x"})");
    EXPECT_EQ(twice.Code(), "repeated_field");
    Reply form = gateway().CallRaw("POST",
                                   "/auth/register",
                                   "email=a",
                                   {{"Content-Type", "application/x-www-form-urlencoded"}});
    EXPECT_EQ(form.status, 415);
    EXPECT_EQ(Sql("SELECT count(*) FROM users WHERE email = '" + email + "'"), "0");
}

TEST_F(Account, WeakPasswordNamesTheRule) {
    Reply reply = Register({{"email", NewEmail()}, {"password", "password123"}});
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(reply.body["rule"], "common");
    EXPECT_EQ(reply.body["errors"][0]["pointer"], "/password");
}

TEST_F(Account, LoginTellsNothingAboutWhoExists) {
    const User user = NewUser();
    EXPECT_EQ(Login(user.email, kPassword).status, 200);
    Reply wrong = Login(user.email, "SecurePassword124!");
    Reply nobody = Login(NewEmail(), kPassword);
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.Code(), "bad_credentials");
    EXPECT_EQ(nobody.status, wrong.status);
    EXPECT_EQ(nobody.body["detail"], wrong.body["detail"]);
    EXPECT_EQ(Login(user.email, std::string(73, 'x')).Code(), "bad_credentials");
}

TEST_F(Account, PasswordsAreHashedAndHashedAgainAtAnotherCost) {
    const User user = NewUser();
    const std::string query =
        "SELECT left(password_hash, 7) FROM users WHERE id = '" + user.id + "'";
    EXPECT_EQ(Sql(query), "$2b$04$");
    Gateway dearer([](gateway::Config& config) { config.bcrypt_cost = 5; });
    const Json body{{"email", user.email}, {"password", kPassword}};
    EXPECT_EQ(dearer.Call("POST", "/auth/login", body).status, 200);
    EXPECT_EQ(Sql(query), "$2b$05$");
    EXPECT_EQ(gateway().Call("POST", "/auth/login", body).status, 200);
}

TEST_F(Account, RefreshTokensWorkOnceAndReuseKillsTheFamily) {
    const User user = NewUser();
    const auto refresh = [&](const std::string& token) {
        return gateway().Call("POST", "/auth/refresh", {{"refresh_token", token}});
    };
    Reply first = refresh(user.refresh_token);
    ASSERT_EQ(first.status, 200) << first.text;
    const std::string second = first.body["refresh_token"];
    EXPECT_NE(second, user.refresh_token);
    Reply reused = refresh(user.refresh_token);
    EXPECT_EQ(reused.status, 401);
    EXPECT_EQ(reused.Code(), "token_reused");
    EXPECT_EQ(refresh(second).Code(), "bad_token");
    EXPECT_EQ(refresh("invented").Code(), "bad_token");
    // Another sign-in of the same user is another family.
    const std::string other = Login(user.email, kPassword).body["refresh_token"];
    EXPECT_EQ(refresh(other).status, 200);
}

TEST_F(Account, LogoutEndsAccessAndRefresh) {
    const User user = NewUser();
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user.Auth()).status, 200);
    EXPECT_EQ(gateway().Call("POST", "/auth/logout", nullptr, user.Auth()).status, 204);
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user.Auth()).Code(), "bad_token");
    EXPECT_EQ(
        gateway().Call("POST", "/auth/refresh", {{"refresh_token", user.refresh_token}}).Code(),
        "bad_token");
}

TEST_F(Account, MeShowsWhoAndWhere) {
    const User user = NewUser();
    Reply me = gateway().Call("GET", "/auth/me", nullptr, user.Auth());
    EXPECT_EQ(me.body["user_id"], user.id);
    EXPECT_EQ(me.body["email"], user.email);
    EXPECT_EQ(me.body["network"], "devnet");
    EXPECT_EQ(me.body["features"]["chains"][0]["chain"], "ethereum");
    EXPECT_FALSE(me.body.contains("csrf_token"));
}

TEST_F(Account, ChangingThePasswordEndsTheOthersAlone) {
    const User user = NewUser();
    const std::string other = Login(user.email, kPassword).body["token"];
    const auto change = [&](const std::string& from, const std::string& to) {
        return gateway().Call("POST", "/auth/password", {{"old", from}, {"new", to}}, user.Auth());
    };
    EXPECT_EQ(change("WrongPassword1!", "AnotherPassword1!").Code(), "bad_credentials");
    EXPECT_EQ(change(kPassword, "weak").Code(), "weak_password");
    EXPECT_EQ(change(kPassword, kPassword).body["rule"], "same");
    ASSERT_EQ(change(kPassword, "AnotherPassword1!").status, 204);
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, user.Auth()).status, 200);
    const HeaderMap others{{"Authorization", "Bearer " + other}};
    EXPECT_EQ(gateway().Call("GET", "/auth/me", nullptr, others).Code(), "bad_token");
    EXPECT_EQ(Login(user.email, kPassword).Code(), "bad_credentials");
    EXPECT_EQ(Login(user.email, "AnotherPassword1!").status, 200);
}

TEST_F(Account, IdentityEventsAreChained) {
    const User user = NewUser();
    static_cast<void>(Login(user.email, kPassword));
    EXPECT_EQ(
        Sql("SELECT string_agg(kind, ',' ORDER BY seq) FROM identity_events WHERE user_id = '" +
            user.id + "'"),
        "registered,signed_in");
    EXPECT_EQ(Sql("SELECT identity_chain_fault('" + user.id + "') IS NULL"), "t");
    Sql("SET session_replication_role = replica; UPDATE identity_events SET kind = 'forged' "
        "WHERE user_id = '" +
        user.id + "' AND seq = 1");
    EXPECT_EQ(Sql("SELECT identity_chain_fault('" + user.id + "')"), "1");
}

TEST_F(Account, TheFirstAdminChangesTheOneTimePasswordFirst) {
    const std::string email = NewEmail();
    const auto password = gateway::CreateAdmin(gateway().app().database(), email);
    ASSERT_TRUE(password.has_value());
    EXPECT_EQ(gateway::CreateAdmin(gateway().app().database(), email).error().reason,
              "email_taken");
    Reply login = Login(email, *password);
    ASSERT_EQ(login.status, 200);
    EXPECT_EQ(login.body["role"], "admin");
    EXPECT_EQ(login.body["password_change_required"], true);
    const HeaderMap auth{{"Authorization", "Bearer " + login.body["token"].get<std::string>()}};
    Reply early = gateway().Call("GET", "/api/v1/admin/users", nullptr, auth);
    EXPECT_EQ(early.status, 403);
    EXPECT_EQ(early.Code(), "password_change_required");
    const Json change{{"old", *password}, {"new", "AdminPassword1!x"}};
    ASSERT_EQ(gateway().Call("POST", "/auth/password", change, auth).status, 204);
    EXPECT_EQ(gateway().Call("GET", "/api/v1/admin/users", nullptr, auth).status, 200);
}

TEST_F(Account, RegistrationCanBeClosedOrByInvitation) {
    Gateway closed(
        [](gateway::Config& config) { config.registration = gateway::Registration::kClosed; });
    Json body{{"email", NewEmail()}, {"password", kPassword}};
    EXPECT_EQ(closed.Call("POST", "/auth/register", body).Code(), "registration_closed");

    Gateway invite(
        [](gateway::Config& config) { config.registration = gateway::Registration::kInvite; });
    EXPECT_EQ(invite.Call("POST", "/auth/register", body).Code(), "invite_required");
    const User admin = NewUserOfRole("admin");
    Reply made =
        gateway().Call("POST", "/api/v1/admin/invites", {{"email", body["email"]}}, admin.Auth());
    ASSERT_EQ(made.status, 201) << made.text;
    body["invite"] = made.body["invite"];
    Json stranger = body;
    stranger["email"] = NewEmail();
    EXPECT_EQ(invite.Call("POST", "/auth/register", stranger).Code(), "invite_required");
    EXPECT_EQ(invite.Call("POST", "/auth/register", body).status, 201);
    // Used up, and the refused stranger left no account behind.
    stranger["email"] = NewEmail();
    EXPECT_EQ(invite.Call("POST", "/auth/register", stranger).Code(), "invite_required");
    EXPECT_EQ(Sql("SELECT count(*) FROM users WHERE email = '" +
                  stranger["email"].get<std::string>() + "'"),
              "0");
}

}  // namespace
}  // namespace gateway_test
