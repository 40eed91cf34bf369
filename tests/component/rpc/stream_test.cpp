// Server streams: order, errors, back-pressure, many at once, cancellation, shutdown.
#include <atomic>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "component/rpc/echo_service.h"
#include "rpc/status.h"
#include "support/process.h"

namespace rpc_test {
namespace {

using std::chrono::milliseconds;

// One open stream as its client sees it.
class Watcher {
public:
    explicit Watcher(const rpc::Client<Generated>& client, const WatchRequest& request = {})
        : reader_(client.stub().Watch(&context_, request)) {}

    // The next number; 0 at the end.
    std::int64_t Next() {
        WatchResponse message;
        return reader_->Read(&message) ? message.number() : 0;
    }

    grpc::Status Finish() { return reader_->Finish(); }

    std::string FinishReason() { return rpc::ToError(reader_->Finish(), "server").reason; }

    void Cancel() { context_.TryCancel(); }

private:
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<WatchResponse>> reader_;
};

WatchResponse Message(std::int64_t number, std::size_t filler = 0) {
    WatchResponse message;
    message.set_number(number);
    message.set_filler(std::string(filler, 'x'));
    return message;
}

WatchRequest Counts(std::int64_t count) {
    WatchRequest request;
    request.set_count(count);
    return request;
}

bool WaitForSinks(TestServer& server, std::size_t count) {
    return support::WaitUntil([&] { return server.service().sinks() == count; },
                              milliseconds(20'000));
}

// Pushes until neither the queue nor the transport takes more. How many it pushed.
std::int64_t FillUp(const rpc::Sink<WatchResponse>& sink) {
    constexpr std::size_t kFiller = 256 * 1024;
    std::int64_t pushed = 0;
    for (int quiet = 0; quiet < 3;) {
        if (sink.Push(Message(pushed + 1, kFiller)) == rpc::PushResult::kQueued) {
            ++pushed;
            quiet = 0;
        } else {
            ++quiet;
            std::this_thread::sleep_for(milliseconds(50));
        }
    }
    return pushed;
}

TEST(Stream, WritesInOrderAndEndsOk) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    Watcher watcher(client, Counts(50));

    for (std::int64_t number = 1; number <= 50; ++number) {
        ASSERT_EQ(watcher.Next(), number);
    }
    EXPECT_EQ(watcher.Next(), 0);
    EXPECT_TRUE(watcher.Finish().ok());
}

TEST(Stream, SendsWhatWasPushedBeforeTheError) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    auto request = Counts(2);
    request.set_fail_reason("range_too_large");
    Watcher watcher(client, request);

    EXPECT_EQ(watcher.Next(), 1);
    EXPECT_EQ(watcher.Next(), 2);
    EXPECT_EQ(watcher.Next(), 0);
    EXPECT_EQ(watcher.FinishReason(), "range_too_large");
}

TEST(Stream, DeniesACallerThatTheTableDoesNotName) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect("tool-executor"));
    Watcher watcher(client, Counts(1));

    EXPECT_EQ(watcher.Next(), 0);
    EXPECT_EQ(watcher.FinishReason(), "caller_not_allowed");
}

TEST(Stream, FiveHundredNeedFourThreads) {
    constexpr std::size_t kStreams = 500;
    TestServer server({.pool = {"test", 4, kStreams}});
    const rpc::Client<Generated> client(server.Connect());
    std::vector<std::unique_ptr<Watcher>> watchers;
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
        watchers.push_back(std::make_unique<Watcher>(client));
    }
    ASSERT_TRUE(WaitForSinks(server, kStreams));

    // Idle streams hold no thread: a unary call still gets one at once.
    EXPECT_TRUE(
        client.Call(&Stub::Echo, EchoRequest(), rpc::Context().Within(milliseconds(5'000))));

    auto sinks = server.service().TakeSinks();
    for (std::int64_t number = 1; number <= 3; ++number) {
        for (const auto& sink : sinks) {
            ASSERT_EQ(sink.Push(Message(number)), rpc::PushResult::kQueued);
        }
    }
    sinks.clear();
    for (auto& watcher : watchers) {
        for (std::int64_t number = 1; number <= 3; ++number) {
            ASSERT_EQ(watcher->Next(), number);
        }
        ASSERT_EQ(watcher->Next(), 0);
        ASSERT_TRUE(watcher->Finish().ok());
    }
}

TEST(Stream, CancelReachesTheHandlerWithinASecond) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    Watcher watcher(client);
    ASSERT_TRUE(WaitForSinks(server, 1));

    watcher.Cancel();

    EXPECT_TRUE(support::WaitUntil([&] { return server.service().streams_cancelled == 1; },
                                   milliseconds(1'000)));
    const auto sinks = server.service().TakeSinks();
    EXPECT_TRUE(
        support::WaitUntil([&] { return sinks[0].Push(Message(1)) == rpc::PushResult::kClosed; },
                           milliseconds(1'000)));
    EXPECT_EQ(watcher.Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST(Stream, ASlowClientFillsTheQueueAndNoMore) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    Watcher watcher(client);
    ASSERT_TRUE(WaitForSinks(server, 1));
    auto sinks = server.service().TakeSinks();
    const std::int64_t pushed = FillUp(sinks[0]);
    EXPECT_EQ(sinks[0].Push(Message(1)), rpc::PushResult::kFull);
    std::atomic<int> rooms{0};
    sinks[0].WhenRoom([&] { ++rooms; });
    EXPECT_EQ(rooms, 0);

    for (std::int64_t number = 1; number <= pushed; ++number) {
        ASSERT_EQ(watcher.Next(), number);
    }

    EXPECT_TRUE(support::WaitUntil([&] { return rooms == 1; }, milliseconds(5'000)));
    EXPECT_EQ(sinks[0].Push(Message(pushed + 1)), rpc::PushResult::kQueued);
    EXPECT_EQ(watcher.Next(), pushed + 1);
    sinks.clear();
    EXPECT_EQ(watcher.Next(), 0);
    EXPECT_TRUE(watcher.Finish().ok());
}

TEST(Stream, AWaiterForRoomIsWokenWhenTheClientLeaves) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    Watcher watcher(client);
    ASSERT_TRUE(WaitForSinks(server, 1));
    const auto sinks = server.service().TakeSinks();
    ASSERT_GT(FillUp(sinks[0]), 0);
    std::atomic<int> woken{0};
    sinks[0].WhenRoom([&woken, sink = sinks[0]] { ++woken; });

    watcher.Cancel();

    EXPECT_TRUE(support::WaitUntil([&] { return woken == 1; }, milliseconds(1'000)));
    EXPECT_EQ(sinks[0].Push(Message(2)), rpc::PushResult::kClosed);
    EXPECT_FALSE(watcher.Finish().ok());
}

TEST(Stream, RefusesMoreThanItsMaximum) {
    TestServer server({.streams_max = 2});
    const rpc::Client<Generated> client(server.Connect());
    Watcher first(client);
    Watcher second(client);
    ASSERT_TRUE(WaitForSinks(server, 2));
    Watcher third(client);
    EXPECT_EQ(third.Next(), 0);
    EXPECT_EQ(third.FinishReason(), "overloaded");

    first.Cancel();
    EXPECT_FALSE(first.Finish().ok());

    EXPECT_TRUE(support::WaitUntil(
        [&] {
            Watcher next(client, Counts(1));
            const bool served = next.Next() == 1 && next.Next() == 0;
            return next.Finish().ok() && served;
        },
        milliseconds(5'000)));
    EXPECT_EQ(server.service().TakeSinks().size(), 2U);
    EXPECT_TRUE(second.Finish().ok());
}

TEST(Stream, EndsWhenTheServerDrains) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    Watcher watcher(client);
    ASSERT_TRUE(WaitForSinks(server, 1));
    const auto start = std::chrono::steady_clock::now();

    server.server().Drain(milliseconds(10'000));

    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5'000));
    EXPECT_EQ(watcher.FinishReason(), "shutting_down");
    EXPECT_EQ(server.service().streams_cancelled, 1);
}

TEST(Stream, ClosedBeforeItsHandlerStartedEndsOnce) {
    TestServer server({.pool = {"test", 1, 8}});
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest waits;
    waits.set_wait_ms(60'000);
    auto busy = std::async(std::launch::async, [&] {
        return client.Call(&Stub::Echo, waits, rpc::Context().Within(milliseconds(3'000)));
    });
    ASSERT_TRUE(
        support::WaitUntil([&] { return server.service().waiting == 1; }, milliseconds(10'000)));
    std::vector<std::unique_ptr<Watcher>> watchers;
    for (int stream = 0; stream < 4; ++stream) {
        watchers.push_back(std::make_unique<Watcher>(client));
    }
    ASSERT_TRUE(support::WaitUntil(
        [&] { return server.Metrics().find("grpc_server_queued 4") != std::string::npos; },
        milliseconds(10'000)));

    server.server().Drain(milliseconds(10'000));

    for (auto& watcher : watchers) {
        EXPECT_EQ(watcher->FinishReason(), "shutting_down");
    }
    EXPECT_FALSE(busy.get());
    EXPECT_EQ(server.service().sinks(), 0U);
}

}  // namespace
}  // namespace rpc_test
