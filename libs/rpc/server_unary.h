// One unary call on the server: admitted on a thread of gRPC, run on the pool. Used by service.h.
#pragma once

#include <functional>
#include <grpcpp/support/server_callback.h>
#include <utility>

#include "base/result.h"
#include "rpc/dispatcher.h"
#include "rpc/wipe.h"

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
        const base::Result<> admitted = call_.Admit();
        base::Result<> accepted = admitted;
        if (admitted) {
            accepted = call_.dispatcher().Post([this] { Run(); });
        } else if (call_.dispatcher().auditor()) {
            accepted = call_.dispatcher().Post([this, admitted] { Refuse(admitted); });
        }
        if (!accepted) {
            Finish(call_.End(accepted));
        }
    }

private:
    void Refuse(const base::Result<>& refusal) {
        call_.dispatcher().auditor()(call_.method(), call_.context(), refusal.error());
        Finish(call_.End(refusal));
    }

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

    void OnDone() override {
        WipeIfSecret(request_);
        WipeIfSecret(response_);
        delete this;
    }

    ServerCall call_;
    const UnaryHandler<Request, Response>& handler_;
    const Request& request_;
    Response& response_;
};

}  // namespace rpc
