// A daemon as the platform's are, whose dependency is a file: it is there while the file is.
#include <array>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <thread>

#include "config/variable.h"
#include "platform/test/v1/echo_service.grpc.pb.h"
#include "rpc/service.h"
#include "runtime/program.h"

namespace {

using config::Type;
using config::Variable;
using platform::test::v1::EchoRequest;
using platform::test::v1::EchoResponse;
using platform::test::v1::RelayRequest;
using platform::test::v1::RelayResponse;
using platform::test::v1::WatchRequest;
using platform::test::v1::WatchResponse;

constexpr const char* kService = "/platform.test.v1.EchoService/";

constexpr std::array kVariables{
    Variable{.name = "CHAIN_NETWORK",
             .type = Type::kChoice,
             .standard = "devnet",
             .services = "all",
             .accepts = "devnet,testnet,mainnet"},
    Variable{.name = "LOG_LEVEL",
             .type = Type::kChoice,
             .standard = "info",
             .services = "all",
             .accepts = "error,warn,info,debug,trace"},
    Variable{.name = "LOG_FORMAT",
             .type = Type::kChoice,
             .standard = "json",
             .services = "all",
             .accepts = "json,pretty"},
    Variable{.name = "BIND_HOST", .standard = "127.0.0.1", .services = "all"},
    Variable{.name = "MTLS_DIR", .type = Type::kPath, .services = "all"},
    Variable{
        .name = "METRICS_ALLOW", .type = Type::kList, .standard = "127.0.0.0/8", .services = "all"},
    Variable{.name = "OTEL_EXPORTER_OTLP_ENDPOINT",
             .type = Type::kUrl,
             .services = "all",
             .accepts = "http"},
    Variable{
        .name = "GRPC_REFLECTION", .type = Type::kFlag, .standard = "false", .services = "all"},
    Variable{.name = "CONTEXT_VERIFY_KEY", .services = "all"},
    Variable{.name = "TEST_DAEMON_HTTP_PORT",
             .type = Type::kInteger,
             .need = config::Need::kRequired,
             .services = "test-daemon",
             .max = 65535},
    Variable{.name = "TEST_DAEMON_GRPC_LISTEN", .type = Type::kAddress, .services = "test-daemon"},
    Variable{.name = "DEPENDENCY_FILE",
             .type = Type::kPath,
             .need = config::Need::kRequired,
             .services = "test-daemon"},
    Variable{.name = "OPTIONAL_FILE", .type = Type::kPath, .services = "test-daemon"},
    Variable{.name = "WORKER", .services = "test-daemon"},
};

struct Config {
    std::string dependency;
    std::string optional;
    std::string worker;
};

class EchoService final : public rpc::Service<platform::test::v1::EchoService> {
public:
    EchoService() {
        Unary("Echo", &EchoService::Echo);
        Unary("Relay", &EchoService::Relay);
        Stream("Watch", &EchoService::Watch);
    }

    base::Result<EchoResponse> Echo(const EchoRequest& request, const rpc::Context& context) {
        (void)context.WaitFor(std::chrono::milliseconds(request.wait_ms()));
        EchoResponse response;
        response.set_text(request.text());
        return response;
    }

    base::Result<RelayResponse> Relay(const RelayRequest& /*request*/,
                                      const rpc::Context& /*context*/) {
        return RelayResponse();
    }

    base::Result<> Watch(const WatchRequest& /*request*/,
                         rpc::Sink<WatchResponse> /*sink*/,
                         const rpc::Context& /*context*/) {
        return {};
    }
};

base::Result<Config> ReadConfig(config::Reader& reader) {
    Config config;
    config.dependency = reader.Text("DEPENDENCY_FILE");
    config.optional = reader.Text("OPTIONAL_FILE");
    config.worker = reader.Text("WORKER");
    BASE_RETURN_IF_ERROR(reader.Finish());
    return config;
}

base::Result<> CheckFile(const std::string& file) {
    if (std::filesystem::exists(file)) {
        return {};
    }
    return base::Unavailable("file_missing", "the file is not there").Remedy("touch the file");
}

base::Result<> BeforeThreads(Config& config) {
    const auto threads = std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                                       std::filesystem::directory_iterator());
    if (config.worker == "refuse") {
        return base::Internal("refused with " + std::to_string(threads) + " thread");
    }
    return {};
}

base::Result<> Assemble(Config& config, runtime::Daemon& daemon) {
    auto& service = daemon.Own<EchoService>();
    daemon.Serve(service,
                 {{std::string(kService) + "Echo", {"api-gateway"}, ""},
                  {std::string(kService) + "Relay", {"api-gateway"}, ""},
                  {std::string(kService) + "Watch", {"api-gateway"}, ""}});
    daemon.AddCheck({.name = "file",
                     .probe = [&config] { return CheckFile(config.dependency); },
                     .interval = std::chrono::milliseconds(20)});
    if (!config.optional.empty()) {
        daemon.AddCheck({.name = "extra",
                         .probe = [&config] { return CheckFile(config.optional); },
                         .need = runtime::Need::kOptional,
                         .interval = std::chrono::milliseconds(20)});
    }
    if (config.worker == "throws") {
        daemon.AddWorker("thrower",
                         [](const std::stop_token&) { throw std::runtime_error("tired"); });
    }
    if (config.worker == "waits") {
        daemon.AddWorker("waiter", [](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(5));
            }
        });
    }
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    runtime::Program<Config> program;
    program.service = "test-daemon";
    program.table = kVariables;
    program.read = ReadConfig;
    program.before_threads = BeforeThreads;
    program.assemble = Assemble;
    return runtime::Main(argc, argv, program);
}
