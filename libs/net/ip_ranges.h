// IP addresses in ranges: which peers are trusted proxies, and whom they speak for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include "base/result.h"

namespace net {

class IpRanges {
public:
    IpRanges() = default;

    // "10.0.0.0/8", "::1", ... Errors: `bad_ip_range` naming the entry.
    [[nodiscard]] static base::Result<IpRanges> Parse(const std::vector<std::string>& entries);

    [[nodiscard]] bool Contain(const boost::asio::ip::address& address) const;

    [[nodiscard]] bool empty() const { return ranges_.empty(); }

private:
    // IPv4 in its mapped form.
    struct Range {
        boost::asio::ip::address_v6::bytes_type network{};
        unsigned prefix = 0;
    };

    std::vector<Range> ranges_;
};

// IPv4-mapped IPv6 addresses become IPv4.
[[nodiscard]] boost::asio::ip::address Normalize(const boost::asio::ip::address& address);

// Who a trusted proxy speaks for: the last entry of X-Forwarded-For that is not itself a trusted
// proxy. Entries left of it are the client's own claim. `peer` where nothing usable stands there.
[[nodiscard]] boost::asio::ip::address ForwardedClient(const boost::asio::ip::address& peer,
                                                       std::string_view forwarded_for,
                                                       const IpRanges& trusted);

// What limits per address count by: the address, or the /64 of an IPv6 one.
[[nodiscard]] std::string AddressKey(const boost::asio::ip::address& address);

}  // namespace net
