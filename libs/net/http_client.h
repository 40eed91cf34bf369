// The HTTP/1.1 client of every daemon: keep-alive connections by origin, TLS with verified names,
// one deadline over the whole call, bounded answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "net/http_message.h"
#include "net/proxy.h"
#include "net/tls.h"

namespace net {

class ClientCore;

struct ClientOptions {
    // Needed for https. Without it such calls fail.
    std::optional<TlsContext> tls{};
    std::chrono::milliseconds connect_time{5'000};
    std::chrono::milliseconds idle_time{30'000};  // after that a kept connection is not reused
    std::size_t connections_per_origin_max = 64;
    std::size_t idle_per_origin_max = 16;
    std::size_t header_max = 16'384;
    // For URLs that users set: https alone, and no address but public ones.
    bool public_only = false;
    Proxies proxies{};
};

struct ClientRequest {
    Method method = Method::kGet;
    std::string url;  // http or https, no user, no fragment
    Headers headers{};
    std::string body{};
    std::chrono::milliseconds deadline{10'000};  // over connecting, sending and reading
    std::size_t body_max = 1'048'576;
    // Doing it twice has no second effect, so that it may be sent again where a kept connection
    // turns out to be dead. GET and HEAD always are.
    bool repeatable = false;
};

// Thread-safe. Errors of a call: `bad_url` (kInvalidArgument); `upstream_unavailable`
// (kUnavailable: nothing was sent: name, connection or TLS failed); `upstream_lost` (kUnavailable:
// the connection ended, the outcome is unknown); `upstream_timeout` (kDeadlineExceeded);
// `upstream_busy` (kResourceExhausted: connections_per_origin_max calls are under way);
// `bad_response`, `response_too_large` (kUnavailable); `url_not_allowed` (kInvalidArgument: with
// public_only); `cancelled` (kCancelled). Redirects are answers like any other. A status of 4xx or
// 5xx is no error.
class HttpClient {
public:
    // `context` must be running and outlive the client.
    HttpClient(boost::asio::io_context& context, ClientOptions options);
    // Aborts calls under way.
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    [[nodiscard]] boost::asio::awaitable<base::Result<Response>> Send(ClientRequest request);

    // For plain threads; never to be called from the io_context's own.
    [[nodiscard]] base::Result<Response> SendBlocking(ClientRequest request,
                                                      const std::stop_token& cancel = {});

    // Kept connections that no call uses.
    [[nodiscard]] std::size_t idle_connections() const;

private:
    std::shared_ptr<ClientCore> core_;
};

}  // namespace net
