// Calls from coroutines: values, errors, cancellation from either side.
#include "rpc/await.h"

#include <chrono>
#include <exception>
#include <future>
#include <gtest/gtest.h>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "component/rpc/echo_service.h"
#include "rpc/await_stream.h"
#include "support/process.h"

namespace rpc_test {
namespace {

namespace asio = boost::asio;
using Answer = base::Result<EchoResponse>;

asio::awaitable<Answer> Echo(const rpc::Client<Generated>& client,
                             EchoRequest request,
                             rpc::Context context) {
    auto answer =
        co_await rpc::Await(client, &Stub::async::Echo, std::move(request), std::move(context));
    co_return answer;
}

// Runs one call on a loop of this thread.
Answer CallOnce(const rpc::Client<Generated>& client,
                EchoRequest request,
                rpc::Context context = {}) {
    asio::io_context loop;
    std::optional<Answer> result;
    asio::co_spawn(loop,
                   Echo(client, std::move(request), std::move(context)),
                   [&](const std::exception_ptr& thrown, Answer answer) {
                       EXPECT_FALSE(thrown);
                       result.emplace(std::move(answer));
                   });
    loop.run();
    return result.value();
}

EchoRequest Text(const std::string& text) {
    EchoRequest request;
    request.set_text(text);
    return request;
}

TEST(Await, AnswersWhatTheHandlerReturns) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());

    const auto answer = CallOnce(client, Text("hello"));

    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->text(), "hello");
}

TEST(Await, CarriesErrorsOfHandlerAndTransport) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_fail_reason("insufficient_funds");

    EXPECT_EQ(CallOnce(client, request).error().reason, "insufficient_funds");
    server.server().Drain(std::chrono::milliseconds(0));
    EXPECT_EQ(CallOnce(client, request).error().reason, "service_unavailable");
}

TEST(Await, EndsAtItsDeadline) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_wait_ms(60'000);

    const auto answer =
        CallOnce(client, request, rpc::Context().Within(std::chrono::milliseconds(300)));

    EXPECT_EQ(answer.error().reason, "deadline_exceeded");
}

TEST(Await, ManyCallsShareOneThread) {
    TestServer server({.pool = {"test", 4, 1'000}});
    const rpc::Client<Generated> client(server.Connect());
    asio::io_context loop;
    int answered = 0;
    for (int call = 0; call < 500; ++call) {
        asio::co_spawn(loop,
                       Echo(client, Text(std::to_string(call)), rpc::Context()),
                       [&, call](const std::exception_ptr& thrown, const Answer& answer) {
                           ASSERT_FALSE(thrown);
                           ASSERT_TRUE(answer);
                           answered += answer->text() == std::to_string(call) ? 1 : 0;
                       });
    }
    loop.run();

    EXPECT_EQ(answered, 500);
}

// Cancels the call once its handler runs, by `cancel` on the loop's thread; the call's outcome.
template <class Cancel>
void ExpectCancelled(rpc::Context context, asio::cancellation_signal& signal, Cancel cancel) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_wait_ms(60'000);
    asio::io_context loop;
    bool ended = false;
    asio::co_spawn(loop,
                   Echo(client, std::move(request), std::move(context)),
                   asio::bind_cancellation_slot(
                       signal.slot(), [&](const std::exception_ptr& thrown, const Answer& answer) {
                           ended = thrown || answer.error().reason == "cancelled";
                       }));
    auto canceller = std::async(std::launch::async, [&] {
        EXPECT_TRUE(support::WaitUntil([&] { return server.service().waiting == 1; },
                                       std::chrono::milliseconds(10'000)));
        asio::post(loop, cancel);
        EXPECT_TRUE(support::WaitUntil([&] { return server.service().cancelled == 1; },
                                       std::chrono::milliseconds(1'000)));
    });
    loop.run();
    canceller.get();
    EXPECT_TRUE(ended);
}

TEST(Await, CancellingTheCoroutineCancelsTheCall) {
    asio::cancellation_signal signal;

    ExpectCancelled({}, signal, [&] { signal.emit(asio::cancellation_type::terminal); });
}

TEST(Await, CancellingTheContextCancelsTheCall) {
    asio::cancellation_signal signal;
    std::stop_source stop;
    rpc::Context context;
    context.cancellation = stop.get_token();

    ExpectCancelled(context, signal, [&] { stop.request_stop(); });
}

// Reads a stream to its end, one coroutine on a loop of this thread.
struct Reading {
    std::vector<std::int64_t> numbers;
    std::string reason;  // empty: ended in good order
};

asio::awaitable<void> ReadAll(const rpc::Client<Generated>& client,
                              WatchRequest request,
                              Reading& reading) {
    auto stream = rpc::ReadStream(client, &Stub::async::Watch, std::move(request), rpc::Context());
    while (true) {
        auto next = co_await stream.Next();
        if (!next) {
            reading.reason = next.error().reason;
            co_return;
        }
        if (!*next) {
            co_return;
        }
        reading.numbers.push_back((*next)->number());
    }
}

Reading ReadHere(const rpc::Client<Generated>& client, WatchRequest request) {
    asio::io_context loop;
    Reading reading;
    asio::co_spawn(loop, ReadAll(client, std::move(request), reading), asio::detached);
    loop.run();
    return reading;
}

TEST(AwaitStream, ReadsToTheOrderlyEnd) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    WatchRequest request;
    request.set_count(3);

    const auto reading = ReadHere(client, request);

    EXPECT_EQ(reading.numbers, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(reading.reason, "");
}

TEST(AwaitStream, ReportsTheErrorAfterTheMessages) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    WatchRequest request;
    request.set_count(1);
    request.set_fail_reason("range_too_large");

    const auto reading = ReadHere(client, request);

    EXPECT_EQ(reading.numbers, (std::vector<std::int64_t>{1}));
    EXPECT_EQ(reading.reason, "range_too_large");
}

TEST(AwaitStream, ReportsAPeerThatIsNotThere) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    server.server().Drain(std::chrono::milliseconds(0));

    EXPECT_EQ(ReadHere(client, WatchRequest()).reason, "service_unavailable");
}

asio::awaitable<void> OpenAndLeave(const rpc::Client<Generated>& client) {
    WatchRequest request;
    request.set_count(1);
    auto stream = rpc::ReadStream(client, &Stub::async::Watch, std::move(request), rpc::Context());
    auto first = co_await stream.Next();
    EXPECT_TRUE(first && *first);
    EXPECT_FALSE(client.peer()->WaitIdle(std::chrono::milliseconds(0)));
}

TEST(AwaitStream, MayBeLeftEarly) {
    TestServer server;
    const auto peer = server.Connect();
    const rpc::Client<Generated> client(peer);
    asio::io_context loop;
    asio::co_spawn(loop, OpenAndLeave(client), asio::detached);
    loop.run();

    EXPECT_TRUE(peer->WaitIdle(std::chrono::milliseconds(5'000)));
    server.server().Drain(std::chrono::milliseconds(5'000));
}

TEST(AwaitStream, CancellingTheCoroutineEndsTheStream) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    asio::io_context loop;
    asio::cancellation_signal signal;
    Reading reading;
    bool ended = false;
    asio::co_spawn(loop,
                   ReadAll(client, WatchRequest(), reading),
                   asio::bind_cancellation_slot(signal.slot(),
                                                [&](const std::exception_ptr&) { ended = true; }));
    auto canceller = std::async(std::launch::async, [&] {
        EXPECT_TRUE(support::WaitUntil([&] { return server.service().sinks() == 1; },
                                       std::chrono::milliseconds(10'000)));
        asio::post(loop, [&] { signal.emit(asio::cancellation_type::terminal); });
        EXPECT_TRUE(support::WaitUntil([&] { return server.service().streams_cancelled == 1; },
                                       std::chrono::milliseconds(1'000)));
    });

    loop.run();
    canceller.get();

    EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace rpc_test
