#include "auth/role.h"

#include <gtest/gtest.h>

namespace {

using auth::Access;
using auth::CallerRights;
using auth::Credential;
using auth::Role;
using auth::Scope;

std::string ReasonOf(const Access& access, const CallerRights& caller) {
    const auto checked = auth::CheckAccess(access, caller);
    return checked ? "ok" : checked.error().reason;
}

const CallerRights kNobody{};
const CallerRights kUserSession{Credential::kSession, Role::kUser, {}};
const CallerRights kAdminSession{Credential::kSession, Role::kAdmin, {}};
const CallerRights kSendKey{Credential::kApiKey, Role::kUser, {Scope::kSend}};

TEST(Access, AnEmptyRowLetsNobodyIn) {
    EXPECT_EQ(ReasonOf({}, kNobody), "unauthenticated");
    EXPECT_EQ(ReasonOf({}, kUserSession), "role_not_allowed");
    EXPECT_EQ(ReasonOf({}, kAdminSession), "role_not_allowed");
    EXPECT_EQ(ReasonOf({}, kSendKey), "role_not_allowed");
}

TEST(Access, OpenLetsEverybodyIn) {
    EXPECT_EQ(ReasonOf({.open = true}, kNobody), "ok");
    EXPECT_EQ(ReasonOf({.open = true}, kSendKey), "ok");
}

TEST(Access, RolesAreListedNotRanked) {
    const Access admins{.roles = {Role::kAdmin}};
    EXPECT_EQ(ReasonOf(admins, kAdminSession), "ok");
    EXPECT_EQ(ReasonOf(admins, kUserSession), "role_not_allowed");
    const Access users{.roles = {Role::kUser}};
    EXPECT_EQ(ReasonOf(users, kAdminSession), "role_not_allowed");
}

TEST(Access, AKeyNeedsTheScopeOfTheRow) {
    const Access send{.roles = {Role::kUser}, .scope = Scope::kSend};
    EXPECT_EQ(ReasonOf(send, kSendKey), "ok");
    EXPECT_EQ(ReasonOf(send, kUserSession), "ok");
    const Access sign{.roles = {Role::kUser}, .scope = Scope::kSign};
    EXPECT_EQ(ReasonOf(sign, kSendKey), "scope_missing");
}

TEST(Access, ApprovingIsForHumansAndToolsAreForKeys) {
    const Access approve{.roles = {Role::kUser}};
    EXPECT_EQ(ReasonOf(approve, kUserSession), "ok");
    EXPECT_EQ(ReasonOf(approve, kSendKey), "session_required");
    const Access tools{.roles = {Role::kUser}, .scope = Scope::kTools, .session = false};
    EXPECT_EQ(ReasonOf(tools, kUserSession), "api_key_required");
}

TEST(Names, RolesAndScopesRoundTrip) {
    for (const char* name : {"user", "auditor", "admin", "service"}) {
        const auto role = auth::ParseRole(name);
        ASSERT_TRUE(role.has_value());
        EXPECT_EQ(auth::RoleName(*role), name);
    }
    EXPECT_EQ(auth::ParseRole("root").error().reason, "unknown_role");
    auth::Scopes all;
    for (const char* name : {"read", "send", "sign", "swap", "agent", "tools", "admin"}) {
        const auto scope = auth::ParseScope(name);
        ASSERT_TRUE(scope.has_value());
        EXPECT_EQ(auth::ScopeName(*scope), name);
        all.Add(*scope);
    }
    EXPECT_EQ(auth::ScopeNames(all).size(), 7U);
    EXPECT_EQ(auth::AllScopes(), all);
    EXPECT_EQ(auth::ScopeNames({Scope::kSwap}), std::vector<std::string>{"swap"});
}

TEST(Names, AnUnknownScopeNamesTheNearest) {
    const auto scope = auth::ParseScope("sned");
    ASSERT_FALSE(scope.has_value());
    EXPECT_EQ(scope.error().reason, "unknown_scope");
    EXPECT_NE(scope.error().detail.find("send?"), std::string::npos);
    EXPECT_EQ(auth::ParseScope("everything").error().detail.find('?'), std::string::npos);
}

}  // namespace
