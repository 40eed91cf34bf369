#include "redis/endpoint.h"

#include <gtest/gtest.h>

namespace {

TEST(ParseUrl, ReadsHostPortAndDatabase) {
    const auto endpoint = redis::ParseUrl("redis://cache.example:7000/3").value();
    EXPECT_EQ(endpoint.host, "cache.example");
    EXPECT_EQ(endpoint.port, 7000);
    EXPECT_EQ(endpoint.database, 3);
    EXPECT_TRUE(endpoint.password.empty());
}

TEST(ParseUrl, HasDefaults) {
    for (const char* url : {"redis://localhost", "redis://localhost/"}) {
        const auto endpoint = redis::ParseUrl(url).value();
        EXPECT_EQ(endpoint.host, "localhost") << url;
        EXPECT_EQ(endpoint.port, 6379) << url;
        EXPECT_EQ(endpoint.database, 0) << url;
    }
}

TEST(ParseUrl, DecodesCredentials) {
    const auto endpoint = redis::ParseUrl("redis://bob:p%40ss%2Fw%3a@localhost").value();
    EXPECT_EQ(endpoint.user, "bob");
    EXPECT_EQ(endpoint.password, "p@ss/w:");
    EXPECT_EQ(redis::ParseUrl("redis://:secret@localhost:1").value().user, "");
    EXPECT_EQ(redis::ParseUrl("redis://:secret@localhost:1").value().password, "secret");
}

TEST(ParseUrl, ReadsAddressesOfVersion6) {
    const auto endpoint = redis::ParseUrl("redis://[::1]:6380/1").value();
    EXPECT_EQ(endpoint.host, "::1");
    EXPECT_EQ(endpoint.port, 6380);
    EXPECT_EQ(redis::ParseUrl("redis://[::1]").value().port, 6379);
}

TEST(ParseUrl, ReadsASocketPath) {
    EXPECT_EQ(redis::ParseUrl("unix:/run/redis.sock").value().socket_path, "/run/redis.sock");
}

TEST(ParseUrl, RefusesWhatItCannotUse) {
    for (const char* url : {"",
                            "localhost:6379",
                            "rediss://localhost",
                            "redis://",
                            "redis://:6379",
                            "redis://localhost:",
                            "redis://localhost:0",
                            "redis://localhost:65536",
                            "redis://localhost:port",
                            "redis://[::1",
                            "redis://[::1]6379",
                            "redis://localhost/one",
                            "redis://user@localhost",
                            "redis://:p%4@localhost",
                            "redis://:p%zz@localhost",
                            "unix:relative.sock"}) {
        const auto endpoint = redis::ParseUrl(url);
        ASSERT_TRUE(endpoint.has_error()) << url;
        EXPECT_EQ(endpoint.error().reason, "bad_redis_url") << url;
    }
}

TEST(ParseUrl, NeverRepeatsThePassword) {
    const auto endpoint = redis::ParseUrl("redis://:hunter2@localhost:bad");
    EXPECT_EQ(endpoint.error().detail.find("hunter2"), std::string::npos);
}

}  // namespace
