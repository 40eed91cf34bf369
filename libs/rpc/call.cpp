#include "rpc/call.h"

#include <algorithm>
#include <chrono>
#include <string_view>

#include "observe/trace.h"
#include "rpc/status.h"

namespace rpc {
namespace {

observe::TraceContext SpanOf(const observe::TraceContext& parent) {
    return parent.IsValid() ? parent.Child() : observe::TraceContext::NewRoot();
}

}  // namespace

ClientCall::ClientCall(std::shared_ptr<const Peer> peer,
                       std::string method,
                       Context context,
                       Lifetime lifetime)
    : peer_(std::move(peer)),
      method_(std::move(method)),
      context_(std::move(context)),
      trace_(SpanOf(context_.request.trace)) {
    ++peer_->calls_;
    const auto latest = std::chrono::system_clock::now() + kCallSecondsMax;
    client_.set_deadline(lifetime == Lifetime::kBounded ? std::min(context_.deadline, latest)
                                                        : context_.deadline);
    client_.AddMetadata(kTraceparentKey, observe::FormatTraceparent(trace_));
    if (!context_.request.request_id.empty()) {
        client_.AddMetadata(kRequestIdKey, context_.request.request_id);
    }
    if (!context_.user_token.empty()) {
        client_.AddMetadata(kUserContextKey, context_.user_token);
    }
    on_cancel_.emplace(context_.cancellation, [this] { client_.TryCancel(); });
}

ClientCall::~ClientCall() {
    --peer_->calls_;
}

base::Result<> ClientCall::End(const grpc::Status& status) {
    on_cancel_.reset();
    peer_->report().Handled({method_, context_, trace_, watch_}, status);
    if (!status.ok()) {
        return ToError(status, peer_->service());
    }
    return {};
}

std::string MethodOfRequest(const std::string& request_name) {
    constexpr std::string_view kSuffix = "Request";
    return request_name.ends_with(kSuffix)
               ? request_name.substr(0, request_name.size() - kSuffix.size())
               : request_name;
}

}  // namespace rpc
