#include "redis/client.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>

#include "component/redis/patience.h"
#include "support/private_redis.h"
#include "support/process.h"
#include "support/tcp_proxy.h"

namespace {

using redis::ReplyKind;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::unique_ptr<redis::Client> Connect(redis::ClientOptions options) {
    auto client = redis::Client::Create(std::move(options)).value();
    EXPECT_TRUE(client->WaitConnected(seconds(10)));
    return client;
}

// Long enough for a machine that is busy with other things.
using redis_test::kPatience;

class ClientTest : public testing::Test {
protected:
    support::PrivateRedis server_;
    std::unique_ptr<redis::Client> client_ = Connect({.url = server_.Url(), .timeout = kPatience});
};

TEST_F(ClientTest, ConvertsEveryKindOfReply) {
    EXPECT_EQ(client_->Call({"SET", "k", std::string("a\0b", 3)}).value().text, "OK");
    EXPECT_EQ(client_->Call({"GET", "k"}).value().text, std::string("a\0b", 3));
    EXPECT_EQ(client_->Call({"INCRBY", "n", "-5"}).value().integer, -5);
    EXPECT_EQ(client_->Call({"GET", "absent"}).value().kind, ReplyKind::kNil);
    const auto array = client_->Call({"MGET", "n", "absent"}).value();
    ASSERT_EQ(array.elements.size(), 2U);
    EXPECT_EQ(array.elements[0].text, "-5");
    EXPECT_EQ(array.elements[1].kind, ReplyKind::kNil);
}

TEST_F(ClientTest, GivesTheServersErrors) {
    const auto reply = client_->Call({"INCR"});
    EXPECT_EQ(reply.error().kind, base::ErrorKind::kInternal);
    EXPECT_EQ(reply.error().reason, "redis_error");
    EXPECT_EQ(reply.error().metadata.at("code"), "ERR");
    EXPECT_TRUE(client_->Call({"PING"}).has_value());
}

TEST_F(ClientTest, MatchesRepliesToCommandsOfManyThreads) {
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 300; ++i) {
                const std::string text = std::to_string(t * 1000 + i);
                EXPECT_EQ(client_->Call({"ECHO", text}).value().text, text);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
}

TEST_F(ClientTest, PipelinesCommandsInOrder) {
    constexpr int count = 5000;
    std::atomic<int> answered{0};
    std::atomic<bool> in_order{true};
    for (int i = 0; i < count; ++i) {
        client_->Async(
            {"ECHO", std::to_string(i)}, [&, i](const base::Result<redis::Reply>& reply) {
                in_order = in_order && reply && reply->text == std::to_string(i) && answered == i;
                ++answered;
            });
    }
    EXPECT_TRUE(support::WaitUntil([&] { return answered == count; }, kPatience));
    EXPECT_TRUE(in_order);
}

TEST_F(ClientTest, SendsValuesLargerThanASocketBuffer) {
    const std::string value(5'000'000, 'x');
    ASSERT_TRUE(client_->Call({"SET", "big", value}).has_value());
    EXPECT_EQ(client_->Call({"GET", "big"}).value().text, value);
}

TEST_F(ClientTest, LoadsAScriptAgainWhenTheServerForgotIt) {
    const redis::Script script("return {KEYS[1], ARGV[1]}");
    const redis::ScriptCall call{.script = script, .keys = {"k"}, .arguments = {"a"}};
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 3; ++i) {
            const auto reply = client_->Eval(call);
            ASSERT_TRUE(reply.has_value());
            EXPECT_EQ(reply->elements[1].text, "a");
        }
        ASSERT_TRUE(client_->Call({"SCRIPT", "FLUSH"}).has_value());
    }
}

TEST_F(ClientTest, UsesTheScriptsHashOnceItIsKnown) {
    const redis::ScriptCall call{.script = redis::Script("return 1"), .keys = {}, .arguments = {}};
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(client_->Eval(call).has_value());
    }
    EXPECT_NE(server_.Command("INFO commandstats").find("cmdstat_evalsha:calls=2"),
              std::string::npos);
}

TEST_F(ClientTest, RefusesMoreCommandsThanItsBound) {
    const auto bounded = Connect({.url = server_.Url(), .commands_max = 2, .timeout = kPatience});
    server_.Pause();
    std::atomic<int> answered{0};
    for (int i = 0; i < 2; ++i) {
        bounded->Async({"PING"}, [&](const base::Result<redis::Reply>& reply) {
            EXPECT_TRUE(reply.has_value());
            ++answered;
        });
    }
    const auto refused = bounded->Call({"PING"});
    EXPECT_EQ(refused.error().reason, "redis_unavailable");
    EXPECT_EQ(answered, 0);
    server_.Resume();
    EXPECT_TRUE(support::WaitUntil([&] { return answered == 2; }, kPatience));
    EXPECT_TRUE(bounded->Call({"PING"}).has_value());
}

TEST_F(ClientTest, ComesBackAfterARestart) {
    server_.Stop();
    EXPECT_EQ(client_->Call({"PING"}).error().reason, "redis_unavailable");
    EXPECT_TRUE(support::WaitUntil([&] { return !client_->Connected(); }, kPatience));
    server_.Start();
    ASSERT_TRUE(client_->WaitConnected(kPatience));
    EXPECT_TRUE(client_->Call({"PING"}).has_value());
}

TEST_F(ClientTest, DropsAServerThatDoesNotAnswer) {
    const auto hasty = Connect(
        {.url = server_.Url(), .timeout = milliseconds(50), .connect_timeout = milliseconds(100)});
    server_.Pause();
    const auto late = hasty->Call({"PING"});
    EXPECT_EQ(late.error().reason, "redis_unavailable");
    EXPECT_FALSE(hasty->Connected());
    // A listening socket alone does not make it believe the server is back.
    EXPECT_FALSE(hasty->WaitConnected(milliseconds(400)));
    server_.Resume();
    EXPECT_TRUE(hasty->WaitConnected(kPatience));
}

TEST_F(ClientTest, FailsEachCommandOnceWhenTheConnectionBreaks) {
    support::TcpProxy proxy(server_.port());
    const auto client =
        Connect({.url = "redis://127.0.0.1:" + std::to_string(proxy.port()), .timeout = kPatience});
    proxy.Hold(true);
    std::atomic<int> failed{0};
    for (int i = 0; i < 10; ++i) {
        client->Async({"PING"}, [&](const base::Result<redis::Reply>& reply) {
            EXPECT_EQ(reply.error().reason, "redis_unavailable");
            ++failed;
        });
    }
    proxy.Cut();
    EXPECT_TRUE(support::WaitUntil([&] { return failed == 10; }, kPatience));
    proxy.Hold(false);
    EXPECT_TRUE(client->WaitConnected(kPatience));
    EXPECT_EQ(failed, 10);
}

TEST_F(ClientTest, FailsCommandsUnderWayAtItsEnd) {
    server_.Pause();
    std::atomic<int> failed{0};
    client_->Async({"PING"}, [&](const base::Result<redis::Reply>& reply) {
        failed += reply.has_error() ? 1 : 0;
    });
    client_.reset();
    EXPECT_EQ(failed, 1);
}

TEST(Client, AuthenticatesAndSelectsTheDatabase) {
    const support::PrivateRedis server("s3cret");
    const auto client = Connect({.url = server.Url() + "/2", .timeout = kPatience});
    ASSERT_TRUE(client->Call({"SET", "k", "v"}).has_value());
    EXPECT_EQ(server.Command("-n 2 GET k"), "v");
}

TEST(Client, ConnectsThroughASocket) {
    const support::PrivateRedis server;
    const auto client =
        Connect({.url = "unix:" + server.SocketPath().string(), .timeout = kPatience});
    EXPECT_TRUE(client->Call({"PING"}).has_value());
}

TEST(Client, SaysWhyItDoesNotConnect) {
    const support::PrivateRedis server("s3cret");
    std::mutex mutex;
    std::string reason;
    const auto client =
        redis::Client::Create({.url = "redis://:wrong@127.0.0.1:" + std::to_string(server.port()),
                               .on_connection =
                                   [&](bool, std::string_view text) {
                                       const std::lock_guard lock(mutex);
                                       reason = text;
                                   }})
            .value();
    EXPECT_TRUE(support::WaitUntil(
        [&] {
            const std::lock_guard lock(mutex);
            return reason.starts_with("WRONGPASS");
        },
        kPatience));
    EXPECT_FALSE(client->Connected());
    EXPECT_EQ(client->Call({"PING"}).error().reason, "redis_unavailable");
}

}  // namespace
