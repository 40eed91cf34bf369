#include "net/url.h"

#include <cstdint>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace net {

base::Result<HttpUrl> ParseHttpUrl(std::string_view text) {
    constexpr std::uint32_t kPortMax = 65'535;
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) {
        return base::InvalidArgument("bad_url", "the text is not a URL");
    }
    HttpUrl url;
    url.tls = parsed->scheme() == "https";
    if (!url.tls && parsed->scheme() != "http") {
        return base::InvalidArgument("bad_url", "the URL is neither http nor https");
    }
    if (parsed->has_userinfo() || parsed->has_fragment() || parsed->host().empty()) {
        return base::InvalidArgument("bad_url", "the URL has no host, or a user or a fragment");
    }
    const std::string standard = url.tls ? "443" : "80";
    url.port =
        parsed->has_port() && !parsed->port().empty() ? std::string(parsed->port()) : standard;
    const auto port = base::ParseUnsigned<std::uint32_t>(url.port, kPortMax);
    if (!port || *port == 0) {
        return base::InvalidArgument("bad_url", "the URL's port is not from 1 to 65535");
    }
    url.host = std::string(parsed->host_address());
    url.authority = std::string(parsed->encoded_host());
    if (url.port != standard) {
        url.authority += ":" + url.port;
    }
    url.target = std::string(parsed->encoded_path());
    if (url.target.empty()) {
        url.target = "/";
    }
    if (parsed->has_query()) {
        url.target += "?" + std::string(parsed->encoded_query());
    }
    return url;
}

}  // namespace net
