// Which calls go through a forward proxy, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/ip_ranges.h"
#include "net/url.h"

namespace net {

struct ProxyOptions {
    std::string https;                // URL of the proxy for https, by CONNECT; empty = none
    std::string http;                 // the same for http
    std::vector<std::string> direct;  // "example.com" (with all below it), "10.0.0.0/8", "*"
};

class Proxies {
public:
    Proxies() = default;

    // Errors: `bad_url`; a proxy is spoken to in plain http.
    [[nodiscard]] static base::Result<Proxies> Make(const ProxyOptions& options);

    // Null: directly. This machine always is.
    [[nodiscard]] const HttpUrl* For(const HttpUrl& target) const;

private:
    [[nodiscard]] bool IsDirect(const std::string& host) const;

    std::optional<HttpUrl> https_;
    std::optional<HttpUrl> http_;
    bool all_direct_ = false;
    IpRanges ranges_;
    std::vector<std::string> names_;  // lower case, without a leading point
};

}  // namespace net
