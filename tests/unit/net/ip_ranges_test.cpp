#include "net/ip_ranges.h"

#include <gtest/gtest.h>
#include <string>

namespace {

using boost::asio::ip::make_address;

TEST(IpRanges, HoldTheirNetworks) {
    const auto ranges = net::IpRanges::Parse({"10.1.0.0/16", "192.0.2.7", "2001:db8::/33", "::1"});
    ASSERT_TRUE(ranges);
    for (const char* inside :
         {"10.1.0.0", "10.1.255.255", "192.0.2.7", "2001:db8:7fff::1", "::1", "::ffff:10.1.2.3"}) {
        EXPECT_TRUE(ranges->Contain(make_address(inside))) << inside;
    }
    for (const char* outside :
         {"10.2.0.0", "192.0.2.6", "2001:db8:8000::1", "::2", "::ffff:10.2.0.1", "::10.1.0.0"}) {
        EXPECT_FALSE(ranges->Contain(make_address(outside))) << outside;
    }
    EXPECT_FALSE(net::IpRanges().Contain(make_address("127.0.0.1")));
    EXPECT_TRUE(net::IpRanges::Parse({"0.0.0.0/0"})->Contain(make_address("8.8.8.8")));
    EXPECT_FALSE(net::IpRanges::Parse({"0.0.0.0/0"})->Contain(make_address("2001:db8::1")));
}

TEST(IpRanges, RefuseWhatIsNoRange) {
    for (const std::string& text : {std::string(),
                                    std::string("host"),
                                    std::string("10.0.0.0/33"),
                                    std::string("::/129"),
                                    std::string("10.0.0.0/"),
                                    std::string("10.0.0.0/-1"),
                                    std::string("10.0.0/8")}) {
        const auto ranges = net::IpRanges::Parse({text});
        ASSERT_FALSE(ranges) << text;
        EXPECT_EQ(ranges.error().reason, "bad_ip_range");
    }
}

TEST(ForwardedClient, IsTheLastHopThatIsNotTrusted) {
    const auto trusted = *net::IpRanges::Parse({"10.0.0.0/8"});
    const auto client = [&trusted](const char* header) {
        return net::ForwardedClient(make_address("10.0.0.1"), header, trusted).to_string();
    };
    EXPECT_EQ(client(""), "10.0.0.1");
    EXPECT_EQ(client("203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(client("6.6.6.6, 203.0.113.7"), "203.0.113.7") << "left of it is a claim";
    EXPECT_EQ(client("6.6.6.6,203.0.113.7 , 10.9.9.9"), "203.0.113.7");
    EXPECT_EQ(client("203.0.113.7, junk"), "10.0.0.1");
    EXPECT_EQ(client("203.0.113.7, junk, 10.9.9.9"), "10.9.9.9");
    EXPECT_EQ(client("::ffff:203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(client("10.1.1.1"), "10.1.1.1") << "all of them are trusted";
}

TEST(AddressKey, GroupsIpv6ByItsNetwork) {
    EXPECT_EQ(net::AddressKey(make_address("192.0.2.7")), "192.0.2.7");
    EXPECT_EQ(net::AddressKey(make_address("2001:db8:1:2:3:4:5:6")), "2001:db8:1:2::/64");
    EXPECT_EQ(net::AddressKey(make_address("2001:db8:1:2::9")), "2001:db8:1:2::/64");
}

}  // namespace
