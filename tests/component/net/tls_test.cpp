#include "net/tls.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "component/net/raw_socket.h"
#include "component/net/test_certificate.h"
#include "component/net/test_server.h"
#include "net/http_client.h"

namespace {

using boost::asio::awaitable;
using net::Response;
using net_test::RawSocket;
using net_test::TestCertificate;
using net_test::TestServer;
using std::chrono::milliseconds;

awaitable<Response> Answer(net::Request request, observe::RequestContext) {
    Response response;
    response.body = request.tls ? "secure " : "plain ";
    response.body += request.body;
    if (request.path == "/large") {
        response.body.assign(3'000'000, 'x');
    }
    co_return response;
}

class Tls : public testing::Test {
protected:
    net::ServerOptions Options(net::ServerLimits limits = {}) {
        net::ServerOptions options;
        options.limits = limits;
        options.listen.emplace_back().tls =
            *net::TlsContext::Server(certificate_.certificate(), certificate_.key());
        return options;
    }

    static net::ClientOptions Trusting(const std::string& authority) {
        return {.tls = *net::TlsContext::Client(authority)};
    }

    static std::string Url(TestServer& server, const std::string& host, const std::string& path) {
        return "https://" + host + ":" + std::to_string(server.port()) + path;
    }

    TestCertificate certificate_{"localhost"};
    net::IoThreads threads_;
};

TEST_F(Tls, CarriesRequestsBothWays) {
    TestServer server(Answer, Options());
    net::HttpClient client(threads_.context(), Trusting(certificate_.authority()));
    for (int i = 0; i < 3; ++i) {
        const auto response = client.SendBlocking({.method = net::Method::kPost,
                                                   .url = Url(server, "localhost", "/"),
                                                   .body = std::string(60'000, 'b')});
        ASSERT_TRUE(response) << response.error().detail;
        EXPECT_EQ(response->body, "secure " + std::string(60'000, 'b'));
    }
    EXPECT_EQ(server.server().connections(), 1U) << "session tickets do not make it stale";
    const auto large =
        client.SendBlocking({.url = Url(server, "localhost", "/large"), .body_max = 4'000'000});
    ASSERT_TRUE(large) << large.error().detail;
    EXPECT_EQ(large->body.size(), 3'000'000U);
}

TEST_F(Tls, RefusesAServerItCannotVerify) {
    TestServer server(Answer, Options());
    const TestCertificate stranger("localhost");
    const auto reason = [&](const std::string& authority, const std::string& host) {
        net::HttpClient client(threads_.context(), Trusting(authority));
        const auto response = client.SendBlocking({.url = Url(server, host, "/")});
        return response ? std::string("trusted") : response.error().reason;
    };
    EXPECT_EQ(reason(certificate_.authority(), "localhost"), "trusted");
    EXPECT_EQ(reason("", "localhost"), "upstream_unavailable") << "unknown authority";
    EXPECT_EQ(reason(stranger.authority(), "localhost"), "upstream_unavailable");
    EXPECT_EQ(reason(certificate_.authority(), "127.0.0.1"), "upstream_unavailable")
        << "the certificate names localhost, not the address";
}

TEST_F(Tls, DropsClientsThatSpeakPlainOrNotAtAll) {
    TestServer server(Answer, Options({.header_time = milliseconds(150)}));
    RawSocket plain(server.port());
    plain.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(plain.IsClosedWithin(milliseconds(3'000)));
    RawSocket silent(server.port());
    EXPECT_TRUE(silent.IsClosedWithin(milliseconds(3'000))) << "handshake deadline";
    EXPECT_TRUE(server.HasConnections(0));
}

TEST_F(Tls, DrainsIdleConnections) {
    TestServer server(Answer, Options());
    net::HttpClient client(threads_.context(), Trusting(certificate_.authority()));
    ASSERT_TRUE(client.SendBlocking({.url = Url(server, "localhost", "/")}));
    EXPECT_EQ(server.server().connections(), 1U);
    EXPECT_EQ(server.server().Drain(milliseconds(3'000)), 0U);
}

TEST_F(Tls, NamesTheFileThatCannotBeUsed) {
    const std::string missing = "/does/not/exist.pem";
    const auto no_certificate = net::TlsContext::Server(missing, certificate_.key());
    ASSERT_FALSE(no_certificate);
    EXPECT_EQ(no_certificate.error().reason, "tls_files");
    EXPECT_THAT(no_certificate.error().detail, testing::HasSubstr(missing));
    EXPECT_FALSE(net::TlsContext::Server(certificate_.certificate(), missing));
    EXPECT_FALSE(net::TlsContext::Client(missing));
    const TestCertificate other("localhost");
    EXPECT_FALSE(net::TlsContext::Server(certificate_.certificate(), other.key()))
        << "the key of another certificate";
}

}  // namespace
