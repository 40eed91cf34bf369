#include "auth/role.h"

#include <array>

#include "base/text.h"

namespace auth {

namespace {

constexpr std::array kRoles{Role::kUser, Role::kAuditor, Role::kAdmin, Role::kService};
constexpr std::array kScopes{Scope::kRead,
                             Scope::kSend,
                             Scope::kSign,
                             Scope::kSwap,
                             Scope::kAgent,
                             Scope::kTools,
                             Scope::kAdmin};

}  // namespace

std::string_view RoleName(Role role) {
    switch (role) {
        case Role::kUser:
            return "user";
        case Role::kAuditor:
            return "auditor";
        case Role::kAdmin:
            return "admin";
        case Role::kService:
            return "service";
    }
    return "";
}

base::Result<Role> ParseRole(std::string_view name) {
    for (const Role role : kRoles) {
        if (RoleName(role) == name) {
            return role;
        }
    }
    return base::InvalidArgument("unknown_role", "there is no role of this name");
}

std::string_view ScopeName(Scope scope) {
    switch (scope) {
        case Scope::kRead:
            return "read";
        case Scope::kSend:
            return "send";
        case Scope::kSign:
            return "sign";
        case Scope::kSwap:
            return "swap";
        case Scope::kAgent:
            return "agent";
        case Scope::kTools:
            return "tools";
        case Scope::kAdmin:
            return "admin";
    }
    return "";
}

base::Result<Scope> ParseScope(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Scope scope : kScopes) {
        if (ScopeName(scope) == name) {
            return scope;
        }
        names.push_back(ScopeName(scope));
    }
    const std::string_view nearest = base::Nearest(name, names);
    return base::InvalidArgument(
        "unknown_scope",
        "scopes are read, send, sign, swap, agent, tools, admin" +
            (nearest.empty() ? std::string() : "; did you mean " + std::string(nearest) + "?"));
}

std::vector<std::string> ScopeNames(const Scopes& scopes) {
    std::vector<std::string> names;
    for (const Scope scope : kScopes) {
        if (scopes.Has(scope)) {
            names.emplace_back(ScopeName(scope));
        }
    }
    return names;
}

Scopes AllScopes() {
    Scopes all;
    for (const Scope scope : kScopes) {
        all.Add(scope);
    }
    return all;
}

base::Result<> CheckAccess(const Access& access, const CallerRights& caller) {
    if (access.open) {
        return {};
    }
    if (caller.credential == Credential::kNone) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "unauthenticated",
                               "this endpoint needs an access token or an API key");
    }
    if (!access.roles.Has(caller.role)) {
        return base::PermissionDenied(
            "role_not_allowed",
            "the role " + std::string(RoleName(caller.role)) + " may not use this endpoint");
    }
    if (caller.credential == Credential::kSession) {
        if (!access.session) {
            return base::PermissionDenied("api_key_required", "this endpoint takes API keys alone");
        }
        return {};
    }
    if (!access.scope) {
        return base::PermissionDenied("session_required",
                                      "this endpoint is for a signed-in person, not for API keys");
    }
    if (!caller.scopes.Has(*access.scope)) {
        return base::PermissionDenied(
            "scope_missing",
            "the API key lacks the scope " + std::string(ScopeName(*access.scope)));
    }
    return {};
}

}  // namespace auth
