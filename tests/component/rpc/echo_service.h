// The service that the component tests call, and a server around it.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "observe/metrics.h"
#include "observe/tracer.h"
#include "platform/test/v1/echo_service.grpc.pb.h"
#include "rpc/call.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "rpc/service.h"
#include "support/temp_dir.h"

namespace rpc_test {

using platform::test::v1::EchoRequest;
using platform::test::v1::EchoResponse;
using platform::test::v1::RelayRequest;
using platform::test::v1::RelayResponse;
using platform::test::v1::WatchRequest;
using platform::test::v1::WatchResponse;
using Generated = platform::test::v1::EchoService;
using Stub = Generated::Stub;

// Metrics and spans of one server or client.
class Telemetry {
public:
    Telemetry() : tracer_({.service = "test"}, metrics_) {}

    [[nodiscard]] rpc::Observer observer() { return {metrics_, tracer_}; }

    [[nodiscard]] std::string Metrics() const { return metrics_.Serialize(); }

private:
    observe::Metrics metrics_;
    observe::Tracer tracer_;
};

class EchoService final : public rpc::Service<Generated> {
public:
    explicit EchoService(std::shared_ptr<const rpc::Peer> next = nullptr);

    base::Result<EchoResponse> Echo(const EchoRequest& request, const rpc::Context& context);
    base::Result<RelayResponse> Relay(const RelayRequest& request, const rpc::Context& context);
    base::Result<> Watch(const WatchRequest& request,
                         rpc::Sink<WatchResponse> sink,
                         const rpc::Context& context);

    // Echo handlers that wait at this moment, and those whose wait ended early.
    std::atomic<int> waiting{0};
    std::atomic<int> cancelled{0};

    // Streams without a `count`, and how many of them were told that they ended.
    [[nodiscard]] std::vector<rpc::Sink<WatchResponse>> TakeSinks();
    [[nodiscard]] std::size_t sinks() const;
    std::atomic<int> streams_cancelled{0};

private:
    using StopCallback = std::stop_callback<std::function<void()>>;

    std::optional<rpc::Client<Generated>> next_;
    mutable std::mutex mutex_;
    std::vector<rpc::Sink<WatchResponse>> sinks_;
    std::vector<std::unique_ptr<StopCallback>> on_cancel_;
};

// Allows `caller` everything.
[[nodiscard]] std::vector<rpc::AccessRule> AllowAll(const std::string& caller);

struct TestServerOptions {
    std::string identity = "price-service";
    std::vector<rpc::AccessRule> access = AllowAll("api-gateway");
    rpc::PoolLimits pool = {"test", 4, 64};
    std::size_t streams_max = 1'000;
    std::optional<rpc::UserContextVerifier> users = {};
    std::shared_ptr<const rpc::Peer> next = {};
    bool reflection = false;
    std::filesystem::path certs = {};  // empty: support::DevCerts()
    std::string address = {};          // empty: a socket of its own
};

// A started server on a unix socket.
class TestServer {
public:
    explicit TestServer(TestServerOptions options = {});
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;
    // Waits for the calls of its connections: they report to it.
    ~TestServer();

    [[nodiscard]] EchoService& service() { return service_; }

    [[nodiscard]] rpc::Server& server() { return server_; }

    [[nodiscard]] const std::string& address() const { return address_; }

    [[nodiscard]] std::string Metrics() const { return telemetry_.Metrics(); }

    // A connection to it as `caller`.
    [[nodiscard]] std::shared_ptr<const rpc::Peer> Connect(
        const std::string& caller = "api-gateway");

private:
    support::TempDir directory_;
    const std::string identity_;
    const std::string address_;
    Telemetry telemetry_;
    EchoService service_;
    rpc::Server server_;
    std::vector<std::shared_ptr<const rpc::Peer>> peers_;
};

}  // namespace rpc_test
