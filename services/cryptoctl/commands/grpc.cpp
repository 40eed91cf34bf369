#include <array>
#include <chrono>
#include <filesystem>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>

#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "rpc/channel.h"
#include "rpc/status.h"
#include "rpc/tls.h"

namespace cryptoctl {

namespace {

namespace pb = google::protobuf;

constexpr std::chrono::seconds kCallDeadline{30};

struct GrpcOptions {
    std::string address;
    std::string peer;
    std::string method;
    std::string body = "{}";
};

// Every service of our protos, from the descriptors that are linked in.
std::vector<const pb::ServiceDescriptor*> LinkedServices() {
    const std::array<const pb::FileDescriptor*, 2> files{
        platform::chain::v1::TransferRequest::descriptor()->file(),
        platform::wallet::v1::Wallet::descriptor()->file()};
    std::vector<const pb::ServiceDescriptor*> services;
    for (const pb::FileDescriptor* file : files) {
        for (int index = 0; index < file->service_count(); ++index) {
            services.push_back(file->service(index));
        }
    }
    return services;
}

int List(Context& context) {
    Json report = Json::object();
    for (const pb::ServiceDescriptor* service : LinkedServices()) {
        Json methods = Json::array();
        for (int index = 0; index < service->method_count(); ++index) {
            methods.push_back(service->method(index)->name());
        }
        report[service->full_name()] = std::move(methods);
    }
    if (context.json) {
        context.Print(report.dump(2));
        return kDone;
    }
    for (const auto& [service, methods] : report.items()) {
        for (const Json& method : methods) {
            context.Print(service + "/" + method.get<std::string>());
        }
    }
    return kDone;
}

// "platform.chain.v1.ChainService/GetFees"
base::Result<const pb::MethodDescriptor*> FindMethod(const std::string& name) {
    for (const pb::ServiceDescriptor* service : LinkedServices()) {
        for (int index = 0; index < service->method_count(); ++index) {
            const pb::MethodDescriptor* method = service->method(index);
            if (service->full_name() + "/" + method->name() == name &&
                !method->server_streaming()) {
                return method;
            }
        }
    }
    return base::NotFound("unknown_method",
                          "there is no unary method " + name + "; see cryptoctl grpc list");
}

grpc::ByteBuffer Pack(const pb::Message& message) {
    const grpc::Slice slice(message.SerializeAsString());
    return grpc::ByteBuffer(&slice, 1);
}

base::Result<std::string> Unpack(const grpc::ByteBuffer& buffer) {
    std::vector<grpc::Slice> slices;
    if (!buffer.Dump(&slices).ok()) {
        return base::Internal("the answer cannot be read");
    }
    std::string bytes;
    for (const grpc::Slice& slice : slices) {
        bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    return bytes;
}

base::Result<grpc::ByteBuffer> Exchange(const GrpcOptions& options,
                                        const grpc::ByteBuffer& request) {
    const char* directory = std::getenv("MTLS_DIR");
    if (directory == nullptr) {
        return base::FailedPrecondition(
                   "tls_files", "MTLS_DIR is not set: the folder of this program's identity")
            .Remedy("MTLS_DIR=var/certs/cryptoctl");
    }
    BASE_ASSIGN_OR_RETURN(const auto credentials, rpc::ClientTls(directory, options.peer));
    grpc::GenericStub stub(grpc::CreateChannel(options.address, credentials));
    grpc::ClientContext call;
    call.set_deadline(std::chrono::system_clock::now() + kCallDeadline);
    grpc::CompletionQueue queue;
    const auto rpc = stub.PrepareUnaryCall(&call, "/" + options.method, request, &queue);
    rpc->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    rpc->Finish(&answer, &status, &answer);
    void* tag = nullptr;
    bool done = false;
    queue.Next(&tag, &done);
    if (!status.ok()) {
        return rpc::ToError(status, options.peer);
    }
    return answer;
}

base::Result<std::string> Call(const GrpcOptions& options) {
    BASE_ASSIGN_OR_RETURN(const pb::MethodDescriptor* const method, FindMethod(options.method));
    auto* const factory = pb::MessageFactory::generated_factory();
    const std::unique_ptr<pb::Message> request(factory->GetPrototype(method->input_type())->New());
    const auto parsed = pb::util::JsonStringToMessage(options.body, request.get());
    if (!parsed.ok()) {
        return base::InvalidArgument("bad_json", parsed.ToString());
    }
    BASE_ASSIGN_OR_RETURN(const auto answer, Exchange(options, Pack(*request)));
    BASE_ASSIGN_OR_RETURN(const std::string bytes, Unpack(answer));
    const std::unique_ptr<pb::Message> response(
        factory->GetPrototype(method->output_type())->New());
    if (!response->ParseFromString(bytes)) {
        return base::Internal("the answer does not parse");
    }
    std::string text;
    pb::util::JsonPrintOptions print;
    print.add_whitespace = true;
    print.always_print_primitive_fields = true;
    print.preserve_proto_field_names = true;
    if (!pb::util::MessageToJsonString(*response, &text, print).ok()) {
        return base::Internal("the answer cannot be printed");
    }
    return text;
}

}  // namespace

void AddGrpcCommands(CLI::App& app, Context& context) {
    static GrpcOptions options;
    auto* grpc = app.add_subcommand("grpc", "Talk to a daemon directly, over mutual TLS");
    grpc->require_subcommand(1);
    grpc->add_subcommand("list", "Every method of the platform")->callback([&context] {
        context.action = [&context] { return List(context); };
    });
    auto* call = grpc->add_subcommand("call", "Call one method; the body is JSON");
    call->add_option("peer", options.peer, "The daemon's name: ethereum-service")->required();
    call->add_option("address", options.address, "host:port or unix:/path")->required();
    call->add_option("method", options.method, "package.Service/Method")->required();
    call->add_option("body", options.body)->capture_default_str();
    call->callback([&context] {
        context.action = [&context] {
            const auto answer = Call(options);
            if (!answer) {
                return context.Complain(answer.error());
            }
            context.Print(*answer);
            return static_cast<int>(kDone);
        };
    });
}

}  // namespace cryptoctl
