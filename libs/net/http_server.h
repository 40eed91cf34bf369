// The HTTP/1.1 server of every daemon: coroutines, bounded in every direction. Each connection runs
// on a strand of the given io_context, which the caller runs on as many threads as it likes. Make
// the metrics first, then the io_context, then the server: a handler that outlives the drain still
// counts.
//
//     auto server = net::HttpServer::Start(threads.context(), std::move(options), metrics);
//     ...
//     (*server)->Drain(std::chrono::seconds(10));
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "net/http_message.h"
#include "net/ip_ranges.h"
#include "net/tls.h"
#include "observe/metrics.h"
#include "observe/trace.h"
#include "observe/tracer.h"

namespace net {

class ServerCore;

// Runs on the connection's strand. What it throws is logged and answered with 500.
using Handler = std::function<boost::asio::awaitable<Response>(Request request,
                                                               observe::RequestContext context)>;

struct ServerLimits {
    std::size_t header_max = 8'192;
    std::size_t body_max = 65'536;
    std::chrono::milliseconds header_time{10'000};  // from the first byte, or from accept
    std::chrono::milliseconds body_time{30'000};
    std::chrono::milliseconds idle_time{60'000};   // between requests
    std::chrono::milliseconds write_time{30'000};  // for a response, or a part of a stream
    std::size_t connections_per_address_max = 256;
    std::size_t connections_max = 20'000;  // and never above RLIMIT_NOFILE - 1,000
    std::size_t requests_in_flight_max = 4'096;
};

struct Listen {
    std::string host = "127.0.0.1";  // an IP address
    std::uint16_t port = 0;          // 0 takes a free one
    std::optional<TlsContext> tls{};
};

struct ServerOptions {
    std::vector<Listen> listen;
    Handler handler;
    ServerLimits limits{};
    IpRanges trusted_proxies{};
    // Their series of http_requests_total exist from the start: method and pattern.
    std::vector<std::pair<Method, std::string>> routes{};
    observe::Tracer* tracer = nullptr;  // must outlive the server
    bool access_log = true;
};

class HttpServer {
public:
    // Raises the limit of open files as far as it goes, binds and accepts. `metrics` must outlive
    // `context`. Errors: `address_in_use`, `bad_listen_address`.
    [[nodiscard]] static base::Result<std::unique_ptr<HttpServer>> Start(
        boost::asio::io_context& context, ServerOptions options, observe::Metrics& metrics);

    // Drains without patience.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // The ports that are listened on, in the order of ServerOptions::listen.
    [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }

    [[nodiscard]] std::size_t connections() const;

    // Accepts no more, ends idle connections and streams, lets requests in flight finish until
    // `patience` is over, then closes what is left. Blocks; not to be called from the io_context's
    // threads, which must be running. Returns how many connections had to be closed.
    std::size_t Drain(std::chrono::milliseconds patience);

private:
    HttpServer(std::shared_ptr<ServerCore> core, std::vector<std::uint16_t> ports);

    std::shared_ptr<ServerCore> core_;
    std::vector<std::uint16_t> ports_;
};

// The limit of open files after raising it as far as the system lets us.
[[nodiscard]] std::size_t RaiseDescriptorLimit();

}  // namespace net
