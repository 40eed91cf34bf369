// A connection to another daemon: mutual TLS with its identity checked, every replica of its name
// in turn, keepalive. One a service and process; thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <grpcpp/channel.h>
#include <memory>
#include <string>

#include "base/result.h"
#include "rpc/report.h"

namespace rpc {

struct PeerOptions {
    std::string service;  // whose identity the server must have: "wallet-manager"
    // "host:port" (all addresses of the name take turns), "ipv4:10.0.0.1:port,10.0.0.2:port" (these
    // do) or "unix:/path"
    std::string address;
    std::filesystem::path mtls_dir;
};

class Peer {
public:
    // Connects in the background and for ever: a peer that is down is no error here. Errors:
    // `tls_files`.
    [[nodiscard]] static base::Result<std::shared_ptr<const Peer>> Make(PeerOptions options,
                                                                        Observer observer);

    [[nodiscard]] const std::string& service() const { return service_; }

    [[nodiscard]] const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

    [[nodiscard]] const ClientReport& report() const { return report_; }

    // Waits until a connection with the right identity stands. Errors: `service_unavailable`.
    [[nodiscard]] base::Result<> WaitConnected(std::chrono::milliseconds time) const;

    // Waits until none of its calls is under way, `time` at the longest; false: one still is. What
    // the observer refers to outlives them: a stream that was left is cancelled, and ends a moment
    // later on a thread of gRPC.
    [[nodiscard]] bool WaitIdle(std::chrono::milliseconds time) const;

private:
    friend class ClientCall;  // counts itself

    Peer(std::string service, std::shared_ptr<grpc::Channel> channel, Observer observer);

    const std::string service_;
    const std::shared_ptr<grpc::Channel> channel_;
    const ClientReport report_;
    mutable std::atomic<int> calls_{0};  // under way
};

}  // namespace rpc
