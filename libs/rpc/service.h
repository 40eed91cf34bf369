// How a daemon writes a gRPC service: plain functions, one line of registration a method.
//
//     class EchoService final : public rpc::Service<test::v1::EchoService> {
//     public:
//         EchoService() {
//             Unary("Echo", &EchoService::Echo);
//             Stream("Watch", &EchoService::Watch);
//         }
//         base::Result<EchoResponse> Echo(const EchoRequest& request, const rpc::Context& context);
//         base::Result<> Watch(const WatchRequest& request, rpc::Sink<WatchResponse> sink,
//                              const rpc::Context& context);
//     };
//
// Handlers run on the server's pool and may block. The server refuses to start while a method of
// the proto has no handler, a handler has other types than the proto, or the access table has no
// rule for a method.
#pragma once

#include <deque>
#include <functional>
#include <google/protobuf/descriptor.h>
#include <grpcpp/impl/codegen/rpc_service_method.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/codegen/service_type.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "rpc/context.h"
#include "rpc/dispatcher.h"
#include "rpc/server_stream.h"
#include "rpc/server_unary.h"

namespace rpc {

class ServiceBase : public grpc::Service {
public:
    // What is wrong with the registration, one sentence each; empty when the service is complete.
    [[nodiscard]] std::vector<std::string> Problems(const AccessTable& access) const;

    // Called once by the server, before it starts. The dispatcher outlives all calls.
    void Bind(Dispatcher& dispatcher);

protected:
    explicit ServiceBase(std::string full_name) : full_name_(std::move(full_name)) {}

    struct MethodTypes {
        const google::protobuf::Descriptor* request = nullptr;
        const google::protobuf::Descriptor* response = nullptr;
        bool server_streaming = false;
    };

    // The path of the method, valid as long as the service.
    const std::string& AddMethodNamed(const std::string& name, const MethodTypes& types);
    void SetHandler(grpc::internal::MethodHandler* handler);

    [[nodiscard]] Dispatcher& dispatcher() const { return *dispatcher_; }

private:
    const std::string full_name_;
    std::deque<std::string> paths_;
    std::vector<std::string> problems_;
    Dispatcher* dispatcher_ = nullptr;
};

template <class Generated>
class Service : public ServiceBase {
protected:
    Service() : ServiceBase(Generated::service_full_name()) {}

    template <class Self, class Request, class Response>
    void Unary(const std::string& name,
               base::Result<Response> (Self::*method)(const Request&, const Context&)) {
        const auto& path =
            AddMethodNamed(name, {Request::descriptor(), Response::descriptor(), false});
        UnaryHandler<Request, Response> handler = [self = static_cast<Self*>(this), method](
                                                      const Request& request,
                                                      const Context& context) {
            return (self->*method)(request, context);
        };
        SetHandler(new grpc::internal::CallbackUnaryHandler<Request, Response>(
            [this, &path, handler = std::move(handler)](
                grpc::CallbackServerContext* server, const Request* request, Response* response) {
                auto* call = new UnaryCall<Request, Response>(
                    ServerCall(dispatcher(), path, *server), handler, *request, *response);
                call->Start();
                return call;
            }));
    }

    template <class Self, class Request, class Response>
    void Stream(const std::string& name,
                base::Result<> (Self::*method)(const Request&, Sink<Response>, const Context&)) {
        const auto& path =
            AddMethodNamed(name, {Request::descriptor(), Response::descriptor(), true});
        StreamHandler<Request, Response> handler =
            [self = static_cast<Self*>(this), method](
                const Request& request, Sink<Response> sink, const Context& context) {
                return (self->*method)(request, std::move(sink), context);
            };
        SetHandler(new grpc::internal::CallbackServerStreamingHandler<Request, Response>(
            [this, &path, handler = std::move(handler)](grpc::CallbackServerContext* server,
                                                        const Request* request) {
                return OpenStream<Request, Response>(
                    ServerCall(dispatcher(), path, *server), handler, *request);
            }));
    }
};

}  // namespace rpc
