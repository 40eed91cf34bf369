#include "net/proxy.h"

#include <gtest/gtest.h>
#include <string>

namespace {

net::ProxyOptions Options() {
    return {"http://proxy.example:3128",
            "http://plain.example:8080",
            {"internal.example", ".corp.example", "10.0.0.0/8"}};
}

std::string Way(const net::Proxies& proxies, const std::string& url) {
    const auto* proxy = proxies.For(*net::ParseHttpUrl(url));
    return proxy == nullptr ? "direct" : proxy->host;
}

TEST(Proxies, AreChosenByScheme) {
    const auto proxies = net::Proxies::Make(Options());
    ASSERT_TRUE(proxies) << proxies.error().detail;
    EXPECT_EQ(Way(*proxies, "https://api.example.org/"), "proxy.example");
    EXPECT_EQ(Way(*proxies, "http://api.example.org/"), "plain.example");
    EXPECT_EQ(Way(net::Proxies(), "https://api.example.org/"), "direct");
}

TEST(Proxies, AreLeftOutWhereTheListSaysSo) {
    const auto proxies = net::Proxies::Make(Options());
    for (const char* direct : {"https://internal.example/",
                               "https://a.internal.example/",
                               "https://A.Corp.Example/",
                               "http://10.1.2.3:8545/",
                               "http://127.0.0.1:8545/",
                               "http://[::1]:8545/",
                               "http://localhost:8545/"}) {
        EXPECT_EQ(Way(*proxies, direct), "direct") << direct;
    }
    for (const char* proxied : {"https://notinternal.example/", "https://11.0.0.1/"}) {
        EXPECT_EQ(Way(*proxies, proxied), "proxy.example") << proxied;
    }
    net::ProxyOptions none = Options();
    none.direct = {"*"};
    EXPECT_EQ(Way(*net::Proxies::Make(none), "https://api.example.org/"), "direct");
}

TEST(Proxies, RefuseWhatIsNoProxy) {
    for (const char* text :
         {"proxy.example:3128", "ftp://proxy.example", "https://proxy.example"}) {
        EXPECT_EQ(net::Proxies::Make({text, "", {}}).error().reason, "bad_url") << text;
    }
}

}  // namespace
