#include "net/public_address.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/check.h"
#include "net/ip_ranges.h"

namespace net {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

IpRanges MustParse(const std::vector<std::string>& entries) {
    auto ranges = IpRanges::Parse(entries);
    BASE_CHECK(ranges.has_value());
    return std::move(*ranges);
}

const IpRanges& SpecialV4() {
    static const IpRanges ranges = MustParse({"0.0.0.0/8",
                                              "10.0.0.0/8",
                                              "100.64.0.0/10",
                                              "127.0.0.0/8",
                                              "169.254.0.0/16",
                                              "172.16.0.0/12",
                                              "192.0.0.0/24",
                                              "192.0.2.0/24",
                                              "192.88.99.0/24",
                                              "192.168.0.0/16",
                                              "198.18.0.0/15",
                                              "198.51.100.0/24",
                                              "203.0.113.0/24",
                                              "224.0.0.0/4",
                                              "240.0.0.0/4"});
    return ranges;
}

// Of 2000::/3, outside which nothing is routed.
const IpRanges& SpecialV6() {
    static const IpRanges ranges = MustParse({"2001::/23", "2001:db8::/32", "3fff::/20"});
    return ranges;
}

address_v4 V4At(const address_v6::bytes_type& bytes, std::size_t offset) {
    address_v4::bytes_type part{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), part.size(), part.begin());
    return address_v4(part);
}

bool IsPublicV4(const address_v4& v4) {
    return !SpecialV4().Contain(address(v4));
}

bool IsPublicV6(const address_v6& v6) {
    static const IpRanges global = MustParse({"2000::/3"});
    static const IpRanges sixtofour = MustParse({"2002::/16"});
    static const IpRanges nat64 = MustParse({"64:ff9b::/96"});
    const address whole(v6);
    if (nat64.Contain(whole)) {
        return IsPublicV4(V4At(v6.to_bytes(), 12));
    }
    if (sixtofour.Contain(whole)) {
        return IsPublicV4(V4At(v6.to_bytes(), 2));
    }
    return global.Contain(whole) && !SpecialV6().Contain(whole);
}

}  // namespace

bool IsPublicAddress(const address& given) {
    const address plain = Normalize(given);
    return plain.is_v4() ? IsPublicV4(plain.to_v4()) : IsPublicV6(plain.to_v6());
}

}  // namespace net
