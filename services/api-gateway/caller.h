// Who makes a request, as far as it was proved.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api-gateway/web/rate_class.h"
#include "auth/role.h"
#include "base/ids.h"

namespace gateway {

// What the database says about a user; at most 5 s old.
struct UserState {
    base::UserId id;
    std::string email;
    auth::Role role = auth::Role::kUser;
    bool active = false;
    bool locked = false;
    bool must_change_password = false;
    std::int64_t token_epoch = 0;
    std::vector<base::SessionId> ended_families;  // of the last day: no access token lives longer
    RatePermits permits;                          // set by an administrator
};

struct Caller {
    auth::CallerRights rights;
    std::shared_ptr<const UserState> user;  // null: nobody
    base::SessionId session;                // the refresh family or browser session
    bool browser = false;                   // proved by a cookie
    std::string csrf_token;                 // of that cookie
    std::string label;                      // "session", "browser", "api_key:<id>"

    [[nodiscard]] bool IsSomebody() const { return user != nullptr; }
};

}  // namespace gateway
