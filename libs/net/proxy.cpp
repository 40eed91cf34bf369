#include "net/proxy.h"

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace net {

namespace {

base::Result<std::optional<HttpUrl>> ReadProxy(const std::string& text) {
    if (text.empty()) {
        return std::optional<HttpUrl>();
    }
    BASE_ASSIGN_OR_RETURN(HttpUrl url, ParseHttpUrl(text));
    if (url.tls) {
        return base::InvalidArgument("bad_url", "a proxy is spoken to in plain http");
    }
    return std::optional<HttpUrl>(std::move(url));
}

bool IsBelow(std::string_view host, std::string_view name) {
    return host == name || (host.size() > name.size() && host.ends_with(name) &&
                            host[host.size() - name.size() - 1] == '.');
}

}  // namespace

base::Result<Proxies> Proxies::Make(const ProxyOptions& options) {
    Proxies proxies;
    BASE_ASSIGN_OR_RETURN(proxies.https_, ReadProxy(options.https));
    BASE_ASSIGN_OR_RETURN(proxies.http_, ReadProxy(options.http));
    std::vector<std::string> ranges;
    for (const std::string& entry : options.direct) {
        if (entry == "*") {
            proxies.all_direct_ = true;
        } else if (IpRanges::Parse({entry})) {
            ranges.push_back(entry);
        } else {
            const std::size_t points = entry.starts_with('.') ? 1 : 0;
            proxies.names_.push_back(base::ToLower(entry.substr(points)));
        }
    }
    BASE_ASSIGN_OR_RETURN(proxies.ranges_, IpRanges::Parse(ranges));
    return proxies;
}

const HttpUrl* Proxies::For(const HttpUrl& target) const {
    const std::optional<HttpUrl>& proxy = target.tls ? https_ : http_;
    return proxy && !IsDirect(target.host) ? &*proxy : nullptr;
}

bool Proxies::IsDirect(const std::string& host) const {
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(host, no_address);
    if (!no_address) {
        return all_direct_ || Normalize(address).is_loopback() || ranges_.Contain(address);
    }
    const std::string name = base::ToLower(host);
    return all_direct_ || IsBelow(name, "localhost") ||
           std::any_of(names_.begin(), names_.end(), [&](const std::string& direct) {
               return IsBelow(name, direct);
           });
}

}  // namespace net
