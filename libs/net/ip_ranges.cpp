#include "net/ip_ranges.h"

#include <algorithm>

#include <boost/asio/ip/address_v4.hpp>

#include "base/text.h"

namespace net {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v6;

constexpr unsigned kBits = 128;
constexpr unsigned kMappedBits = 96;

address_v6::bytes_type MappedBytes(const address& value) {
    if (value.is_v6()) {
        return value.to_v6().to_bytes();
    }
    return boost::asio::ip::make_address_v6(boost::asio::ip::v4_mapped, value.to_v4()).to_bytes();
}

bool SamePrefix(const address_v6::bytes_type& left,
                const address_v6::bytes_type& right,
                unsigned prefix) {
    const unsigned whole = prefix / 8;
    if (!std::equal(left.begin(), left.begin() + whole, right.begin())) {
        return false;
    }
    const unsigned rest = prefix % 8;
    return rest == 0 || (left[whole] >> (8 - rest)) == (right[whole] >> (8 - rest));
}

}  // namespace

base::Result<IpRanges> IpRanges::Parse(const std::vector<std::string>& entries) {
    IpRanges ranges;
    for (const std::string& entry : entries) {
        const std::size_t slash = entry.find('/');
        boost::system::error_code failed;
        const address base = boost::asio::ip::make_address(entry.substr(0, slash), failed);
        unsigned prefix = kBits;
        if (!failed && slash != std::string::npos) {
            const auto parsed = base::ParseUnsigned<unsigned>(
                std::string_view(entry).substr(slash + 1), base.is_v4() ? 32U : kBits);
            failed = parsed ? failed : boost::asio::error::invalid_argument;
            prefix = parsed ? *parsed + (base.is_v4() ? kMappedBits : 0U) : 0;
        }
        if (failed) {
            return base::InvalidArgument("bad_ip_range", "`" + entry + "` is no address or range")
                .Remedy("write 10.0.0.0/8 or a single address");
        }
        ranges.ranges_.push_back({MappedBytes(base), prefix});
    }
    return ranges;
}

bool IpRanges::Contain(const address& value) const {
    const auto bytes = MappedBytes(value);
    return std::any_of(ranges_.begin(), ranges_.end(), [&bytes](const Range& range) {
        return SamePrefix(bytes, range.network, range.prefix);
    });
}

address Normalize(const address& value) {
    if (value.is_v6() && value.to_v6().is_v4_mapped()) {
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, value.to_v6());
    }
    return value;
}

address ForwardedClient(const address& peer,
                        std::string_view forwarded_for,
                        const IpRanges& trusted) {
    address client = peer;
    const auto entries = base::Split(forwarded_for, ',');
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        boost::system::error_code failed;
        const address hop = boost::asio::ip::make_address(std::string(base::Trim(*entry)), failed);
        if (failed) {
            return client;
        }
        client = Normalize(hop);
        if (!trusted.Contain(client)) {
            return client;
        }
    }
    return client;
}

std::string AddressKey(const address& value) {
    if (value.is_v4()) {
        return value.to_string();
    }
    auto bytes = value.to_v6().to_bytes();
    std::fill(bytes.begin() + bytes.size() / 2, bytes.end(), std::uint8_t{0});
    return address_v6(bytes).to_string() + "/64";
}

}  // namespace net
