// Unary calls from end to end: values, errors, deadlines, cancellation, overload, trace.
#include <algorithm>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "component/rpc/echo_service.h"
#include "support/dev_certs.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace rpc_test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kForEver(60'000);

EchoRequest Waits(milliseconds time) {
    EchoRequest request;
    request.set_wait_ms(time.count());
    return request;
}

TEST(Call, AnswersWhatTheHandlerReturns) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_text("hello");

    const auto answer = client.Call(&Stub::Echo, request, rpc::Context());

    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->text(), "hello");
    EXPECT_EQ(answer->caller(), "api-gateway");
}

TEST(Call, CarriesTheHandlersError) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_fail_reason("insufficient_funds");

    const auto answer = client.Call(&Stub::Echo, request, rpc::Context());

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, base::ErrorKind::kFailedPrecondition);
    EXPECT_EQ(answer.error().reason, "insufficient_funds");
    EXPECT_EQ(answer.error().pointer, "/fail_reason");
}

TEST(Call, HidesTheTextOfAnException) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_throw_text("password=hunter2");

    const auto answer = client.Call(&Stub::Echo, request, rpc::Context());

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "internal");
    EXPECT_EQ(answer.error().detail.find("hunter2"), std::string::npos);
    EXPECT_TRUE(client.Call(&Stub::Echo, EchoRequest(), rpc::Context()));
}

TEST(Call, ReportsAPeerThatIsNotThere) {
    TestServer server;
    const auto peer = server.Connect();
    const rpc::Client<Generated> client(peer);
    server.server().Drain(milliseconds(0));

    const auto answer = client.Call(&Stub::Echo, EchoRequest(), rpc::Context());

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "service_unavailable");
    EXPECT_EQ(peer->WaitConnected(milliseconds(50)).error().reason, "service_unavailable");
}

TEST(Call, UsesARestartedPeerWithinASecond) {
    const support::TempDir directory;
    const std::string address = "unix:" + (directory.path() / "grpc.sock").string();
    auto first = std::make_unique<TestServer>(TestServerOptions{.address = address});
    Telemetry telemetry;
    const rpc::Client<Generated> client(
        rpc::Peer::Make({"price-service", address, support::DevCerts() / "api-gateway"},
                        telemetry.observer())
            .value());
    const auto fails = [&] { return !client.Call(&Stub::Echo, EchoRequest(), rpc::Context()); };
    ASSERT_FALSE(fails());
    first.reset();
    // Long enough for the pauses between attempts to have grown to their maximum.
    const auto grown = Clock::now() + milliseconds(5'000);
    while (Clock::now() < grown) {
        ASSERT_TRUE(fails());
        std::this_thread::sleep_for(milliseconds(100));
    }

    const TestServer second(TestServerOptions{.address = address});
    const auto restarted = Clock::now();

    EXPECT_TRUE(support::WaitUntil([&] { return !fails(); }, milliseconds(10'000)));
    EXPECT_LT(Clock::now() - restarted, milliseconds(1'000));
}

TEST(Call, PassesTraceRequestIdAndUserOn) {
    const auto signer =
        rpc::UserContextSigner::Make(secret::Bytes(crypto::kEd25519SeedSize)).value();
    const auto verifier = rpc::UserContextVerifier::Make(signer.VerifyKey()).value();
    rpc::UserContext user;
    user.user = base::UserId::Random();
    user.issued = base::SystemClock().Now();
    TestServer last({.access = AllowAll("price-service"), .users = verifier});
    TestServer first({.users = verifier, .next = last.Connect("price-service")});
    const rpc::Client<Generated> client(first.Connect());
    rpc::Context context;
    context.request.trace = observe::TraceContext::NewRoot();
    context.request.request_id = "req_given";
    context.user_token = signer.Sign(user);

    const auto answer = client.Call(&Stub::Relay, RelayRequest(), context);

    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->next().caller(), "price-service");
    EXPECT_EQ(answer->next().user_id(), user.user.ToString());
    EXPECT_EQ(answer->next().request_id(), "req_given");
    EXPECT_EQ(answer->next().trace_id(), context.request.trace.TraceIdText());
    EXPECT_NE(answer->next().span_id(), context.request.trace.SpanIdText());
}

TEST(Call, StartsATraceAndARequestIdWhereNoneCame) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());

    const auto answer = client.Call(&Stub::Echo, EchoRequest(), rpc::Context());

    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->request_id().starts_with("req_"));
    EXPECT_NE(answer->trace_id(), std::string(32, '0'));
}

TEST(Call, PassesTheDeadlineOverTwoHops) {
    TestServer last({.access = AllowAll("price-service")});
    TestServer first({.next = last.Connect("price-service")});
    const rpc::Client<Generated> client(first.Connect());

    const auto answer =
        client.Call(&Stub::Relay, RelayRequest(), rpc::Context().Within(milliseconds(5'000)));

    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_LE(answer->next().remaining_ms(), 5'000);
    EXPECT_GT(answer->next().remaining_ms(), 1'000);
}

TEST(Call, EndsAtTheDeadlineOnEveryHop) {
    TestServer last({.access = AllowAll("price-service")});
    TestServer first({.next = last.Connect("price-service")});
    const rpc::Client<Generated> client(first.Connect());
    RelayRequest request;
    *request.mutable_next() = Waits(kForEver);
    const auto start = Clock::now();

    const auto answer =
        client.Call(&Stub::Relay, request, rpc::Context().Within(milliseconds(1'000)));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "deadline_exceeded");
    EXPECT_LT(Clock::now() - start, milliseconds(10'000));
    EXPECT_TRUE(
        support::WaitUntil([&] { return last.service().cancelled == 1; }, milliseconds(1'000)));
}

TEST(Call, CancelReachesTheLastHopWithinASecond) {
    TestServer last({.access = AllowAll("price-service")});
    TestServer first({.next = last.Connect("price-service")});
    const rpc::Client<Generated> client(first.Connect());
    RelayRequest request;
    *request.mutable_next() = Waits(kForEver);
    std::stop_source stop;
    rpc::Context context;
    context.cancellation = stop.get_token();
    auto call =
        std::async(std::launch::async, [&] { return client.Call(&Stub::Relay, request, context); });
    ASSERT_TRUE(
        support::WaitUntil([&] { return last.service().waiting == 1; }, milliseconds(10'000)));

    stop.request_stop();

    EXPECT_TRUE(
        support::WaitUntil([&] { return last.service().cancelled == 1; }, milliseconds(1'000)));
    EXPECT_EQ(call.get().error().reason, "cancelled");
}

TEST(Call, IsBoundedWhereTheClientSetsNoDeadline) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());

    const auto answer = client.Call(&Stub::Echo, EchoRequest(), rpc::Context());

    ASSERT_TRUE(answer);
    EXPECT_LE(answer->remaining_ms(), milliseconds(rpc::kCallSecondsMax).count());
}

TEST(Call, OverloadIsRefusedWithATimeToRetry) {
    TestServer server({.pool = {"test", 2, 3}});
    const rpc::Client<Generated> client(server.Connect());
    std::stop_source stop;
    rpc::Context context;
    context.cancellation = stop.get_token();
    std::vector<std::future<base::Result<EchoResponse>>> calls;
    for (int caller = 0; caller < 10; ++caller) {
        calls.push_back(std::async(std::launch::async, [&] {
            return client.Call(&Stub::Echo, Waits(kForEver), context);
        }));
    }
    const auto ended = [&] {
        return std::ranges::count_if(calls, [](const auto& call) {
            return call.wait_for(milliseconds(0)) == std::future_status::ready;
        });
    };
    ASSERT_TRUE(support::WaitUntil([&] { return ended() == 5; }, milliseconds(10'000)));
    stop.request_stop();

    int overloaded = 0;
    for (auto& call : calls) {
        const auto answer = call.get();
        ASSERT_FALSE(answer);
        if (answer.error().reason == "overloaded") {
            ++overloaded;
            EXPECT_EQ(answer.error().kind, base::ErrorKind::kResourceExhausted);
            EXPECT_EQ(answer.error().retry_after, milliseconds(1'000));
        }
    }
    EXPECT_EQ(overloaded, 5);
}

TEST(Call, CancelledWhileQueuedNeverRuns) {
    TestServer server({.pool = {"test", 1, 8}});
    const rpc::Client<Generated> client(server.Connect());
    std::stop_source stop;
    rpc::Context blocking;
    blocking.cancellation = stop.get_token();
    auto first = std::async(std::launch::async,
                            [&] { return client.Call(&Stub::Echo, Waits(kForEver), blocking); });
    ASSERT_TRUE(
        support::WaitUntil([&] { return server.service().waiting == 1; }, milliseconds(10'000)));

    const auto queued =
        client.Call(&Stub::Echo, Waits(kForEver), rpc::Context().Within(milliseconds(200)));
    stop.request_stop();

    EXPECT_EQ(queued.error().reason, "deadline_exceeded");
    EXPECT_FALSE(first.get());
    EXPECT_TRUE(client.Call(&Stub::Echo, EchoRequest(), rpc::Context()));
    EXPECT_EQ(server.service().cancelled, 1);
}

TEST(Call, CountsByMethodAndCode) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    const std::string method = "method=\"/platform.test.v1.EchoService/Echo\"";
    const std::string series =
        "grpc_server_handled_total{code=\"FAILED_PRECONDITION\"," + method + "} ";
    ASSERT_NE(server.Metrics().find(series + "0"), std::string::npos) << server.Metrics();
    EchoRequest request;
    request.set_fail_reason("x");

    for (int call = 0; call < 3; ++call) {
        EXPECT_FALSE(client.Call(&Stub::Echo, request, rpc::Context()));
    }

    EXPECT_NE(server.Metrics().find(series + "3"), std::string::npos) << server.Metrics();
}

}  // namespace
}  // namespace rpc_test
