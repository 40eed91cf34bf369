#include "net/http_parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "net/http_format.h"
#include "net/url.h"

namespace {

using net::ParseState;
using testing::HasSubstr;
using testing::Not;

// Feeds `size` new bytes at a time, as a slow connection would.
template <class Parser>
void FeedSlowly(Parser& parser, std::string_view text, std::size_t size) {
    std::string waiting;
    while (!text.empty() && parser.state() != ParseState::kDone) {
        const std::size_t step = std::min(size, text.size());
        waiting.append(text.substr(0, step));
        text.remove_prefix(step);
        for (std::size_t used = 1; used > 0 && !waiting.empty();) {
            used = parser.Feed(waiting);
            waiting.erase(0, used);
            if (parser.state() == ParseState::kDone || parser.state() == ParseState::kFailed) {
                return;
            }
        }
    }
}

TEST(RequestParser, ReadsTheSameInPiecesOfAnySize) {
    const std::string text =
        "POST /a?b=c HTTP/1.1\r\nHost: h\r\nX-Test:  v \r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;ext=1\r\nabc\r\n4\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        net::RequestParser parser({});
        FeedSlowly(parser, text, size);
        ASSERT_EQ(parser.state(), ParseState::kDone) << size;
        const auto request = parser.Take();
        ASSERT_TRUE(request) << request.error().detail;
        EXPECT_EQ(request->method, net::Method::kPost);
        EXPECT_EQ(request->path, "/a");
        EXPECT_EQ(request->query, "b=c");
        EXPECT_EQ(request->body, "abcdefg");
        EXPECT_EQ(request->headers.Find("x-test"), "v");
    }
}

TEST(RequestParser, StopsAtTheEndOfItsMessage) {
    const std::string first = "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n";
    net::RequestParser parser({});
    EXPECT_EQ(parser.Feed(first + "GET /2 HTTP/1.1\r\n"), first.size());
    EXPECT_EQ(parser.state(), ParseState::kDone);
    EXPECT_TRUE(parser.KeepsAlive());
    EXPECT_FALSE(parser.ExpectsContinue());
}

TEST(ResponseParser, NeedsTheEndWhereNoLengthIsGiven) {
    net::ResponseParser parser({}, false);
    (void)parser.Feed("HTTP/1.1 200 OK\r\n\r\n");
    (void)parser.Feed("abc");
    EXPECT_EQ(parser.state(), ParseState::kBody);
    parser.FeedEnd();
    ASSERT_EQ(parser.state(), ParseState::kDone);
    EXPECT_FALSE(parser.KeepsAlive());
    EXPECT_EQ(parser.Take().body, "abc");
}

TEST(ResponseParser, FailsWhereTheEndComesTooEarly) {
    for (const char* text : {"HTTP/1.1 200 OK\r\n",
                             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
                             "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
        net::ResponseParser parser({}, false);
        FeedSlowly(parser, text, 1'000);
        parser.FeedEnd();
        ASSERT_EQ(parser.state(), ParseState::kFailed) << text;
        EXPECT_EQ(parser.error().reason, "bad_response");
    }
}

TEST(FormatRequestHead, GivesALengthToEveryBody) {
    net::Request request;
    request.method = net::Method::kPost;
    request.headers = {{"X-A", "1"}, {"X-Bad", "a\nb"}, {"content-length", "7"}};
    request.body = "abc";
    EXPECT_EQ(net::FormatRequestHead(request, "/t?q", "h:1"),
              "POST /t?q HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nContent-Length: 3\r\n\r\n");
    request = {};
    EXPECT_THAT(net::FormatRequestHead(request, "/", "h"), Not(HasSubstr("Content-Length")));
}

TEST(ChunkHead, IsHex) {
    EXPECT_EQ(net::ChunkHead(1), "1\r\n");
    EXPECT_EQ(net::ChunkHead(255), "ff\r\n");
}

TEST(HttpUrl, SplitsIntoItsParts) {
    const auto url = net::ParseHttpUrl("https://node.example:8545/v3/key?x=1");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, "node.example");
    EXPECT_EQ(url->port, "8545");
    EXPECT_EQ(url->authority, "node.example:8545");
    EXPECT_EQ(url->target, "/v3/key?x=1");
    EXPECT_EQ(url->Origin(), "https://node.example:8545");
    const auto plain = net::ParseHttpUrl("http://[::1]");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->host, "::1");
    EXPECT_EQ(plain->authority, "[::1]");
    EXPECT_EQ(plain->port, "80");
    EXPECT_EQ(plain->target, "/");
    EXPECT_EQ(net::ParseHttpUrl("http://h:80/")->authority, "h");
}

TEST(HttpUrl, NeverRepeatsTheTextInItsError) {
    const auto url = net::ParseHttpUrl("ftp://hunter2/hunter2");
    ASSERT_FALSE(url);
    EXPECT_THAT(url.error().detail, Not(HasSubstr("hunter2")));
}

}  // namespace
