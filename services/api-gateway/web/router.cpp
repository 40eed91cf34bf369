#include "api-gateway/web/router.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace gateway {

namespace {

bool IsParameter(std::string_view segment) {
    return segment.starts_with('{');
}

std::vector<std::string_view> SegmentsOf(std::string_view pattern) {
    auto segments = base::Split(pattern, '/');
    segments.erase(segments.begin());
    return segments;
}

bool Fits(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
    return std::equal(pattern.begin(),
                      pattern.end(),
                      path.begin(),
                      [](std::string_view wanted, const std::string& given) {
                          return IsParameter(wanted) || wanted == given;
                      });
}

}  // namespace

Router::Router(std::span<const Route> routes) {
    for (const Route& route : routes) {
        Pattern pattern{&route, SegmentsOf(route.pattern)};
        by_size_[pattern.segments.size()].push_back(std::move(pattern));
    }
    // Literal segments win over parameters: /api/v1/wallet/balances is not a chain's balances.
    for (auto& [size, patterns] : by_size_) {
        std::stable_sort(
            patterns.begin(), patterns.end(), [](const Pattern& left, const Pattern& right) {
                return std::lexicographical_compare(left.segments.begin(),
                                                    left.segments.end(),
                                                    right.segments.begin(),
                                                    right.segments.end(),
                                                    [](std::string_view a, std::string_view b) {
                                                        return !IsParameter(a) && IsParameter(b);
                                                    });
            });
    }
}

base::Result<Router::Match> Router::Find(net::Method method, std::string_view path) const {
    BASE_ASSIGN_OR_RETURN(const auto segments, net::SplitPath(path));
    const net::Method wanted = method == net::Method::kHead ? net::Method::kGet : method;
    const auto patterns = by_size_.find(segments.size());
    std::set<std::string_view> allowed;
    if (patterns != by_size_.end()) {
        for (const Pattern& pattern : patterns->second) {
            if (!Fits(pattern.segments, segments)) {
                continue;
            }
            if (pattern.route->method != wanted) {
                allowed.insert(net::MethodName(pattern.route->method));
                continue;
            }
            Match match{pattern.route, {}};
            for (std::size_t index = 0; index < segments.size(); ++index) {
                if (const auto name = pattern.segments[index]; IsParameter(name)) {
                    match.path.emplace(name.substr(1, name.size() - 2), segments[index]);
                }
            }
            return match;
        }
    }
    if (allowed.empty()) {
        return base::NotFound("not_found", "there is no such endpoint");
    }
    std::string allow;
    for (const std::string_view name : allowed) {
        allow += (allow.empty() ? "" : ", ") + std::string(name);
    }
    return base::InvalidArgument("method_not_allowed", "this path takes " + allow)
        .With("allow", allow);
}

}  // namespace gateway
