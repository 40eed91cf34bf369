// Who may use an endpoint: roles, scopes of API keys and kinds of credentials. The one table
// endpoint x role is the gateway's routes; each of its rows carries an Access. Denied by default:
// an empty Access lets nobody in. Pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace auth {

enum class Role { kUser, kAuditor, kAdmin, kService };

// "user", "auditor", "admin", "service".
[[nodiscard]] std::string_view RoleName(Role role);
// Errors: `unknown_role`.
[[nodiscard]] base::Result<Role> ParseRole(std::string_view name);

enum class Scope { kRead, kSend, kSign, kSwap, kAgent, kTools, kAdmin };

// "read", "send", ...
[[nodiscard]] std::string_view ScopeName(Scope scope);
// Errors: `unknown_scope`, naming the nearest.
[[nodiscard]] base::Result<Scope> ParseScope(std::string_view name);

// A set over a small enumeration.
template <class Item>
class SetOf {
public:
    constexpr SetOf() = default;

    constexpr SetOf(std::initializer_list<Item> items) {
        for (const Item item : items) {
            Add(item);
        }
    }

    constexpr void Add(Item item) { bits_ |= 1U << static_cast<unsigned>(item); }

    [[nodiscard]] constexpr bool Has(Item item) const {
        return (bits_ & (1U << static_cast<unsigned>(item))) != 0;
    }

    [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }

    friend constexpr bool operator==(const SetOf&, const SetOf&) = default;

private:
    std::uint32_t bits_ = 0;
};

using Roles = SetOf<Role>;
using Scopes = SetOf<Scope>;

[[nodiscard]] std::vector<std::string> ScopeNames(const Scopes& scopes);
// What a person who has signed in may do.
[[nodiscard]] Scopes AllScopes();

// How a caller proved who it is. A session is a human at a keyboard: an access token from a
// sign-in, or a browser's cookie.
enum class Credential { kNone, kSession, kApiKey };

// What one endpoint asks for.
struct Access {
    bool open = false;             // anyone, signed in or not
    Roles roles{};                 // of the caller
    std::optional<Scope> scope{};  // an API key must have it; none: API keys are not accepted
    bool session = true;           // false: API keys alone
};

struct CallerRights {
    Credential credential = Credential::kNone;
    Role role = Role::kUser;
    Scopes scopes;  // of the API key
};

// Errors: `unauthenticated` (kUnauthenticated); kPermissionDenied: `role_not_allowed`,
// `session_required`, `api_key_required`, `scope_missing` naming the scope.
[[nodiscard]] base::Result<> CheckAccess(const Access& access, const CallerRights& caller);

}  // namespace auth
