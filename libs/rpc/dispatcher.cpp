#include "rpc/dispatcher.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "observe/trace.h"
#include "rpc/status.h"
#include "rpc/tls.h"

namespace rpc {
namespace {

constexpr std::chrono::seconds kOverloadRetryAfter{1};
constexpr std::chrono::seconds kClosedWithin{5};

std::string_view Metadata(const grpc::ServerContextBase& server, const char* key) {
    const auto& entries = server.client_metadata();
    const auto found = entries.find(key);
    if (found == entries.end() || entries.count(key) > 1) {
        return {};
    }
    return {found->second.data(), found->second.size()};
}

base::Error Overloaded() {
    auto error = base::MakeError(base::ErrorKind::kResourceExhausted,
                                 "overloaded",
                                 "the service has more work than it may queue");
    error.retry_after = kOverloadRetryAfter;
    return error;
}

}  // namespace

Dispatcher::Dispatcher(DispatcherOptions options, Observer observer)
    : access_(std::move(options.access)),
      users_(std::move(options.users)),
      streams_max_(options.streams_max),
      auditor_(std::move(options.auditor)),
      report_(observer),
      queued_(observer.metrics.AddGauge({"grpc_server_queued", "Calls that wait for a thread."})),
      open_streams_(
          observer.metrics.AddGauge({"grpc_server_streams_open", "Server streams that are open."})),
      pool_(std::move(options.pool)) {}

base::Result<> Dispatcher::Post(std::function<void()> job) {
    queued_.Add(1);
    const bool taken = pool_.TryPost([this, job = std::move(job)] {
        queued_.Add(-1);
        job();
    });
    if (!taken) {
        queued_.Add(-1);
        return Overloaded();
    }
    return {};
}

base::Result<> Dispatcher::Open(Closable* stream) {
    const std::lock_guard lock(mutex_);
    if (closing_) {
        return base::Unavailable("shutting_down", "the service is stopping");
    }
    if (streams_.size() >= streams_max_) {
        return Overloaded();
    }
    streams_.insert(stream);
    open_streams_.Set(static_cast<std::int64_t>(streams_.size()));
    return {};
}

void Dispatcher::Closed(Closable* stream) {
    const std::lock_guard lock(mutex_);
    streams_.erase(stream);
    open_streams_.Set(static_cast<std::int64_t>(streams_.size()));
    closed_.notify_all();
}

void Dispatcher::AwaitClosed() {
    std::unique_lock lock(mutex_);
    closed_.wait_for(lock, kClosedWithin, [this] { return streams_.empty(); });
}

void Dispatcher::CloseStreams() {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    for (Closable* stream : streams_) {
        stream->CloseForShutdown();
    }
}

ServerCall::ServerCall(Dispatcher& dispatcher,
                       const std::string& method,
                       const grpc::CallbackServerContext& server)
    : dispatcher_(dispatcher), method_(method) {
    const auto trace = observe::ParseTraceparent(Metadata(server, kTraceparentKey));
    if (trace) {
        parent_ = trace->span_id;
    }
    const auto request_id = Metadata(server, kRequestIdKey);
    context_.caller = PeerIdentity(*server.auth_context());
    context_.user_token = Metadata(server, kUserContextKey);
    context_.request.request_id =
        observe::IsSaneRequestId(request_id) ? std::string(request_id) : observe::NewRequestId();
    context_.request.trace = trace ? trace->Child() : observe::TraceContext::NewRoot();
    context_.request.route = method;
    context_.deadline = server.deadline();
    context_.cancellation = stop_.get_token();
}

base::Result<> ServerCall::Admit() {
    if (!context_.user_token.empty() && dispatcher_.users_) {
        BASE_ASSIGN_OR_RETURN(
            context_.user,
            dispatcher_.users_->Verify(context_.user_token, base::SystemClock().Now()));
        context_.request.user_id = context_.user->user.ToString();
    }
    return dispatcher_.access_.Check(method_, context_);
}

void ServerCall::BoundDeadline() {
    context_.deadline =
        std::min(context_.deadline, std::chrono::system_clock::now() + kCallSecondsMax);
}

base::Result<> ServerCall::StillWanted() const {
    if (context_.cancellation.stop_requested()) {
        return base::MakeError(
            base::ErrorKind::kCancelled, "cancelled", "the client has cancelled the call");
    }
    if (context_.IsCancelled()) {
        return base::MakeError(base::ErrorKind::kDeadlineExceeded,
                               "deadline_exceeded",
                               "the deadline passed while the call was queued");
    }
    return {};
}

grpc::Status ServerCall::End(const base::Result<>& result) {
    const grpc::Status status = result ? grpc::Status::OK : ToStatus(result.error());
    dispatcher_.report_.Handled({method_, context_, parent_, watch_}, result, status.error_code());
    return status;
}

base::Error ServerCall::Caught(const char* what) const {
    dispatcher_.report_.Exception(method_, context_, what);
    return base::Internal("the handler failed");
}

}  // namespace rpc
