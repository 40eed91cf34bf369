// Calls to other daemons from code that may block (handlers on the pool). Coroutines use await.h.
//
//     const rpc::Client<WalletService> wallets(peer);
//     auto answer = wallets.Call(&WalletService::Stub::GetWallet, request, context.Within(2s));
//
// Trace, request id, user context, deadline and cancellation of `context` are passed on.
#pragma once

#include <functional>
#include <grpcpp/client_context.h>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "base/result.h"
#include "rpc/channel.h"
#include "rpc/context.h"
#include "rpc/report.h"

namespace rpc {

// One outgoing call, from its metadata to its report. Lives until gRPC is done with the call.
class ClientCall {
public:
    enum class Lifetime { kBounded, kStream };  // a stream has no deadline of its own

    ClientCall(std::shared_ptr<const Peer> peer,
               std::string method,
               Context context,
               Lifetime lifetime = Lifetime::kBounded);
    ClientCall(const ClientCall&) = delete;
    ClientCall& operator=(const ClientCall&) = delete;
    ~ClientCall();

    [[nodiscard]] grpc::ClientContext* grpc_context() { return &client_; }

    void Cancel() { client_.TryCancel(); }

    // Reports the call as ended. Errors: what the peer answered, or of ToError() for the transport.
    [[nodiscard]] base::Result<> End(const grpc::Status& status);

private:
    const std::shared_ptr<const Peer> peer_;
    const std::string method_;
    const Context context_;
    const observe::TraceContext trace_;
    const Stopwatch watch_;
    grpc::ClientContext client_;
    std::optional<std::stop_callback<std::function<void()>>> on_cancel_;
};

// "platform.chain.v1.Transfer" of platform.chain.v1.TransferRequest: each RPC has its own request.
[[nodiscard]] std::string MethodOfRequest(const std::string& request_name);

template <class Generated>
class Client {
public:
    explicit Client(std::shared_ptr<const Peer> peer)
        : peer_(std::move(peer)), stub_(Generated::NewStub(peer_->channel())) {}

    // Blocks until the answer, the deadline or the cancellation, kCallSecondsMax at the longest.
    template <class Stub, class Request, class Response>
    [[nodiscard]] base::Result<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                           const Request&,
                                                                           Response*),
                                              const Request& request,
                                              const Context& context) const {
        ClientCall call(peer_, MethodOfRequest(Request::descriptor()->full_name()), context);
        Response response;
        BASE_RETURN_IF_ERROR(
            call.End((stub_.get()->*method)(call.grpc_context(), request, &response)));
        return response;
    }

    [[nodiscard]] const std::shared_ptr<const Peer>& peer() const { return peer_; }

    [[nodiscard]] typename Generated::Stub& stub() const { return *stub_; }

private:
    std::shared_ptr<const Peer> peer_;
    std::unique_ptr<typename Generated::Stub> stub_;
};

}  // namespace rpc
