// Where a Redis is, from its URL.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace redis {

struct Endpoint {
    std::string host;  // name or address; empty with a unix socket
    std::uint16_t port = 0;
    std::string socket_path;  // empty over TCP
    std::string user;         // empty: the default user
    std::string password;     // empty: no AUTH
    std::uint16_t database = 0;
};

// redis://[[user]:password@]host[:port][/database] with percent-encoding in user and password, or
// unix:/path/of/the.socket. Errors: `bad_redis_url`; the text never repeats the URL.
[[nodiscard]] base::Result<Endpoint> ParseUrl(std::string_view url);

}  // namespace redis
