#include <gtest/gtest.h>
#include <set>

#include "api-gateway/routes.h"

namespace gateway_test {
namespace {

using auth::CallerRights;
using auth::Credential;
using auth::Role;
using auth::Scope;

bool May(const gateway::Route& route, const CallerRights& caller) {
    return auth::CheckAccess(route.access, caller).has_value();
}

const gateway::Route& Find(net::Method method, std::string_view pattern) {
    for (const gateway::Route& route : gateway::Routes()) {
        if (route.method == method && route.pattern == pattern) {
            return route;
        }
    }
    throw std::logic_error("no such route: " + std::string(pattern));
}

TEST(RouteTable, RowsAreCompleteAndUnique) {
    std::set<std::pair<net::Method, std::string_view>> seen;
    for (const gateway::Route& route : gateway::Routes()) {
        EXPECT_NE(route.handler, nullptr) << route.pattern;
        EXPECT_TRUE(route.access.open || !route.access.roles.empty()) << route.pattern;
        EXPECT_TRUE(seen.insert({route.method, route.pattern}).second) << route.pattern;
        // Whatever belongs to somebody is counted by user, whatever is open by address.
        EXPECT_EQ(gateway::IsPerUser(route.rate), !route.access.open) << route.pattern;
    }
    EXPECT_GT(seen.size(), 50U);
}

TEST(RouteTable, NothingButAuthAndDocumentsIsOpen) {
    for (const gateway::Route& route : gateway::Routes()) {
        const bool expected =
            route.pattern == "/auth/register" || route.pattern == "/auth/login" ||
            route.pattern == "/auth/refresh" || route.pattern == "/auth/session" ||
            route.pattern.starts_with("/docs") || route.pattern.starts_with("/problems") ||
            route.pattern == "/openapi.json";
        EXPECT_EQ(route.access.open, expected) << route.pattern;
    }
}

TEST(RouteTable, AdministrationIsForAdminsAndLookingForAuditors) {
    const CallerRights user{Credential::kSession, Role::kUser, {}};
    const CallerRights auditor{Credential::kSession, Role::kAuditor, {}};
    const CallerRights admin{Credential::kSession, Role::kAdmin, {}};
    for (const gateway::Route& route : gateway::Routes()) {
        if (!route.pattern.starts_with("/api/v1/admin/")) {
            continue;
        }
        EXPECT_FALSE(May(route, user)) << route.pattern;
        EXPECT_TRUE(May(route, admin)) << route.pattern;
        EXPECT_EQ(May(route, auditor), route.method == net::Method::kGet) << route.pattern;
    }
}

TEST(RouteTable, AnAuditorMovesNothing) {
    const CallerRights auditor{Credential::kSession, Role::kAuditor, {}};
    for (const gateway::Route& route : gateway::Routes()) {
        if (route.method != net::Method::kGet &&
            route.pattern.find("{chain}") != std::string::npos &&
            route.pattern != "/api/v1/{chain}/estimate") {
            EXPECT_FALSE(May(route, auditor)) << route.pattern;
        }
    }
}

TEST(RouteTable, AKeyWithEveryScopeApprovesNothing) {
    const CallerRights key{Credential::kApiKey, Role::kAdmin, auth::AllScopes()};
    for (const char* pattern : {"/api/v1/approvals/{id}/approve",
                                "/api/v1/approvals/{id}/deny",
                                "/api/v1/{chain}/wallet/export",
                                "/api/v1/{chain}/wallet/import",
                                "/api/v1/api-keys",
                                "/auth/password"}) {
        EXPECT_FALSE(May(Find(net::Method::kPost, pattern), key)) << pattern;
    }
    EXPECT_FALSE(May(Find(net::Method::kPut, "/api/v1/wallet/policies"), key));
    EXPECT_TRUE(May(Find(net::Method::kPost, "/api/v1/{chain}/send"), key));
}

}  // namespace
}  // namespace gateway_test
