#include "component/rpc/echo_service.h"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "support/dev_certs.h"

namespace rpc_test {
namespace {

rpc::ServerOptions ServerOptionsOf(const TestServerOptions& options, const std::string& address) {
    const auto& certs = options.certs.empty() ? support::DevCerts() : options.certs;
    rpc::ServerOptions server;
    server.address = address;
    server.mtls_dir = certs / options.identity;
    server.dispatcher.access = options.access;
    server.dispatcher.users = options.users;
    server.dispatcher.pool = options.pool;
    server.dispatcher.streams_max = options.streams_max;
    server.reflection = options.reflection;
    return server;
}

}  // namespace

EchoService::EchoService(std::shared_ptr<const rpc::Peer> next) {
    if (next) {
        next_.emplace(std::move(next));
    }
    Unary("Echo", &EchoService::Echo);
    Unary("Relay", &EchoService::Relay);
    Stream("Watch", &EchoService::Watch);
}

base::Result<EchoResponse> EchoService::Echo(const EchoRequest& request,
                                             const rpc::Context& context) {
    if (!request.fail_reason().empty()) {
        return base::FailedPrecondition(request.fail_reason(), "as asked").At("/fail_reason");
    }
    if (!request.throw_text().empty()) {
        throw std::runtime_error(request.throw_text());
    }
    if (request.wait_ms() > 0) {
        // Looks at the cancellation alone: an answer at the deadline would race with the client's.
        rpc::Context patient = context;
        patient.deadline = rpc::Context::Deadline::max();
        ++waiting;
        const bool lasted = patient.WaitFor(std::chrono::milliseconds(request.wait_ms()));
        --waiting;
        cancelled += lasted ? 0 : 1;
    }
    EchoResponse response;
    response.set_text(request.text());
    response.set_caller(context.caller);
    response.set_user_id(context.user ? context.user->user.ToString() : "");
    response.set_request_id(context.request.request_id);
    response.set_trace_id(context.request.trace.TraceIdText());
    response.set_span_id(context.request.trace.SpanIdText());
    response.set_remaining_ms(context.Remaining().count());
    return response;
}

base::Result<RelayResponse> EchoService::Relay(const RelayRequest& request,
                                               const rpc::Context& context) {
    RelayResponse response;
    BASE_ASSIGN_OR_RETURN(*response.mutable_next(),
                          next_->Call(&Stub::Echo, request.next(), context));
    return response;
}

base::Result<> EchoService::Watch(const WatchRequest& request,
                                  rpc::Sink<WatchResponse> sink,
                                  const rpc::Context& context) {
    for (std::int64_t number = 1; number <= request.count(); ++number) {
        WatchResponse message;
        message.set_number(number);
        if (sink.Push(message) != rpc::PushResult::kQueued) {
            return base::Internal("the queue is full");
        }
    }
    if (!request.fail_reason().empty()) {
        return base::FailedPrecondition(request.fail_reason(), "as asked");
    }
    if (request.count() == 0) {
        const std::lock_guard lock(mutex_);
        sinks_.push_back(std::move(sink));
        on_cancel_.push_back(
            std::make_unique<StopCallback>(context.cancellation, [this] { ++streams_cancelled; }));
    }
    return {};
}

std::vector<rpc::Sink<WatchResponse>> EchoService::TakeSinks() {
    const std::lock_guard lock(mutex_);
    return std::exchange(sinks_, {});
}

std::size_t EchoService::sinks() const {
    const std::lock_guard lock(mutex_);
    return sinks_.size();
}

std::vector<rpc::AccessRule> AllowAll(const std::string& caller) {
    const std::string prefix = std::string("/") + Generated::service_full_name() + "/";
    return {{prefix + "Echo", {caller}, ""},
            {prefix + "Relay", {caller}, ""},
            {prefix + "Watch", {caller}, ""}};
}

TestServer::TestServer(TestServerOptions options)
    : identity_(options.identity),
      address_(options.address.empty() ? "unix:" + (directory_.path() / "grpc.sock").string()
                                       : options.address),
      service_(options.next),
      server_(ServerOptionsOf(options, address_), telemetry_.observer()) {
    server_.Add(service_);
    server_.Start().value();
    server_.SetServing(true);
}

std::shared_ptr<const rpc::Peer> TestServer::Connect(const std::string& caller) {
    peers_.push_back(
        rpc::Peer::Make({identity_, address_, support::DevCerts() / caller}, telemetry_.observer())
            .value());
    return peers_.back();
}

TestServer::~TestServer() {
    for (const auto& peer : peers_) {
        static_cast<void>(peer->WaitIdle(std::chrono::milliseconds(5'000)));
    }
}

}  // namespace rpc_test
