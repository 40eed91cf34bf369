#include "net/public_address.h"

#include <gtest/gtest.h>

namespace {

using boost::asio::ip::make_address;

TEST(PublicAddress, PassesTheOpenInternet) {
    for (const char* open : {"1.1.1.1",
                             "8.8.8.8",
                             "100.63.255.255",
                             "100.128.0.0",
                             "172.15.255.255",
                             "172.32.0.0",
                             "192.0.1.0",
                             "223.255.255.255",
                             "2606:4700:4700::1111",
                             "2001:4860:4860::8888",
                             "::ffff:8.8.8.8",
                             "2002:808:808::1",
                             "64:ff9b::808:808"}) {
        EXPECT_TRUE(net::IsPublicAddress(make_address(open))) << open;
    }
}

TEST(PublicAddress, StopsWhatIsInside) {
    for (const char* inside : {"0.0.0.0",
                               "10.0.0.1",
                               "100.64.0.1",
                               "127.0.0.1",
                               "127.255.255.254",
                               "169.254.169.254",
                               "172.16.0.1",
                               "172.31.255.255",
                               "192.0.0.8",
                               "192.0.2.1",
                               "192.168.1.1",
                               "198.18.0.1",
                               "198.51.100.1",
                               "203.0.113.1",
                               "224.0.0.1",
                               "255.255.255.255",
                               "::",
                               "::1",
                               "::ffff:127.0.0.1",
                               "::127.0.0.1",
                               "fc00::1",
                               "fd00:ec2::254",
                               "fe80::1",
                               "fec0::1",
                               "ff02::1",
                               "2001:db8::1",
                               "2001::1",
                               "2002:7f00:1::1",
                               "64:ff9b::7f00:1",
                               "64:ff9b:1::1",
                               "3fff::1",
                               "4000::1"}) {
        EXPECT_FALSE(net::IsPublicAddress(make_address(inside))) << inside;
    }
}

}  // namespace
