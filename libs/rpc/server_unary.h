// One unary call on the server: admitted on a thread of gRPC, run on the pool. Used by service.h.
#pragma once

#include <functional>
#include <grpcpp/support/server_callback.h>
#include <utility>

#include "base/result.h"
#include "rpc/dispatcher.h"

namespace rpc {

template <class Request, class Response>
using UnaryHandler = std::function<base::Result<Response>(const Request&, const Context&)>;

// Deletes itself when gRPC is done with it. Handler, request and response outlive it.
template <class Request, class Response>
class UnaryCall final : public grpc::ServerUnaryReactor {
public:
    UnaryCall(ServerCall call,
              const UnaryHandler<Request, Response>& handler,
              const Request& request,
              Response& response)
        : call_(std::move(call)), handler_(handler), request_(request), response_(response) {}

    void Start() {
        call_.BoundDeadline();
        base::Result<> accepted = call_.Admit();
        if (accepted) {
            accepted = call_.dispatcher().Post([this] { Run(); });
        }
        if (!accepted) {
            Finish(call_.End(accepted));
        }
    }

private:
    void Run() {
        base::Result<> done = call_.StillWanted();
        if (done) {
            auto result = call_.Guard([this] { return handler_(request_, call_.context()); });
            if (result) {
                response_ = std::move(*result);
            } else {
                done = result.error();
            }
        }
        Finish(call_.End(done));
    }

    void OnCancel() override { call_.Cancel(); }

    void OnDone() override { delete this; }

    ServerCall call_;
    const UnaryHandler<Request, Response>& handler_;
    const Request& request_;
    Response& response_;
};

}  // namespace rpc
