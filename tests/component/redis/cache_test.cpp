#include "redis/cache.h"

#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "component/redis/patience.h"
#include "support/private_redis.h"
#include "support/process.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using redis_test::kPatience;

class CacheTest : public testing::Test {
protected:
    void SetUp() override { ASSERT_TRUE(client_->WaitConnected(kPatience)); }

    support::PrivateRedis server_;
    std::unique_ptr<redis::Client> client_ =
        redis::Client::Create({.url = server_.Url(), .timeout = kPatience}).value();
    redis::Cache cache_{*client_, "price"};
};

TEST_F(CacheTest, GivesWhatWasSet) {
    EXPECT_EQ(cache_.Get("eth"), std::nullopt);
    cache_.Set("eth", "4000.5", seconds(60));
    EXPECT_EQ(cache_.Get("eth"), "4000.5");
    std::promise<std::optional<std::string>> promise;
    cache_.AsyncGet("eth",
                    [&](std::optional<std::string> value) { promise.set_value(std::move(value)); });
    EXPECT_EQ(promise.get_future().get(), "4000.5");
}

TEST_F(CacheTest, ForgetsAfterItsTime) {
    cache_.Set("eth", "1", milliseconds(50));
    EXPECT_TRUE(support::WaitUntil([&] { return !cache_.Get("eth"); }, kPatience));
}

TEST_F(CacheTest, RemovesAValue) {
    cache_.Set("eth", "1", seconds(60));
    cache_.Remove("eth");
    EXPECT_EQ(cache_.Get("eth"), std::nullopt);
}

TEST_F(CacheTest, KeepsPrefixesApart) {
    redis::Cache other(*client_, "quote");
    cache_.Set("eth", "1", seconds(60));
    EXPECT_EQ(other.Get("eth"), std::nullopt);
}

TEST_F(CacheTest, DoesNotKeepHugeValues) {
    cache_.Set("big", std::string(redis::kCacheValueMax + 1, 'x'), seconds(60));
    EXPECT_EQ(cache_.Get("big"), std::nullopt);
    cache_.Set("fits", std::string(redis::kCacheValueMax, 'x'), seconds(60));
    EXPECT_TRUE(cache_.Get("fits").has_value());
}

TEST_F(CacheTest, MissesWithoutRedis) {
    cache_.Set("eth", "1", seconds(60));
    server_.Stop();
    EXPECT_EQ(cache_.Get("eth"), std::nullopt);
    cache_.Set("eth", "2", seconds(60));
    server_.Start();
    ASSERT_TRUE(client_->WaitConnected(kPatience));
    EXPECT_EQ(cache_.Get("eth"), std::nullopt);
}

TEST_F(CacheTest, MissesAValueOfAnotherType) {
    server_.Command("LPUSH cache:price:eth x");
    EXPECT_EQ(cache_.Get("eth"), std::nullopt);
}

}  // namespace
