// The one table of endpoints: method, path, who may, which rate class, which handler. The OpenAPI
// file is checked against it both ways.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api-gateway/web/call.h"
#include "api-gateway/web/rate_class.h"
#include "auth/role.h"
#include "base/result.h"
#include "net/http_message.h"

namespace gateway {

class App;

using Handler = Answer (*)(App& app, Call& call);

struct Route {
    net::Method method = net::Method::kGet;
    std::string_view pattern;  // "/api/v1/{chain}/balance"
    auth::Access access;
    RateClass rate = RateClass::kRead;
    Handler handler = nullptr;
    std::vector<std::string_view> query{};  // names that may stand in the query
    bool with_one_time_password = false;    // works before the first password was changed
};

class Router {
public:
    explicit Router(std::span<const Route> routes);

    struct Match {
        const Route* route = nullptr;
        std::map<std::string, std::string, std::less<>> path;
    };

    // HEAD is GET. Errors: `not_found`; `method_not_allowed` with metadata `allow`; `bad_path`.
    [[nodiscard]] base::Result<Match> Find(net::Method method, std::string_view path) const;

private:
    struct Pattern {
        const Route* route;
        std::vector<std::string_view> segments;
    };

    std::map<std::size_t, std::vector<Pattern>> by_size_;
};

}  // namespace gateway
