#include "rpc/report.h"

#include <utility>

#include "base/check.h"
#include "observe/log.h"
#include "rpc/status.h"

namespace rpc {
namespace {

using observe::Key;

observe::Span MakeSpan(const std::string& name,
                       const observe::TraceContext& trace,
                       const Stopwatch& watch,
                       grpc::StatusCode code) {
    observe::Span span;
    span.name = name;
    span.context = trace;
    span.start = watch.at;
    span.end = watch.at + std::chrono::duration_cast<std::chrono::milliseconds>(watch.Elapsed());
    span.fields = {{Key::kStatus, CodeName(code)}};
    span.failed = code != grpc::StatusCode::OK;
    return span;
}

// A refusal is the caller's business and stays quiet; a failure is ours.
observe::Level LevelOf(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::kInternal:
        case base::ErrorKind::kDataLoss:
            return observe::Level::kError;
        case base::ErrorKind::kUnavailable:
        case base::ErrorKind::kDeadlineExceeded:
        case base::ErrorKind::kResourceExhausted:
        case base::ErrorKind::kUnauthenticated:
            return observe::Level::kWarn;
        case base::ErrorKind::kInvalidArgument:
        case base::ErrorKind::kFailedPrecondition:
        case base::ErrorKind::kNotFound:
        case base::ErrorKind::kAlreadyExists:
        case base::ErrorKind::kAborted:
        case base::ErrorKind::kPermissionDenied:
        case base::ErrorKind::kCancelled:
        case base::ErrorKind::kUnimplemented:
            return observe::Level::kDebug;
    }
    return observe::Level::kError;
}

}  // namespace

CodeSeries::CodeSeries(observe::Metrics& metrics,
                       const std::string& prefix,
                       const observe::Labels& labels)
    : seconds_(
          metrics.AddHistogram({prefix + "_handling_seconds", "How long calls took."}, labels)) {
    for (int code = 0; code <= grpc::StatusCode::UNAUTHENTICATED; ++code) {
        auto with_code = labels;
        with_code["code"] = CodeName(static_cast<grpc::StatusCode>(code));
        handled_.push_back(
            metrics.AddCounter({prefix + "_handled_total", "Calls by status code."}, with_code));
    }
}

void CodeSeries::Add(grpc::StatusCode code, std::chrono::nanoseconds time) const {
    handled_.at(static_cast<std::size_t>(code)).Increment();
    seconds_.Observe(time);
}

void ServerReport::Declare(const std::string& method) {
    series_.emplace(method, CodeSeries(observer_.metrics, "grpc_server", {{"method", method}}));
}

void ServerReport::Handled(const Ended& call,
                           const base::Result<>& result,
                           grpc::StatusCode code) const {
    const auto time = call.watch.Elapsed();
    series_.at(call.method).Add(code, time);
    auto span = MakeSpan(call.method, call.context.request.trace, call.watch, code);
    span.kind = observe::SpanKind::kServer;
    span.parent = call.parent;
    span.fields.emplace_back(Key::kCaller, call.context.caller);
    observer_.tracer.Record(std::move(span));

    const auto level = result ? observe::Level::kDebug : LevelOf(result.error().kind);
    if (!observe::IsLogged(level)) {
        return;
    }
    if (result) {
        observe::Log(level,
                     "call handled",
                     {{Key::kMethod, call.method},
                      {Key::kCaller, call.context.caller},
                      {Key::kDurationMs, time}},
                     &call.context.request);
        return;
    }
    observe::Log(level,
                 "call failed",
                 {{Key::kMethod, call.method},
                  {Key::kCaller, call.context.caller},
                  {Key::kDurationMs, time},
                  {Key::kStatus, CodeName(code)},
                  {Key::kErrorCode, result.error().reason},
                  {Key::kErrorDetail, result.error().detail}},
                 &call.context.request);
}

void ServerReport::Exception(const std::string& method,
                             const Context& context,
                             const char* what) const {
    observe::Error(
        context.request, "handler threw", {{Key::kMethod, method}, {Key::kErrorDetail, what}});
}

ClientReport::ClientReport(Observer observer, std::string peer)
    : observer_(observer),
      peer_(std::move(peer)),
      series_(observer.metrics, "grpc_client", {{"peer", peer_}}) {}

void ClientReport::Handled(const Ended& call, const grpc::Status& status) const {
    series_.Add(status.error_code(), call.watch.Elapsed());
    auto span = MakeSpan(call.method, call.trace, call.watch, status.error_code());
    span.kind = observe::SpanKind::kClient;
    if (call.context.request.trace.IsValid()) {
        span.parent = call.context.request.trace.span_id;
    }
    observer_.tracer.Record(std::move(span));
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
        // The transport's text names addresses: for the operator, not for the caller.
        observe::Warn(call.context.request,
                      "peer not available",
                      {{Key::kName, peer_},
                       {Key::kMethod, call.method},
                       {Key::kErrorDetail, status.error_message()}});
    }
}

}  // namespace rpc
