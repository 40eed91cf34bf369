#include "redis/endpoint.h"

#include "base/hex.h"
#include "base/text.h"

namespace redis {

namespace {

constexpr std::string_view kTcpScheme = "redis://";
constexpr std::string_view kUnixScheme = "unix:";
constexpr std::uint16_t kDefaultPort = 6379;

base::Error BadUrl(std::string detail) {
    return base::InvalidArgument("bad_redis_url", std::move(detail))
        .Remedy("write redis://:password@host:6379/0 or unix:/path/of/the.socket");
}

base::Result<std::string> PercentDecode(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            decoded += text[at];
            continue;
        }
        const auto byte = base::HexDecode(text.substr(at + 1, 2));
        if (!byte || byte->size() != 1) {
            return BadUrl("a % in the Redis URL is not followed by two hex digits");
        }
        decoded += static_cast<char>(byte->front());
        at += 2;
    }
    return decoded;
}

// "[user]:password" or "user".
base::Result<> ParseCredentials(std::string_view text, Endpoint& endpoint) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        return BadUrl("the Redis URL names a user without a password");
    }
    BASE_ASSIGN_OR_RETURN(endpoint.user, PercentDecode(text.substr(0, colon)));
    BASE_ASSIGN_OR_RETURN(endpoint.password, PercentDecode(text.substr(colon + 1)));
    return {};
}

// "host", "host:port" or "[::1]:port".
base::Result<> ParseHost(std::string_view text, Endpoint& endpoint) {
    std::string_view port;
    if (const std::size_t bracket = text.find(']'); text.starts_with('[')) {
        if (bracket == std::string_view::npos) {
            return BadUrl("the Redis URL's address has no closing bracket");
        }
        endpoint.host = text.substr(1, bracket - 1);
        port = text.substr(bracket + 1);
    } else {
        const std::size_t colon = text.find(':');
        endpoint.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
    }
    if (endpoint.host.empty()) {
        return BadUrl("the Redis URL has no host");
    }
    if (port.empty()) {
        endpoint.port = kDefaultPort;
        return {};
    }
    const auto number = base::ParseUnsigned<std::uint16_t>(port.substr(1), UINT16_MAX);
    if (!port.starts_with(':') || !number || *number == 0) {
        return BadUrl("the Redis URL's port is not a number from 1 to 65535");
    }
    endpoint.port = *number;
    return {};
}

}  // namespace

base::Result<Endpoint> ParseUrl(std::string_view url) {
    Endpoint endpoint;
    if (url.starts_with(kUnixScheme)) {
        endpoint.socket_path = url.substr(kUnixScheme.size());
        if (!endpoint.socket_path.starts_with('/')) {
            return BadUrl("the path of the Redis socket must be absolute");
        }
        return endpoint;
    }
    if (!url.starts_with(kTcpScheme)) {
        return BadUrl("the Redis URL begins with neither redis:// nor unix:");
    }
    std::string_view rest = url.substr(kTcpScheme.size());
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        BASE_RETURN_IF_ERROR(ParseCredentials(rest.substr(0, at), endpoint));
        rest = rest.substr(at + 1);
    }
    const std::size_t slash = rest.find('/');
    BASE_RETURN_IF_ERROR(ParseHost(rest.substr(0, slash), endpoint));
    if (slash != std::string_view::npos && slash + 1 < rest.size()) {
        const auto database =
            base::ParseUnsigned<std::uint16_t>(rest.substr(slash + 1), UINT16_MAX);
        if (!database) {
            return BadUrl("the Redis URL's database is not a number");
        }
        endpoint.database = *database;
    }
    return endpoint;
}

}  // namespace redis
