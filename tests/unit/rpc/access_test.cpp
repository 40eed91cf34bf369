#include "rpc/access.h"

#include <gtest/gtest.h>
#include <string>

namespace rpc {
namespace {

AccessTable Table() {
    return AccessTable({{"/s/Read", {"api-gateway", "dex-service"}, "read"},
                        {"/s/Tick", {"ethereum-service"}, ""}});
}

Context From(const std::string& caller) {
    Context context;
    context.caller = caller;
    return context;
}

Context FromUser(const std::string& caller, std::vector<std::string> scopes) {
    auto context = From(caller);
    context.user.emplace();
    context.user->scopes = std::move(scopes);
    return context;
}

TEST(AccessTable, AllowsWhatARuleNames) {
    EXPECT_TRUE(Table().Check("/s/Tick", From("ethereum-service")));
    EXPECT_TRUE(Table().Check("/s/Read", FromUser("dex-service", {"send", "read"})));
}

TEST(AccessTable, DeniesWhatNoRuleNames) {
    for (const auto& [method, caller] : {std::pair("/s/Tick", "api-gateway"),
                                         std::pair("/s/Tick", ""),
                                         std::pair("/s/Other", "ethereum-service"),
                                         std::pair("/s/tick", "ethereum-service"),
                                         std::pair("", "ethereum-service")}) {
        const auto result = Table().Check(method, From(caller));
        ASSERT_FALSE(result) << method << " " << caller;
        EXPECT_EQ(result.error().kind, base::ErrorKind::kPermissionDenied);
        EXPECT_EQ(result.error().reason, "caller_not_allowed");
    }
}

TEST(AccessTable, AsksForAUserWhereTheRuleHasAScope) {
    const auto result = Table().Check("/s/Read", From("api-gateway"));

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "user_context_required");
}

TEST(AccessTable, DeniesAScopeTheUserContextLacks) {
    const auto result = Table().Check("/s/Read", FromUser("api-gateway", {"readonly"}));

    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, "scope_missing");
    EXPECT_EQ(result.error().metadata.at("scope"), "read");
}

TEST(AccessTableDeathTest, RefusesTwoRulesForOneMethod) {
    EXPECT_DEATH(AccessTable({{"/s/A", {}, ""}, {"/s/A", {"x"}, ""}}), "check failed");
}

}  // namespace
}  // namespace rpc
