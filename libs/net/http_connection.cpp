#include "net/http_connection.h"

#include <array>
#include <exception>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/clock.h"
#include "net/http_format.h"
#include "net/http_parse.h"
#include "net/problem.h"
#include "net/text_rules.h"
#include "observe/log.h"

namespace net {

namespace {

using boost::asio::awaitable;
using observe::Key;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What an idle connection holds for the first bytes of its next request.
constexpr std::size_t kIdleBuffer = 1'024;
constexpr std::size_t kBusyRead = 16'384;
constexpr std::size_t kLingerMax = 262'144;
constexpr milliseconds kLingerTime{1'000};
constexpr milliseconds kNoLimit = milliseconds::max();
constexpr auto kNever = steady_clock::time_point::max().time_since_epoch().count();
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// Several lines of a list mean the same as one (RFC 9110, section 5.3).
std::string AllLines(const Headers& headers, std::string_view name) {
    std::string joined;
    for (const auto& [candidate, value] : headers) {
        if (EqualsIgnoringCase(candidate, name)) {
            joined += (joined.empty() ? "" : ",") + value;
        }
    }
    return joined;
}

// Health and metrics are asked every few seconds by machines.
bool IsProbe(std::string_view route) {
    return route.starts_with("/health") || route == "/metrics";
}

}  // namespace

class Connection::Sink : public StreamSink {
public:
    Sink(Connection& connection, bool chunked) : connection_(connection), chunked_(chunked) {}

    awaitable<base::Result<void>> Write(std::string part) override {
        if (part.empty()) {
            co_return base::Result<void>();
        }
        if (chunked_) {
            part.insert(0, ChunkHead(part.size()));
            part += "\r\n";
        }
        connection_.Enter(Phase::kStreaming, connection_.core_->options().limits.write_time);
        const auto written = co_await connection_.stream_.Write(part);
        connection_.Enter(Phase::kStreaming, kNoLimit);
        if (!written) {
            co_return base::MakeError(
                base::ErrorKind::kCancelled, "client_gone", "the client closed the stream");
        }
        co_return base::Result<void>();
    }

private:
    Connection& connection_;
    const bool chunked_;
};

Connection::Connection(std::shared_ptr<ServerCore> core,
                       boost::asio::ip::tcp::socket socket,
                       const Listen& listen,
                       std::string address_key)
    : core_(std::move(core)),
      listen_(listen),
      address_key_(std::move(address_key)),
      stream_(std::move(socket)),
      deadline_(kNever) {
    boost::system::error_code ignored;
    peer_ = Normalize(stream_.socket().remote_endpoint(ignored).address());
    Enter(Phase::kReading, core_->options().limits.header_time);
}

Connection::~Connection() {
    core_->Leave(*this, address_key_);
}

void Connection::Start() {
    boost::asio::co_spawn(
        stream_.socket().get_executor(), Run(shared_from_this()), boost::asio::detached);
}

void Connection::Enter(Phase phase, milliseconds time) {
    phase_ = phase;
    deadline_.store(
        time == kNoLimit ? kNever : (steady_clock::now() + time).time_since_epoch().count(),
        std::memory_order_relaxed);
}

void Connection::CloseIfOverdue(steady_clock::time_point now) {
    if (deadline_.load(std::memory_order_relaxed) <= now.time_since_epoch().count()) {
        boost::asio::post(stream_.socket().get_executor(),
                          [self = shared_from_this()] { self->Overdue(); });
    }
}

void Connection::Overdue() {
    if (deadline_.load(std::memory_order_relaxed) >
        steady_clock::now().time_since_epoch().count()) {
        return;
    }
    if (phase_ == Phase::kReading && partial_ && !timed_out_) {
        // The reader gets an error, sees the flag and answers 408.
        timed_out_ = true;
        Enter(Phase::kReading, kLingerTime);
        stream_.Cancel();
        return;
    }
    stream_.Close();
}

void Connection::Drain() {
    boost::asio::post(stream_.socket().get_executor(), [self = shared_from_this()] {
        if (self->phase_ == Phase::kIdle) {
            self->stream_.Close();
        }
        self->stream_cancel_.emit(boost::asio::cancellation_type::terminal);
    });
}

void Connection::Abort() {
    boost::asio::post(stream_.socket().get_executor(), [self = shared_from_this()] {
        self->stream_cancel_.emit(boost::asio::cancellation_type::terminal);
        self->stream_.Close();
    });
}

awaitable<void> Connection::Run(std::shared_ptr<Connection> self) {
    co_await self->Serve();
    self->stream_.Close();
}

awaitable<void> Connection::Serve() {
    if (listen_.tls) {
        TlsContext tls = *listen_.tls;
        const auto accepted = co_await stream_.Accept(std::move(tls));
        if (!accepted) {
            co_return;
        }
    }
    bool again = co_await ServeOne(true);
    while (again) {
        again = co_await ServeOne(false);
    }
}

awaitable<bool> Connection::ServeOne(bool first) {
    Received received = co_await Receive(first);
    if (received.error) {
        co_await Refuse(*received.error);
        co_return false;
    }
    if (!received.request) {
        co_return false;
    }
    Request request = *std::move(received.request);
    Exchange exchange = Open(request, received);
    const Response response = co_await Answer(std::move(request), exchange);
    if (response.stream) {
        co_await RespondStream(response, exchange);
        Report(exchange, response);
        co_return false;
    }
    // Before the bytes leave: whoever has the answer finds it counted.
    Report(exchange, response);
    const bool sent = co_await Respond(response, exchange);
    exchange.keep_alive = exchange.keep_alive && sent;
    co_return exchange.keep_alive;
}

awaitable<bool> Connection::Fill() {
    const std::size_t filled = buffer_.size();
    const std::size_t more = filled == 0 ? kIdleBuffer : kBusyRead;
    buffer_.resize(filled + more);
    const std::span<char> target(buffer_.data() + filled, more);
    const auto count = co_await stream_.ReadSome(target);
    buffer_.resize(filled + (count ? *count : 0));
    partial_ = !buffer_.empty();
    co_return count.has_value();
}

awaitable<Connection::Received> Connection::Receive(bool first) {
    Received received;
    partial_ = !buffer_.empty();
    if (!partial_) {
        const ServerLimits& limits = core_->options().limits;
        Enter(first ? Phase::kReading : Phase::kIdle,
              first ? limits.header_time : limits.idle_time);
        if (buffer_.capacity() > 2 * kIdleBuffer) {
            std::string().swap(buffer_);
        }
        if (core_->draining()) {
            co_return received;
        }
        const bool filled = co_await Fill();
        if (!filled) {
            co_return received;
        }
    }
    co_await Parse(received);
    co_return received;
}

awaitable<void> Connection::Parse(Received& received) {
    const ServerLimits& limits = core_->options().limits;
    Enter(Phase::kReading, limits.header_time);
    RequestParser parser({limits.header_max, limits.body_max});
    while (parser.state() != ParseState::kDone) {
        const bool was_header = parser.state() == ParseState::kHeader;
        buffer_.erase(0, parser.Feed(buffer_));
        if (parser.state() == ParseState::kFailed) {
            received.error = parser.error();
            co_return;
        }
        if (was_header && parser.state() == ParseState::kBody) {
            Enter(Phase::kReading, limits.body_time);
            if (parser.ExpectsContinue()) {
                const auto sent = co_await stream_.Write(kContinue);
                if (!sent) {
                    co_return;
                }
            }
            if (!buffer_.empty()) {
                continue;
            }
        }
        if (parser.state() != ParseState::kDone) {
            const bool filled = co_await Fill();
            if (!filled) {
                if (timed_out_) {
                    received.error = base::MakeError(base::ErrorKind::kDeadlineExceeded,
                                                     "request_timeout",
                                                     "the request did not arrive in time");
                }
                co_return;
            }
        }
    }
    received.keep_alive = parser.KeepsAlive();
    received.http10 = parser.IsHttp10();
    auto request = parser.Take();
    if (!request) {
        received.error = request.error();
        co_return;
    }
    received.request = *std::move(request);
}

Connection::Exchange Connection::Open(Request& request, const Received& received) const {
    Exchange exchange;
    exchange.started = base::SystemClock().Now();
    exchange.clock = steady_clock::now();
    exchange.method = request.method;
    exchange.path = request.path;
    exchange.http10 = received.http10;
    exchange.keep_alive = received.keep_alive && !core_->draining();

    const auto parent =
        observe::ParseTraceparent(request.headers.Find("traceparent").value_or(std::string_view()));
    exchange.context.trace = parent ? parent->Child() : observe::TraceContext::NewRoot();
    if (parent) {
        exchange.parent_span = parent->span_id;
    }
    const auto request_id = request.headers.Find("X-Request-Id");
    exchange.context.request_id = request_id && observe::IsSaneRequestId(*request_id)
                                      ? std::string(*request_id)
                                      : observe::NewRequestId();

    request.tls = listen_.tls.has_value();
    auto client = peer_;
    const IpRanges& trusted = core_->options().trusted_proxies;
    if (trusted.Contain(peer_)) {
        client = ForwardedClient(peer_, AllLines(request.headers, "X-Forwarded-For"), trusted);
        exchange.proxied_key = AddressKey(client);
        request.tls = request.headers.Find("X-Forwarded-Proto") == "https";
    }
    request.remote_ip = client.to_string();
    return exchange;
}

awaitable<Response> Connection::Answer(Request request, Exchange& exchange) {
    Enter(Phase::kHandling, kNoLimit);
    if (!core_->BeginRequest(exchange.proxied_key)) {
        auto error = base::Unavailable("overloaded", "too many requests are under way");
        error.retry_after = std::chrono::seconds(1);
        co_return ProblemResponse(error, exchange.context, exchange.path);
    }

    struct End {
        ServerCore& core;
        const std::string& key;

        ~End() { core.EndRequest(key); }
    };

    const End end{*core_, exchange.proxied_key};
    co_return co_await CallHandler(std::move(request), exchange);
}

awaitable<Response> Connection::CallHandler(Request request, Exchange& exchange) {
    std::string failure;
    try {
        observe::RequestContext context = exchange.context;
        auto work = core_->options().handler(std::move(request), std::move(context));
        Response response = co_await std::move(work);
        co_return response;
    } catch (const std::exception& exception) {
        failure = exception.what();
    }
    observe::Error(exchange.context, "handler failed", {{Key::kErrorDetail, failure}});
    co_return ProblemResponse(base::Internal(failure), exchange.context, exchange.path);
}

awaitable<bool> Connection::Respond(const Response& response, const Exchange& exchange) {
    Enter(Phase::kWriting, core_->options().limits.write_time);
    const bool bare = exchange.method == Method::kHead || !MayHaveBody(response.status);
    const ResponseFraming framing{.keep_alive = exchange.keep_alive,
                                  .request_id = exchange.context.request_id};
    const std::string head = FormatResponseHead(response, framing);
    const std::string_view body = bare ? std::string_view() : response.body;
    const auto written = co_await stream_.Write(head, body);
    if (written && !exchange.keep_alive) {
        co_await Linger();
    }
    co_return written.has_value();
}

awaitable<void> Connection::RespondStream(const Response& response, const Exchange& exchange) {
    Enter(Phase::kStreaming, core_->options().limits.write_time);
    const bool chunked = !exchange.http10;
    const ResponseFraming framing{.keep_alive = false,
                                  .chunked = chunked,
                                  .stream = true,
                                  .request_id = exchange.context.request_id};
    const std::string head = FormatResponseHead(response, framing);
    const auto opened = co_await stream_.Write(head);
    if (!opened || exchange.method == Method::kHead) {
        co_return;
    }
    Enter(Phase::kStreaming, kNoLimit);
    boost::asio::co_spawn(
        stream_.socket().get_executor(), WatchPeer(shared_from_this()), boost::asio::detached);
    Sink sink(*this, chunked);
    co_await RunStreamBody(response, sink);
    Enter(Phase::kWriting, core_->options().limits.write_time);
    if (chunked && stream_.socket().is_open()) {
        (void)co_await stream_.Write("0\r\n\r\n");
    }
    stream_.EndWriting();
}

awaitable<void> Connection::RunStreamBody(const Response& response, Sink& sink) {
    // A coroutine of its own, so that the client's leaving cancels the body and nothing else.
    auto body = response.stream(sink);
    auto token =
        boost::asio::bind_cancellation_slot(stream_cancel_.slot(), boost::asio::use_awaitable);
    std::string failure;
    try {
        auto running = boost::asio::co_spawn(
            stream_.socket().get_executor(), std::move(body), std::move(token));
        co_await std::move(running);
        co_return;
    } catch (const boost::system::system_error&) {
        co_return;  // cancelled: the client has left or the server drains
    } catch (const std::exception& exception) {
        failure = exception.what();
    }
    observe::Error("stream failed", {{Key::kErrorDetail, failure}});
}

awaitable<void> Connection::WatchPeer(std::shared_ptr<Connection> self) {
    std::array<char, 256> scratch{};
    std::size_t ignored = 0;
    // Nothing is expected; a client that sends on without end is as good as gone.
    while (ignored < kLingerMax) {
        const auto count = co_await self->stream_.ReadSome(scratch);
        if (!count) {
            break;
        }
        ignored += *count;
    }
    self->stream_cancel_.emit(boost::asio::cancellation_type::terminal);
}

awaitable<void> Connection::Refuse(const base::Error& error) {
    observe::RequestContext context;
    context.request_id = observe::NewRequestId();
    Exchange exchange;
    exchange.context = context;
    exchange.clock = steady_clock::now();
    exchange.path = "/";
    const Response response = ProblemResponse(error, context, exchange.path);
    Report(exchange, response);
    (void)co_await Respond(response, exchange);
}

// A close with unread bytes would reset the connection and take the response with it.
awaitable<void> Connection::Linger() {
    Enter(Phase::kWriting, kLingerTime);
    stream_.EndWriting();
    std::array<char, 1'024> scratch{};
    for (std::size_t ignored = 0; ignored < kLingerMax;) {
        const auto count = co_await stream_.ReadSome(scratch);
        if (!count) {
            co_return;
        }
        ignored += *count;
    }
}

void Connection::Report(const Exchange& exchange, const Response& response) {
    const auto duration = steady_clock::now() - exchange.clock;
    const std::string_view route =
        response.route.empty() ? std::string_view("unmatched") : response.route;
    core_->Count({route, MethodName(exchange.method), response.status, duration});
    if (core_->options().tracer != nullptr && core_->options().tracer->IsOn()) {
        observe::Span span;
        span.name = std::string(MethodName(exchange.method)) + " " + std::string(route);
        span.kind = observe::SpanKind::kServer;
        span.context = exchange.context.trace;
        span.parent = exchange.parent_span;
        span.start = exchange.started;
        span.end = base::SystemClock().Now();
        span.fields = {{Key::kRoute, route}, {Key::kStatus, response.status}};
        span.failed = response.status >= 500;
        core_->options().tracer->Record(std::move(span));
    }
    const auto level = IsProbe(route) ? observe::Level::kDebug : observe::Level::kInfo;
    if (!core_->options().access_log || !observe::IsLogged(level)) {
        return;
    }
    observe::RequestContext context = exchange.context;
    context.route = route;
    context.user_id = response.user_id;
    observe::Log(level,
                 "request",
                 {{Key::kMethod, MethodName(exchange.method)},
                  {Key::kStatus, response.status},
                  {Key::kDurationMs, duration},
                  {Key::kErrorCode, response.error_code}},
                 &context);
}

}  // namespace net
