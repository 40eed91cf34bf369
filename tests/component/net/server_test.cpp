#include <atomic>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "component/net/raw_socket.h"
#include "component/net/test_server.h"
#include "net/http_server.h"
#include "observe/log.h"

namespace {

using boost::asio::awaitable;
using net::Request;
using net::Response;
using net_test::RawSocket;
using net_test::TestServer;
using observe::RequestContext;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

awaitable<void> Sleep(milliseconds time) {
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, time);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

// Answers what it saw of the request, as JSON.
awaitable<Response> Echo(Request request, RequestContext context) {
    nlohmann::json seen{{"method", net::MethodName(request.method)},
                        {"path", request.path},
                        {"query", request.query},
                        {"body", request.body},
                        {"remote_ip", request.remote_ip},
                        {"tls", request.tls},
                        {"request_id", context.request_id},
                        {"trace_id", context.trace.TraceIdText()},
                        {"x", request.headers.Find("X-Test").value_or("")}};
    Response response;
    response.route = "/echo";
    response.headers.Add("Content-Type", "application/json");
    response.body = seen.dump();
    co_return response;
}

nlohmann::json BodyOf(const std::string& response) {
    const std::size_t end = response.find("\r\n\r\n");
    return end == std::string::npos ? nlohmann::json()
                                    : nlohmann::json::parse(response.substr(end + 4));
}

TEST(HttpServer, AnswersARequest) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    socket.Send("POST /a/b?x=1 HTTP/1.1\r\nHost: h\r\nX-Test: v\r\nContent-Length: 3\r\n\r\nabc");
    const std::string response = socket.ReadResponse();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
    EXPECT_THAT(response, HasSubstr("\r\nX-Request-Id: req_"));
    EXPECT_THAT(response, Not(HasSubstr("Connection: close")));
    const auto body = BodyOf(response);
    EXPECT_EQ(body["method"], "POST");
    EXPECT_EQ(body["path"], "/a/b");
    EXPECT_EQ(body["query"], "x=1");
    EXPECT_EQ(body["body"], "abc");
    EXPECT_EQ(body["x"], "v");
    EXPECT_EQ(body["remote_ip"], "127.0.0.1");
    EXPECT_EQ(body["tls"], false);
    EXPECT_THAT(server.metrics().Serialize(),
                HasSubstr("http_requests_total{code=\"200\",method=\"POST\",route=\"/echo\"} 1"));
}

TEST(HttpServer, ServesManyRequestsOnOneConnection) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    for (int i = 0; i < 5; ++i) {
        socket.Send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(BodyOf(socket.ReadResponse())["path"], "/" + std::to_string(i));
    }
    EXPECT_TRUE(server.HasConnections(1));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    std::string many;
    for (int i = 0; i < 100; ++i) {
        many += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n!";
    }
    socket.Send(many);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(BodyOf(socket.ReadResponse())["path"], "/" + std::to_string(i));
    }
}

TEST(HttpServer, ReadsARequestThatComesByteByByte) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    for (const char letter :
         std::string("POST /slow HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")) {
        socket.Send(std::string(1, letter));
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    EXPECT_EQ(BodyOf(socket.ReadResponse())["body"], "abcde");
}

TEST(HttpServer, ClosesWhereTheClientAsksForIt) {
    TestServer server(Echo);
    for (const char* request :
         {"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
        RawSocket socket(server.port());
        socket.Send(request);
        const std::string response = socket.ReadAll();
        EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
        EXPECT_EQ(BodyOf(response)["path"], "/");
    }
}

TEST(HttpServer, SendsNoBodyToHead) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    socket.Send("HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string response = socket.ReadAll();
    EXPECT_THAT(response, HasSubstr("Content-Length: "));
    EXPECT_TRUE(response.ends_with("\r\n\r\n")) << response;
}

TEST(HttpServer, AsksForTheBodyWhereTheClientWaits) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    socket.Send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    EXPECT_EQ(socket.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    socket.Send("abc");
    EXPECT_EQ(BodyOf(socket.ReadResponse())["body"], "abc");
}

TEST(HttpServer, TakesRequestIdAndTraceFromSaneHeadersOnly) {
    TestServer server(Echo);
    RawSocket socket(server.port());
    socket.Send(
        "GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: my-id.1\r\n"
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
    std::string response = socket.ReadResponse();
    EXPECT_THAT(response, HasSubstr("X-Request-Id: my-id.1\r\n"));
    EXPECT_EQ(BodyOf(response)["request_id"], "my-id.1");
    EXPECT_EQ(BodyOf(response)["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\nX-Request-Id: <script>\r\ntraceparent: x\r\n\r\n");
    response = socket.ReadResponse();
    EXPECT_THAT(response, HasSubstr("X-Request-Id: req_"));
    EXPECT_NE(BodyOf(response)["trace_id"], "0af7651916cd43dd8448eb211c80319c");
}

TEST(HttpServer, BelievesForwardedForFromTrustedProxiesOnly) {
    const std::string request =
        "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.7, 127.0.0.2\r\n"
        "X-Forwarded-Proto: https\r\n\r\n";
    TestServer open(Echo);
    RawSocket direct(open.port());
    direct.Send(request);
    const auto claimed = BodyOf(direct.ReadResponse());
    EXPECT_EQ(claimed["remote_ip"], "127.0.0.1");
    EXPECT_EQ(claimed["tls"], false);

    net::ServerOptions options;
    options.trusted_proxies = *net::IpRanges::Parse({"127.0.0.0/8"});
    TestServer behind(Echo, std::move(options));
    RawSocket proxied(behind.port());
    proxied.Send(request);
    const auto forwarded = BodyOf(proxied.ReadResponse());
    EXPECT_EQ(forwarded["remote_ip"], "203.0.113.7");
    EXPECT_EQ(forwarded["tls"], true);
}

TEST(HttpServer, AnswersAHandlersExceptionWith500AndHidesIt) {
    observe::InitLog({.sink = [](std::string_view) {}});
    TestServer server([](Request, RequestContext) -> awaitable<Response> {
        throw std::runtime_error("hunter2");
        co_return Response{};
    });
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string response = socket.ReadResponse();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 500 "));
    EXPECT_THAT(response, Not(HasSubstr("hunter2")));
    EXPECT_EQ(BodyOf(response)["code"], "internal");
    observe::InitLog({});
}

TEST(HttpServer, NeverLetsAHandlerBreakTheMessage) {
    TestServer server([](Request, RequestContext) -> awaitable<Response> {
        Response response;
        response.status = 204;
        response.headers = {{"X-Good", "1"},
                            {"X-Bad", "a\r\nSet-Cookie: stolen"},
                            {"X Bad", "b"},
                            {"Content-Length", "99"},
                            {"Transfer-Encoding", "chunked"}};
        response.body = "a 204 has no body";
        co_return response;
    });
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    const std::string response = socket.ReadAll();
    EXPECT_THAT(response, HasSubstr("X-Good: 1\r\n"));
    for (const char* broken :
         {"stolen", "X Bad", "Content-Length", "Transfer-Encoding", "no body"}) {
        EXPECT_THAT(response, Not(HasSubstr(broken)));
    }
}

TEST(HttpServer, WritesOneAccessLineARequest) {
    std::mutex mutex;
    std::vector<std::string> lines;
    observe::InitLog({.sink = [&](std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.emplace_back(line);
    }});
    {
        TestServer server([](Request request, RequestContext) -> awaitable<Response> {
            Response response;
            response.route = request.path == "/health" ? "/health" : "/thing/{id}";
            response.user_id = "user-1";
            response.error_code = "bad_checksum";
            co_return response;
        });
        RawSocket socket(server.port());
        socket.Send("GET /thing/42?token=hunter2 HTTP/1.1\r\nHost: h\r\n\r\n");
        (void)socket.ReadResponse();
        socket.Send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
        (void)socket.ReadResponse();
    }
    observe::InitLog({});
    std::string access;
    for (const std::string& line : lines) {
        EXPECT_THAT(line, Not(HasSubstr("hunter2")));
        EXPECT_THAT(line, Not(HasSubstr("/health"))) << "probes are debug lines";
        access += line.find("\"msg\":\"request\"") != std::string::npos ? line : "";
    }
    const auto line = nlohmann::json::parse(access);
    EXPECT_EQ(line["route"], "/thing/{id}");
    EXPECT_EQ(line["status"], 200);
    EXPECT_EQ(line["user_id"], "user-1");
    EXPECT_EQ(line["method"], "GET");
    EXPECT_EQ(line["error.code"], "bad_checksum");
}

TEST(HttpServer, RecordsAServerSpan) {
    std::string exported;
    observe::Metrics metrics;
    {
        observe::Tracer tracer({.service = "s",
                                .send =
                                    [&exported](const std::string& body) {
                                        exported = body;
                                        return true;
                                    }},
                               metrics);
        net::ServerOptions options;
        options.tracer = &tracer;
        TestServer server(Echo, std::move(options));
        RawSocket socket(server.port());
        socket.Send(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n\r\n");
        (void)socket.ReadAll();
        (void)server.server().Drain(std::chrono::seconds(5));
    }
    const auto span =
        nlohmann::json::parse(exported)["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    EXPECT_EQ(span["name"], "GET /echo");
    EXPECT_EQ(span["traceId"], "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(span["parentSpanId"], "b7ad6b7169203331");
}

Response StreamOf(net::StreamBody body) {
    Response response;
    response.headers.Add("Content-Type", "text/event-stream");
    response.stream = std::move(body);
    return response;
}

TEST(HttpServerStream, WritesChunks) {
    TestServer server([](Request, RequestContext) -> awaitable<Response> {
        co_return StreamOf([](net::StreamSink& sink) -> awaitable<void> {
            for (const char* part : {"data: 1\n\n", "", "data: 2\n\n"}) {
                std::string text = part;
                (void)co_await sink.Write(std::move(text));
            }
        });
    });
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    const std::string response = socket.ReadAll();
    EXPECT_THAT(response, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_TRUE(response.ends_with("\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n"))
        << response;
}

TEST(HttpServerStream, SpeaksToHttp10WithoutChunks) {
    TestServer server([](Request, RequestContext) -> awaitable<Response> {
        co_return StreamOf([](net::StreamSink& sink) -> awaitable<void> {
            std::string text = "data: 1\n\n";
            (void)co_await sink.Write(std::move(text));
        });
    });
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.0\r\n\r\n");
    const std::string response = socket.ReadAll();
    EXPECT_THAT(response, Not(HasSubstr("chunked")));
    EXPECT_TRUE(response.ends_with("\r\n\r\ndata: 1\n\n")) << response;
}

// The body waits for an hour; only the client's leaving can end it.
TEST(HttpServerStream, IsCancelledAsSoonAsTheClientLeaves) {
    std::promise<void> ended;
    TestServer server([&ended](Request, RequestContext) -> awaitable<Response> {
        co_return StreamOf([&ended](net::StreamSink& sink) -> awaitable<void> {
            struct Last {
                std::promise<void>& promise;

                ~Last() { promise.set_value(); }
            };

            const Last last{ended};
            std::string text = "hello";
            (void)co_await sink.Write(std::move(text));
            co_await Sleep(std::chrono::hours(1));
        });
    });
    {
        RawSocket socket(server.port());
        socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_THAT(socket.ReadUntil("hello"), HasSubstr("hello"));
    }
    EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
    EXPECT_TRUE(server.HasConnections(0));
}

TEST(HttpServerStream, SlowsTheWriterDownToItsReader) {
    std::atomic<int> written{0};
    std::promise<void> ended;
    TestServer server([&](Request, RequestContext) -> awaitable<Response> {
        co_return StreamOf([&](net::StreamSink& sink) -> awaitable<void> {
            bool open = true;
            while (open && written < 1'000) {
                std::string megabyte(1'000'000, 'x');
                const auto sent = co_await sink.Write(std::move(megabyte));
                open = sent.has_value();
                written += open ? 1 : 0;
            }
            ended.set_value();
        });
    });
    {
        RawSocket socket(server.port());
        socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        (void)socket.ReadUntil("x");
        std::this_thread::sleep_for(milliseconds(200));
        EXPECT_LT(written.load(), 50) << "the kernel's buffers hold a few megabytes";
    }
    EXPECT_EQ(ended.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
}

TEST(HttpServerDrain, FinishesWhatIsUnderWayAndEndsWhatIsIdle) {
    std::promise<void> begun;
    TestServer server([&begun](Request request, RequestContext context) -> awaitable<Response> {
        if (request.path == "/slow") {
            begun.set_value();
            co_await Sleep(milliseconds(300));
        }
        co_return co_await Echo(std::move(request), std::move(context));
    });
    RawSocket idle(server.port());
    idle.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    (void)idle.ReadResponse();
    RawSocket busy(server.port());
    busy.Send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
    begun.get_future().wait();

    auto drained = std::async(std::launch::async,
                              [&server] { return server.server().Drain(std::chrono::seconds(5)); });
    EXPECT_TRUE(idle.IsClosedWithin(milliseconds(250)));
    const std::string response = busy.ReadAll();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(response, HasSubstr("/slow"));
    EXPECT_EQ(drained.get(), 0U);
    EXPECT_EQ(server.server().connections(), 0U);
}

TEST(HttpServerDrain, ClosesWhatOutlastsItsPatience) {
    std::promise<void> begun;
    TestServer server([&begun](Request, RequestContext) -> awaitable<Response> {
        co_return StreamOf([&begun](net::StreamSink& sink) -> awaitable<void> {
            std::string text = "x";
            (void)co_await sink.Write(std::move(text));
            begun.set_value();
            co_await Sleep(std::chrono::hours(1));
        });
    });
    RawSocket socket(server.port());
    socket.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    begun.get_future().wait();
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(server.server().Drain(std::chrono::seconds(5)), 0U) << "a stream ends at once";
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST(HttpServerStart, RefusesATakenPortAndABadAddress) {
    TestServer first(Echo);
    observe::Metrics metrics;
    net::ServerOptions options;
    options.handler = Echo;
    options.listen.push_back({.host = "127.0.0.1", .port = first.port()});
    const auto taken = net::HttpServer::Start(first.context(), options, metrics);
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().reason, "address_in_use");
    options.listen[0].host = "localhost";
    const auto bad = net::HttpServer::Start(first.context(), options, metrics);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().reason, "bad_listen_address");
}

TEST(HttpServerStart, ListensOnSeveralPortsAndBothFamilies) {
    net::ServerOptions options;
    options.listen.push_back({.host = "127.0.0.1"});
    options.listen.push_back({.host = "::1"});
    TestServer server(Echo, std::move(options));
    ASSERT_EQ(server.server().ports().size(), 2U);
    EXPECT_NE(server.server().ports()[0], server.server().ports()[1]);
}

}  // namespace
