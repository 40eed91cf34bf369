// The parts of an http or https URL that a request needs.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace net {

struct HttpUrl {
    bool tls = false;
    std::string host;       // a name or an address, IPv6 without brackets
    std::string port;       // digits
    std::string authority;  // the Host line: the port only where it is not the scheme's own
    std::string target;     // path and query

    // What connections are kept by.
    [[nodiscard]] std::string Origin() const {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
};

// Errors: `bad_url`, whose detail never repeats the text: paths hold keys.
[[nodiscard]] base::Result<HttpUrl> ParseHttpUrl(std::string_view text);

}  // namespace net
