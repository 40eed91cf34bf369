#include <gtest/gtest.h>

#include "api-gateway/routes.h"

namespace gateway_test {
namespace {

using net::Method;

class Routing : public ::testing::Test {
protected:
    std::string Where(Method method, std::string_view path) {
        const auto match = router_.Find(method, path);
        return match ? std::string(match->route->pattern) : match.error().reason;
    }

    gateway::Router router_{gateway::Routes()};
};

TEST_F(Routing, LiteralsWinOverParameters) {
    EXPECT_EQ(Where(Method::kGet, "/api/v1/wallet/balances"), "/api/v1/wallet/balances");
    EXPECT_EQ(Where(Method::kGet, "/api/v1/ethereum/balance"), "/api/v1/{chain}/balance");
    EXPECT_EQ(Where(Method::kGet, "/api/v1/wallet/transactions/tx_1"),
              "/api/v1/wallet/transactions/{id}");
    EXPECT_EQ(Where(Method::kGet, "/api/v1/admin/users/1"), "/api/v1/admin/users/{id}");
}

TEST_F(Routing, ParametersAreDecoded) {
    const auto match = router_.Find(Method::kGet, "/api/v1/eth/tokens/a%20b");
    ASSERT_TRUE(match.has_value());
    EXPECT_EQ(match->path.at("chain"), "eth");
    EXPECT_EQ(match->path.at("token"), "a b");
}

TEST_F(Routing, HeadIsGet) {
    EXPECT_EQ(Where(Method::kHead, "/openapi.json"), "/openapi.json");
}

TEST_F(Routing, OtherMethodsAreNamed) {
    const auto match = router_.Find(Method::kPatch, "/api/v1/ethereum/wallet");
    ASSERT_FALSE(match.has_value());
    EXPECT_EQ(match.error().reason, "method_not_allowed");
    EXPECT_EQ(match.error().metadata.at("allow"), "DELETE, POST");
}

TEST_F(Routing, OneSpellingAPath) {
    EXPECT_EQ(Where(Method::kGet, "/nothing"), "not_found");
    EXPECT_EQ(Where(Method::kGet, "/auth/me/"), "bad_path");
    EXPECT_EQ(Where(Method::kGet, "/auth//me"), "bad_path");
    EXPECT_EQ(Where(Method::kGet, "/api/../auth/me"), "bad_path");
    EXPECT_EQ(Where(Method::kGet, "/auth%2fme"), "bad_path");
    EXPECT_EQ(Where(Method::kGet, "/AUTH/me"), "not_found");
}

}  // namespace
}  // namespace gateway_test
