#include "config/values.h"

#include <array>
#include <charconv>
#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"

namespace config {

namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    std::int64_t milliseconds;
};

// Largest first, for FormatDuration; "ms" stands before "m" and "s" for ParseDuration's suffixes.
constexpr std::array<Unit, 5> kUnits{{
    {"d", 86'400'000},
    {"h", 3'600'000},
    {"ms", 1},
    {"m", 60'000},
    {"s", 1'000},
}};

constexpr std::uint32_t kPortMax = 65535;
constexpr std::int64_t kDurationMaxMs = 3'650LL * 86'400'000;

base::Error BadDuration() {
    return base::InvalidArgument("bad_duration", "is not a duration")
        .Remedy("write a number and a unit: 500ms, 30s, 15m, 12h or 7d");
}

base::Error BadUrl(std::string detail) {
    return base::InvalidArgument("bad_url", std::move(detail));
}

base::Error BadAddress(std::string detail) {
    return base::InvalidArgument("bad_address", std::move(detail))
        .Remedy("write host:port, ipv4:address:port,address:port or unix:/absolute/path");
}

base::Result<void> CheckHostAndPort(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) {
        return BadAddress("has no host or no port");
    }
    const std::string_view host = text.substr(0, colon);
    if (host.find(':') != std::string_view::npos &&
        !(host.starts_with('[') && host.ends_with(']'))) {
        return BadAddress("has an IPv6 host without brackets");
    }
    if (host.find('/') != std::string_view::npos ||
        !base::ParseUnsigned<std::uint32_t>(text.substr(colon + 1), kPortMax)) {
        return BadAddress("has a port that is not a number up to 65535");
    }
    return {};
}

}  // namespace

base::Result<milliseconds> ParseDuration(std::string_view text) {
    for (const Unit& unit : kUnits) {
        if (!text.ends_with(unit.name)) {
            continue;
        }
        const auto count = base::ParseUnsigned<std::int64_t>(
            text.substr(0, text.size() - unit.name.size()), kDurationMaxMs / unit.milliseconds);
        if (!count) {
            return BadDuration();
        }
        return milliseconds(*count * unit.milliseconds);
    }
    return BadDuration();
}

std::string FormatDuration(milliseconds duration) {
    Unit best{"ms", 1};
    for (const Unit& unit : kUnits) {
        if (duration.count() != 0 && duration.count() % unit.milliseconds == 0 &&
            unit.milliseconds > best.milliseconds) {
            best = unit;
        }
    }
    return std::to_string(duration.count() / best.milliseconds) + std::string(best.name);
}

base::Result<std::int64_t> ParseInteger(std::string_view text, std::int64_t min, std::int64_t max) {
    std::int64_t value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || code != std::errc{} || end != text.data() + text.size() || value < min ||
        value > max) {
        return base::InvalidArgument("bad_integer",
                                     "is not a whole number from " + std::to_string(min) + " to " +
                                         std::to_string(max))
            .Remedy("write digits alone, without a unit");
    }
    return value;
}

base::Result<bool> ParseFlag(std::string_view text) {
    if (text == "true") {
        return true;
    }
    if (text == "false") {
        return false;
    }
    return base::InvalidArgument("bad_flag", "is neither true nor false")
        .Remedy("write true or false");
}

base::Result<void> CheckUrl(std::string_view text, std::string_view schemes) {
    const auto url = boost::urls::parse_uri(text);
    if (!url) {
        return BadUrl("is not a URL")
            .Remedy("write it as " + std::string(base::Split(schemes, ',').front()) +
                    "://host:port/path");
    }
    bool known = false;
    for (const std::string_view scheme : base::Split(schemes, ',')) {
        known = known || url->scheme() == scheme;
    }
    if (!known) {
        return BadUrl("has a scheme that is not supported here")
            .Remedy("use one of: " + std::string(schemes));
    }
    if (!url->has_authority() || (url->host().empty() && url->path().empty())) {
        return BadUrl("names no host").Remedy("write scheme://host:port");
    }
    const auto port = base::ParseUnsigned<std::uint32_t>(url->port(), kPortMax);
    if (url->has_port() && !url->port().empty() && (!port || *port == 0)) {
        return BadUrl("has a port that is not a number from 1 to 65535").Remedy("correct the port");
    }
    return {};
}

base::Result<void> CheckAddress(std::string_view text) {
    constexpr std::string_view kUnix = "unix:";
    constexpr std::string_view kIpv4 = "ipv4:";
    constexpr std::size_t kUnixPathMax = 107;  // sockaddr_un::sun_path without its NUL
    if (text.starts_with(kUnix)) {
        const std::string_view path = text.substr(kUnix.size());
        if (!path.starts_with('/') || path.size() > kUnixPathMax) {
            return BadAddress("needs an absolute socket path of at most 107 characters");
        }
        return {};
    }
    if (!text.starts_with(kIpv4)) {
        return CheckHostAndPort(text);
    }
    for (const std::string_view one : base::Split(text.substr(kIpv4.size()), ',')) {
        BASE_RETURN_IF_ERROR(CheckHostAndPort(one));
        if (one.find_first_not_of("0123456789.:") != std::string_view::npos) {
            return BadAddress("has an address after ipv4: that is not of four numbers");
        }
    }
    return {};
}

std::string RedactUrl(std::string_view text) {
    const auto url = boost::urls::parse_uri(text);
    if (!url) {
        return "(not a URL)";
    }
    return std::string(url->scheme()) + "://" + std::string(url->encoded_host_and_port());
}

}  // namespace config
