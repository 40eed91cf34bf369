#include "component/api-gateway/fixture.h"
#include "support/private_redis.h"

namespace gateway_test {
namespace {

class Limits : public GatewayTest {};

TEST_F(Limits, EveryAnswerSaysWhatIsLeft) {
    Gateway limited([](gateway::Config& config) {
        config.permits[gateway::RateClass::kRead] = 9;  // a burst of 3
    });
    const User user = NewUser();
    const auto me = [&] { return limited.Call("GET", "/auth/me", nullptr, user.Auth()); };
    Reply first = me();
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.headers.at("ratelimit-policy"), "\"read\";q=3;w=60");
    EXPECT_TRUE(first.headers.at("ratelimit").starts_with("\"read\";r=2;t="));
    static_cast<void>(me());
    static_cast<void>(me());
    Reply refused = me();
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.Code(), "rate_limited");
    EXPECT_EQ(refused.body["class"], "read");
    EXPECT_GE(refused.body["retry_after_seconds"], 1);
    EXPECT_EQ(refused.headers.at("retry-after"),
              std::to_string(refused.body["retry_after_seconds"].get<int>()));
    // Another user has an allowance of their own.
    const User other = NewUser();
    EXPECT_EQ(limited.Call("GET", "/auth/me", nullptr, other.Auth()).status, 200);
}

TEST_F(Limits, OverridesAreData) {
    Gateway limited([](gateway::Config& config) { config.permits[gateway::RateClass::kSend] = 1; });
    const User admin = NewUserOfRole("admin");
    const User user = NewUser();
    const auto approve = [&] {
        return limited
            .Call("POST",
                  "/api/v1/approvals/apr_550e8400-e29b-41d4-a716-446655440000/deny",
                  nullptr,
                  user.Auth())
            .status;
    };
    EXPECT_EQ(approve(), 404);
    EXPECT_EQ(approve(), 429);
    const Json wish{{"user_id", user.id}, {"limits", {{"send", 1000}}}};
    Reply set = limited.Call("PUT", "/api/v1/admin/limits", wish, admin.Auth());
    ASSERT_EQ(set.status, 200) << set.text;
    EXPECT_EQ(set.body["overrides"]["send"], 1000);
    EXPECT_EQ(approve(), 404);
    EXPECT_EQ(approve(), 404);
    const Json away{{"user_id", user.id}, {"limits", {{"send", nullptr}}}};
    EXPECT_EQ(limited.Call("PUT", "/api/v1/admin/limits", away, admin.Auth()).body["overrides"],
              Json::object());
}

TEST_F(Limits, SignInIsLimitedByAccountWhoeverTries) {
    Gateway limited([](gateway::Config& config) {
        config.permits[gateway::RateClass::kAuth] = 8;  // four an account
    });
    const User user = NewUser();
    const auto guess = [&](const std::string& email) {
        return limited.Call("POST", "/auth/login", {{"email", email}, {"password", "Guess1234!x"}});
    };
    for (int count = 0; count < 4; ++count) {
        EXPECT_EQ(guess(user.email).Code(), "bad_credentials");
    }
    EXPECT_EQ(guess(user.email).Code(), "rate_limited");
    EXPECT_EQ(guess(NewEmail()).Code(), "bad_credentials");
}

TEST_F(Limits, GuessingTokensCostsTheAddress) {
    Gateway limited([](gateway::Config& config) { config.permits[gateway::RateClass::kOpen] = 2; });
    const HeaderMap bad{{"Authorization", "Bearer nonsense"}};
    Stack::Get().redis().Command("FLUSHALL");
    EXPECT_EQ(limited.Call("GET", "/auth/me", nullptr, bad).status, 401);
    EXPECT_EQ(limited.Call("GET", "/auth/me", nullptr, bad).status, 401);
    EXPECT_EQ(limited.Call("GET", "/auth/me", nullptr, bad).status, 429);
    const User user = NewUser();
    EXPECT_EQ(limited.Call("GET", "/auth/me", nullptr, user.Auth()).status, 200);
    Stack::Get().redis().Command("FLUSHALL");
}

TEST_F(Limits, TheLimiterIsNeverOff) {
    Gateway alone([](gateway::Config& config) { config.permits[gateway::RateClass::kRead] = 3; },
                  /*with_redis=*/false);
    const User user = NewUser();
    EXPECT_EQ(alone.Call("GET", "/auth/me", nullptr, user.Auth()).status, 200);
    EXPECT_EQ(alone.Call("GET", "/auth/me", nullptr, user.Auth()).status, 429);
}

}  // namespace
}  // namespace gateway_test
