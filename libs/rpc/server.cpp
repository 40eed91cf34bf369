#include "rpc/server.h"

#include <grpc/grpc.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/server_builder.h>
#include <utility>

#include "rpc/tls.h"

namespace rpc {
namespace {

constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
// A client may ping this often even while it has no call open.
constexpr int kPingIntervalMinMs = 10'000;
constexpr int kConcurrentStreamsMax = 1024;
// Clients look names up again when a connection ends, and so find new replicas.
constexpr int kConnectionAgeMs = 30 * 1000;
// gRPC grows its pool with load; blocking work runs on our own pool.
constexpr int kPollersMax = 2;

void SetArguments(grpc::ServerBuilder& builder) {
    builder.SetMaxReceiveMessageSize(kMessageBytesMax);
    builder.SetMaxSendMessageSize(kMessageBytesMax);
    builder.SetSyncServerOption(grpc::ServerBuilder::SyncServerOption::MAX_POLLERS, kPollersMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kConcurrentStreamsMax);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                               kPingIntervalMinMs);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class WithoutReflection final : public grpc::ServerBuilderOption {
public:
    void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}

    void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
        std::erase_if(*plugins, [](const auto& plugin) {
            const auto* found =
                dynamic_cast<const grpc::reflection::ProtoServerReflectionPlugin*>(plugin.get());
            return found != nullptr;
        });
    }
};

base::Error BadService(const std::vector<std::string>& problems) {
    std::string text;
    for (const auto& problem : problems) {
        text += (text.empty() ? "" : "; ") + problem;
    }
    return base::Internal(std::move(text)).With("reason", "bad_service");
}

}  // namespace

Server::Server(ServerOptions options, Observer observer)
    : options_(std::move(options)), dispatcher_(std::move(options_.dispatcher), observer) {}

Server::~Server() {
    if (server_) {
        Drain({});
    }
}

void Server::Add(ServiceBase& service) {
    service.Bind(dispatcher_);
    services_.push_back(&service);
}

base::Result<> Server::Start() {
    std::vector<std::string> problems;
    for (const ServiceBase* service : services_) {
        const auto found = service->Problems(dispatcher_.access());
        problems.insert(problems.end(), found.begin(), found.end());
    }
    if (!problems.empty()) {
        return BadService(problems);
    }
    BASE_ASSIGN_OR_RETURN(const auto credentials, ServerTls(options_.mtls_dir));
    grpc::EnableDefaultHealthCheckService(true);
    // Called also where it is off: the library registers itself wherever it is linked, and is
    // linked only where something calls it.
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    SetArguments(builder);
    if (!options_.reflection) {
        builder.SetOption(std::make_unique<WithoutReflection>());
    }
    builder.AddListeningPort(options_.address, credentials, &port_);
    for (ServiceBase* service : services_) {
        builder.RegisterService(service);
    }
    server_ = builder.BuildAndStart();
    const bool unix_socket = options_.address.starts_with("unix:");
    if (!server_ || (port_ == 0 && !unix_socket)) {
        server_.reset();
        return base::FailedPrecondition("address_in_use",
                                        "cannot listen for gRPC on " + options_.address)
            .Remedy("stop what holds the address, or set another one");
    }
    if (unix_socket) {
        port_ = 0;
    }
    SetServing(false);
    return {};
}

void Server::SetServing(bool serving) {
    server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Drain(std::chrono::milliseconds time) {
    SetServing(false);
    dispatcher_.CloseStreams();
    server_->Shutdown(std::chrono::system_clock::now() + time);
    server_->Wait();
    dispatcher_.AwaitClosed();
    server_.reset();
}

}  // namespace rpc
