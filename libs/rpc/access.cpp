#include "rpc/access.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace rpc {

AccessTable::AccessTable(std::vector<AccessRule> rules) {
    for (auto& rule : rules) {
        std::string method = rule.method;
        const bool added = rules_.emplace(std::move(method), std::move(rule)).second;
        BASE_CHECK(added);
    }
}

base::Result<> AccessTable::Check(std::string_view method, const Context& context) const {
    const auto found = rules_.find(method);
    const bool allowed =
        found != rules_.end() && std::ranges::count(found->second.callers, context.caller) > 0;
    if (!allowed) {
        return base::PermissionDenied(
            "caller_not_allowed", "'" + context.caller + "' may not call " + std::string(method));
    }
    const std::string& scope = found->second.scope;
    if (scope.empty()) {
        return {};
    }
    if (!context.user) {
        return base::MakeError(base::ErrorKind::kUnauthenticated,
                               "user_context_required",
                               "this call acts for a user and carries no signed user context");
    }
    if (std::ranges::count(context.user->scopes, scope) == 0) {
        return base::PermissionDenied("scope_missing", "this call needs the scope '" + scope + "'")
            .With("scope", scope);
    }
    return {};
}

std::vector<std::string_view> AccessTable::Methods() const {
    std::vector<std::string_view> methods;
    for (const auto& [method, rule] : rules_) {
        methods.emplace_back(method);
    }
    return methods;
}

}  // namespace rpc
