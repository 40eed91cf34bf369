#include <array>
#include <atomic>
#include <deque>
#include <fstream>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "component/net/raw_socket.h"
#include "component/net/test_server.h"

namespace {

using boost::asio::awaitable;
using net::Request;
using net::Response;
using net_test::RawSocket;
using net_test::TestServer;
using observe::RequestContext;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

awaitable<Response> Ok(Request, RequestContext) {
    Response response;
    response.body = "ok";
    co_return response;
}

net::ServerOptions With(net::ServerLimits limits) {
    net::ServerOptions options;
    options.limits = limits;
    return options;
}

TEST(ServerLimits, RefuseAHeaderThatIsTooLarge) {
    TestServer server(Ok);
    RawSocket fits(server.port());
    fits.Send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(8'000, 'x') + "\r\n\r\n");
    EXPECT_THAT(fits.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    for (const std::string& end : {std::string("\r\n\r\n"), std::string()}) {
        RawSocket socket(server.port());
        socket.Send("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(9'000, 'x') + end);
        const std::string response = socket.ReadAll();
        EXPECT_THAT(response, StartsWith("HTTP/1.1 431 "));
        EXPECT_THAT(response, HasSubstr("header_too_large"));
    }
}

TEST(ServerLimits, RefuseABodyThatIsTooLargeBeforeItComes) {
    TestServer server(Ok);
    RawSocket fits(server.port());
    fits.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65536\r\n\r\n" +
              std::string(65'536, 'x'));
    EXPECT_THAT(fits.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    RawSocket announced(server.port());
    announced.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n");
    EXPECT_THAT(announced.ReadAll(), StartsWith("HTTP/1.1 413 "));
    RawSocket chunked(server.port());
    chunked.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 5; ++i) {
        chunked.Send("4000\r\n" + std::string(16'384, 'x') + "\r\n");
    }
    EXPECT_THAT(chunked.ReadAll(), StartsWith("HTTP/1.1 413 "));
}

TEST(ServerLimits, EndASlowHeader) {
    TestServer server(Ok, With({.header_time = milliseconds(150)}));
    RawSocket socket(server.port());
    const auto start = std::chrono::steady_clock::now();
    socket.Send("GET / HTTP/1.1\r\n");
    std::thread drip([&socket] {
        while (socket.Send("X: y\r\n")) {
            std::this_thread::sleep_for(milliseconds(20));
        }
    });
    const std::string response = socket.ReadAll();
    const auto took = std::chrono::steady_clock::now() - start;
    drip.join();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 408 "));
    EXPECT_GE(took, milliseconds(150));
    EXPECT_LT(took, milliseconds(3'000));
}

TEST(ServerLimits, EndASlowBody) {
    TestServer server(Ok,
                      With({.header_time = milliseconds(5'000), .body_time = milliseconds(150)}));
    RawSocket socket(server.port());
    socket.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\nabc");
    EXPECT_THAT(socket.ReadAll(milliseconds(3'000)), StartsWith("HTTP/1.1 408 "));
}

TEST(ServerLimits, CloseASilentConnection) {
    TestServer server(Ok, With({.header_time = milliseconds(100), .idle_time = milliseconds(100)}));
    RawSocket fresh(server.port());
    EXPECT_EQ(fresh.ReadAll(milliseconds(3'000)), "");
    RawSocket used(server.port());
    used.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(used.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    EXPECT_TRUE(used.IsClosedWithin(milliseconds(3'000)));
    EXPECT_TRUE(server.HasConnections(0));
}

TEST(ServerLimits, KeepAnIdleConnectionUntilItsTime) {
    TestServer server(Ok, With({.header_time = milliseconds(50)}));
    RawSocket socket(server.port());
    for (int i = 0; i < 3; ++i) {
        socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_THAT(socket.ReadResponse(), StartsWith("HTTP/1.1 200 "));
        std::this_thread::sleep_for(milliseconds(150));
    }
}

TEST(ServerLimits, DropAClientThatDoesNotRead) {
    TestServer server(
        [](Request, RequestContext) -> awaitable<Response> {
            Response response;
            response.body.assign(50'000'000, 'x');
            co_return response;
        },
        With({.write_time = milliseconds(200)}));
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(server.HasConnections(1));
    EXPECT_TRUE(server.HasConnections(0)) << "closed after write_time";
}

TEST(ServerLimits, RefuseMessagesThatTwoReadersCouldReadDifferently) {
    TestServer server(Ok);
    for (const char* request :
         {"GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: "
          "chunked\r\n\r\n0\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: "
          "3\r\n\r\n0\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
          "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x3\r\n\r\nabc",
          "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nIdempotency-Key: a\r\nidempotency-key: b\r\n\r\n",
          "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
          "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET /#x HTTP/1.1\r\nHost: h\r\n\r\n",
          "GET / HTTP/1.1\nHost: h\n\n",
          "\x16\x03\x01\x02\x00\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: h\r\nX: a\x01\r\n\r\n"}) {
        RawSocket socket(server.port());
        socket.Send(request);
        EXPECT_THAT(socket.ReadAll(milliseconds(2'000)), StartsWith("HTTP/1.1 400 ")) << request;
    }
    RawSocket unknown(server.port());
    unknown.Send("BREW / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(unknown.ReadAll(), StartsWith("HTTP/1.1 405 "));
}

TEST(ServerLimits, TakeTheAbsoluteFormOfATarget) {
    TestServer server([](Request request, RequestContext) -> awaitable<Response> {
        Response response;
        response.body = request.path + "?" + request.query;
        co_return response;
    });
    RawSocket socket(server.port());
    socket.Send("GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(socket.ReadResponse(), HasSubstr("\r\n\r\n/a?b"));
}

TEST(ServerLimits, CountConnectionsByAddress) {
    TestServer server(Ok, With({.connections_per_address_max = 3}));
    std::deque<RawSocket> held;
    for (int i = 0; i < 3; ++i) {
        held.emplace_back(server.port());
        held.back().Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_THAT(held.back().ReadResponse(), StartsWith("HTTP/1.1 200 "));
    }
    RawSocket refused(server.port());
    EXPECT_THAT(refused.ReadAll(), HasSubstr("too_many_connections"));
    EXPECT_THAT(server.metrics().Serialize(),
                HasSubstr("http_connections_refused_total{limit=\"address\"} 1"));
    held.pop_back();
    EXPECT_TRUE(server.HasConnections(2));
    RawSocket again(server.port());
    again.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(again.ReadResponse(), StartsWith("HTTP/1.1 200 "));
}

TEST(ServerLimits, CountAllConnections) {
    TestServer server(Ok, With({.connections_max = 2}));
    RawSocket first(server.port());
    RawSocket second(server.port());
    EXPECT_TRUE(server.HasConnections(2));
    RawSocket third(server.port());
    EXPECT_THAT(third.ReadAll(), StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(server.metrics().Serialize(),
                HasSubstr("http_connections_refused_total{limit=\"total\"} 1"));
}

// Waits in its handler until the test lets go.
class Gate {
public:
    awaitable<Response> Handle(Request, RequestContext) {
        ++waiting_;
        const auto executor = co_await boost::asio::this_coro::executor;
        boost::asio::steady_timer timer(executor);
        while (!open_) {
            timer.expires_after(milliseconds(5));
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
        Response response;
        response.body = "ok";
        co_return response;
    }

    net::Handler Handler() {
        return [this](Request request, RequestContext context) {
            return Handle(std::move(request), std::move(context));
        };
    }

    void AwaitWaiting(int count) const {
        while (waiting_ < count) {
            std::this_thread::sleep_for(milliseconds(1));
        }
    }

    void Open() { open_ = true; }

private:
    std::atomic<int> waiting_{0};
    std::atomic<bool> open_{false};
};

TEST(ServerLimits, AnswerEarlyWhenOverloaded) {
    Gate gate;
    TestServer server(gate.Handler(), With({.requests_in_flight_max = 1}));
    RawSocket first(server.port());
    first.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    gate.AwaitWaiting(1);
    RawSocket second(server.port());
    second.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string response = second.ReadResponse();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(response, HasSubstr("Retry-After: 1\r\n"));
    EXPECT_THAT(response, HasSubstr("\"overloaded\""));
    gate.Open();
    EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    second.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(second.ReadResponse(), StartsWith("HTTP/1.1 200 "));
}

TEST(ServerLimits, CountTrustedProxiesByTheirClients) {
    Gate gate;
    net::ServerOptions options = With({.connections_per_address_max = 1});
    options.trusted_proxies = *net::IpRanges::Parse({"127.0.0.1"});
    TestServer server(gate.Handler(), std::move(options));
    const auto request = [](const char* client) {
        return std::string("GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: ") + client + "\r\n\r\n";
    };
    RawSocket first(server.port());
    first.Send(request("203.0.113.1"));
    gate.AwaitWaiting(1);
    RawSocket other_client(server.port());
    other_client.Send(request("203.0.113.2"));
    gate.AwaitWaiting(2);
    RawSocket same_client(server.port());
    same_client.Send(request("203.0.113.1"));
    EXPECT_THAT(same_client.ReadResponse(), StartsWith("HTTP/1.1 503 "));
    gate.Open();
    EXPECT_THAT(first.ReadResponse(), StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(other_client.ReadResponse(), StartsWith("HTTP/1.1 200 "));
}

std::size_t ResidentBytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    std::size_t resident = 0;
    file >> pages >> resident;
    return resident * 4'096;
}

// Scaled down from 10,000 connections in 200 MiB, which is 20 KiB each, both ends in one process.
TEST(ServerLimits, AnIdleConnectionIsSmall) {
#ifdef PLATFORM_SANITIZE
    GTEST_SKIP() << "sanitizers keep freed memory";
#endif
    constexpr std::size_t kCount = 2'000;
    TestServer server(Ok, With({.connections_per_address_max = kCount}));
    const std::string request = "POST / HTTP/1.1\r\nHost: h\r\nCookie: " + std::string(4'000, 'c') +
                                "\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'b');
    std::deque<RawSocket> held;
    const std::size_t before = ResidentBytes();
    for (std::size_t i = 0; i < kCount; ++i) {
        held.emplace_back(server.port());
        ASSERT_TRUE(held.back().Send(request));
        ASSERT_THAT(held.back().ReadResponse(), StartsWith("HTTP/1.1 200 "));
    }
    EXPECT_EQ(server.server().connections(), kCount);
    EXPECT_LT((ResidentBytes() - before) / kCount, 20U * 1'024);
}

TEST(DescriptorLimit, IsRaisedToTheHardOne) {
    EXPECT_GT(net::RaiseDescriptorLimit(), 1'000U);
}

}  // namespace
