#include "rpc/channel.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>
#include <thread>
#include <utility>

#include "rpc/server.h"
#include "rpc/tls.h"

namespace rpc {
namespace {

constexpr int kKeepaliveMs = 30'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kReconnectMinMs = 100;
// A restarted daemon is used again within a second: gRPC waits up to a fifth longer than this.
constexpr int kReconnectMaxMs = 500;
// gRPC's "minimum back-off" is the time that an attempt gets until it counts as failed.
constexpr int kConnectTimeoutMs = 2'000;
constexpr int kLookupIntervalMinMs = 2'000;

grpc::ChannelArguments Arguments() {
    grpc::ChannelArguments arguments;
    arguments.SetLoadBalancingPolicyName("round_robin");
    arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
    arguments.SetMaxSendMessageSize(kMessageBytesMax);
    arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytesMax);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMinMs);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
    arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, kLookupIntervalMinMs);
    // No retry policy: gRPC repeats a call only where it never left this process. Whether anything
    // else may be repeated is the caller's knowledge. No configuration from DNS TXT records either.
    arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
    // Never through a proxy of the environment: daemons talk to each other directly.
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return arguments;
}

}  // namespace

base::Result<std::shared_ptr<const Peer>> Peer::Make(PeerOptions options, Observer observer) {
    BASE_ASSIGN_OR_RETURN(const auto credentials, ClientTls(options.mtls_dir, options.service));
    const bool named =
        !options.address.starts_with("unix:") && !options.address.starts_with("ipv4:");
    const std::string target = (named ? "dns:///" : "") + options.address;
    auto channel = grpc::CreateCustomChannel(target, credentials, Arguments());
    return std::shared_ptr<const Peer>(
        new Peer(std::move(options.service), std::move(channel), observer));
}

Peer::Peer(std::string service, std::shared_ptr<grpc::Channel> channel, Observer observer)
    : service_(std::move(service)), channel_(std::move(channel)), report_(observer, service_) {}

base::Result<> Peer::WaitConnected(std::chrono::milliseconds time) const {
    if (channel_->WaitForConnected(std::chrono::system_clock::now() + time)) {
        return {};
    }
    return base::Unavailable("service_unavailable", service_ + " does not answer");
}

bool Peer::WaitIdle(std::chrono::milliseconds time) const {
    constexpr std::chrono::milliseconds kInterval{1};
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (calls_ != 0 && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(kInterval);
    }
    return calls_ == 0;
}

}  // namespace rpc
