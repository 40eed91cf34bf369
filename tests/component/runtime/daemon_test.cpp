// A daemon from its first argument to its last exit code.
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "net/http_server.h"
#include "net/io_threads.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "platform/test/v1/echo_service.grpc.pb.h"
#include "rpc/call.h"
#include "runtime/version.h"
#include "support/dev_certs.h"
#include "support/files.h"
#include "support/free_port.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace {

using platform::test::v1::EchoRequest;
using Generated = platform::test::v1::EchoService;
using std::chrono::milliseconds;

constexpr milliseconds kPatience(20'000);

struct Answer {
    int status = 0;
    std::string body;
};

// One GET on a connection of its own; status 0 where nobody answers.
Answer Get(std::uint16_t port, const std::string& path) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string text;
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        const std::string request =
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        (void)send(descriptor, request.data(), request.size(), MSG_NOSIGNAL);
        char buffer[4096];
        for (ssize_t got = 0; (got = recv(descriptor, buffer, sizeof buffer, 0)) > 0;) {
            text.append(buffer, static_cast<std::size_t>(got));
        }
    }
    close(descriptor);
    if (text.size() < 12) {
        return {};
    }
    return {std::stoi(text.substr(9, 3)), text.substr(text.find("\r\n\r\n") + 4)};
}

class RunningDaemon : public testing::Test {
protected:
    RunningDaemon() {
        Touch(dependency());
        environment_ = {{"MTLS_DIR", support::DevCerts() / "price-service"},
                        {"TEST_DAEMON_HTTP_PORT", std::to_string(port_)},
                        {"TEST_DAEMON_GRPC_LISTEN", grpc_},
                        {"DEPENDENCY_FILE", dependency()}};
    }

    static void Touch(const std::filesystem::path& file) { std::ofstream(file) << "x"; }

    [[nodiscard]] std::filesystem::path dependency() const { return home_.path() / "dependency"; }

    [[nodiscard]] std::filesystem::path extra() const { return home_.path() / "extra"; }

    support::Process& Start() {
        process_.emplace(support::ProcessOptions{
            .command = {TEST_DAEMON}, .environment = environment_, .output = home_.path() / "log"});
        return *process_;
    }

    // Starts and waits until it is ready.
    support::Process& StartReady() {
        Start();
        EXPECT_TRUE(WaitForStatus("/health/ready", 200)) << process_->Output();
        return *process_;
    }

    [[nodiscard]] bool WaitForStatus(const std::string& path, int status) const {
        return support::WaitUntil([&] { return Get(port_, path).status == status; }, kPatience);
    }

    [[nodiscard]] nlohmann::json Health() const {
        return nlohmann::json::parse(Get(port_, "/health").body);
    }

    [[nodiscard]] support::CommandResult RunWith(const std::string& argument) const {
        return support::RunCommand({TEST_DAEMON, argument}, environment_);
    }

    [[nodiscard]] std::shared_ptr<const rpc::Peer> Connect() {
        return rpc::Peer::Make({"price-service", grpc_, support::DevCerts() / "api-gateway"},
                               {metrics_, tracer_})
            .value();
    }

    support::TempDir home_;
    const std::uint16_t port_ = support::FreePort();
    const std::string grpc_ = "unix:" + (home_.path() / "grpc").string();
    std::map<std::string, std::string> environment_;
    std::optional<support::Process> process_;
    observe::Metrics metrics_;
    observe::Tracer tracer_{{.service = "test"}, metrics_};
};

TEST_F(RunningDaemon, SaysItsVersion) {
    const auto said = RunWith("--version");

    EXPECT_EQ(said.exit_code, 0);
    EXPECT_EQ(said.output, runtime::VersionLine("test-daemon") + "\n");
    EXPECT_NE(runtime::Commit(), "");
}

TEST_F(RunningDaemon, RefusesUnknownArguments) {
    const auto said = RunWith("--verbose");

    EXPECT_EQ(said.exit_code, 2);
    EXPECT_NE(said.output.find("usage: test-daemon"), std::string::npos);
}

TEST_F(RunningDaemon, ReportsEveryConfigurationFaultAtOnce) {
    environment_.erase("DEPENDENCY_FILE");
    environment_.erase("MTLS_DIR");
    environment_["TEST_DAEMON_HTTP_PORT"] = "70000";
    environment_["CONTEXT_VERIFY_KEY"] = "abc";
    environment_["METRICS_ALLOW"] = "everyone";
    for (const auto& said :
         {RunWith("--config-check"), support::RunCommand({TEST_DAEMON}, environment_)}) {
        EXPECT_EQ(said.exit_code, 78);
        for (const char* name : {"DEPENDENCY_FILE",
                                 "MTLS_DIR",
                                 "TEST_DAEMON_HTTP_PORT",
                                 "CONTEXT_VERIFY_KEY",
                                 "METRICS_ALLOW"}) {
            EXPECT_NE(said.output.find(name), std::string::npos) << name << "\n" << said.output;
        }
    }
}

TEST_F(RunningDaemon, ChecksAGoodConfigurationWithoutStarting) {
    const auto said = RunWith("--config-check");

    EXPECT_EQ(said.exit_code, 0) << said.output;
    EXPECT_EQ(Get(port_, "/health/live").status, 0);
}

TEST_F(RunningDaemon, AnswersHealth) {
    StartReady();

    const auto health = Health();
    EXPECT_EQ(health.at("status"), "ok");
    EXPECT_EQ(health.at("service"), "test-daemon");
    EXPECT_EQ(health.at("version"), runtime::Version());
    EXPECT_EQ(health.at("network"), "devnet");
    EXPECT_GE(health.at("uptime").get<int>(), 0);
    EXPECT_EQ(health.at("checks").at("file").at("status"), "ok");
    EXPECT_GE(health.at("checks").at("file").at("latency_ms").get<int>(), 0);
    EXPECT_EQ(Get(port_, "/health/live").status, 200);
    EXPECT_EQ(Get(port_, "/nothing").status, 404);
}

TEST_F(RunningDaemon, IsDownWithoutARequiredDependency) {
    StartReady();

    std::filesystem::remove(dependency());
    ASSERT_TRUE(WaitForStatus("/health/ready", 503));

    EXPECT_EQ(Get(port_, "/health").status, 503);
    EXPECT_EQ(Get(port_, "/health/live").status, 200);
    const auto health = Health();
    EXPECT_EQ(health.at("status"), "down");
    EXPECT_EQ(health.at("checks").at("file").at("error"), "the file is not there");
    EXPECT_EQ(health.at("checks").at("file").at("remedy"), "touch the file");

    Touch(dependency());
    EXPECT_TRUE(WaitForStatus("/health/ready", 200));
}

TEST_F(RunningDaemon, IsDegradedWithoutAnOptionalDependency) {
    environment_["OPTIONAL_FILE"] = extra();
    StartReady();

    EXPECT_TRUE(support::WaitUntil([&] { return Health().at("status") == "degraded"; }, kPatience));
    EXPECT_EQ(Get(port_, "/health").status, 200);
    Touch(extra());
    EXPECT_TRUE(support::WaitUntil([&] { return Health().at("status") == "ok"; }, kPatience));
}

TEST_F(RunningDaemon, ShowsStrangersNoDetails) {
    environment_["METRICS_ALLOW"] = "10.0.0.0/8";
    environment_["OPTIONAL_FILE"] = extra();
    StartReady();
    ASSERT_TRUE(support::WaitUntil([&] { return Health().at("status") == "degraded"; }, kPatience));

    EXPECT_EQ(Health().at("checks").at("extra"), nlohmann::json({{"status", "failed"}}));
    EXPECT_EQ(Get(port_, "/metrics").status, 403);
}

TEST_F(RunningDaemon, ServesMetrics) {
    StartReady();

    const auto metrics = Get(port_, "/metrics");

    EXPECT_EQ(metrics.status, 200);
    for (const char* series : {"build_info{",
                               "process_resident_memory_bytes ",
                               "dependency_up{name=\"file\"} 1",
                               "grpc_server_handled_total{code=\"OK\",method=\"/"
                               "platform.test.v1.EchoService/Echo\"} 0"}) {
        EXPECT_NE(metrics.body.find(series), std::string::npos) << series << "\n" << metrics.body;
    }
}

TEST_F(RunningDaemon, SendsItsSpansToTheCollector) {
    net::IoThreads threads;
    std::mutex mutex;
    std::string received;
    net::ServerOptions options;
    options.listen.push_back({});
    options.handler = [&](net::Request request,
                          observe::RequestContext) -> boost::asio::awaitable<net::Response> {
        const std::lock_guard lock(mutex);
        received += request.path + " " + request.body + "\n";
        co_return net::Response();
    };
    const auto collector =
        net::HttpServer::Start(threads.context(), std::move(options), metrics_).value();
    environment_["OTEL_EXPORTER_OTLP_ENDPOINT"] =
        "http://127.0.0.1:" + std::to_string(collector->ports().front());
    auto& process = StartReady();
    rpc::Context context;
    context.request.trace = observe::TraceContext::NewRoot();
    const rpc::Client<Generated> client(Connect());
    ASSERT_TRUE(client.Call(&Generated::Stub::Echo, EchoRequest(), context));

    process.Signal(SIGTERM);
    ASSERT_EQ(process.Wait(kPatience), 0) << process.Output();

    const std::lock_guard lock(mutex);
    EXPECT_TRUE(received.starts_with("/v1/traces ")) << received;
    EXPECT_NE(received.find(context.request.trace.TraceIdText()), std::string::npos) << received;
    EXPECT_NE(received.find("/platform.test.v1.EchoService/Echo"), std::string::npos) << received;
}

TEST_F(RunningDaemon, HealthcheckModeAsksTheRunningOne) {
    const auto absent = RunWith("--healthcheck");
    EXPECT_EQ(absent.exit_code, 1);
    EXPECT_NE(absent.output.find("nothing answers on port"), std::string::npos);

    StartReady();
    EXPECT_EQ(RunWith("--healthcheck").exit_code, 0);

    std::filesystem::remove(dependency());
    ASSERT_TRUE(WaitForStatus("/health/ready", 503));
    EXPECT_EQ(RunWith("--healthcheck").exit_code, 1);
}

TEST_F(RunningDaemon, HealthcheckModeNeedsNothingButThePort) {
    StartReady();
    const auto port = environment_.at("TEST_DAEMON_HTTP_PORT");

    const auto said =
        support::RunCommand({TEST_DAEMON, "--healthcheck"}, {{"TEST_DAEMON_HTTP_PORT", port}});

    EXPECT_EQ(said.exit_code, 0) << said.output;
}

TEST_F(RunningDaemon, SaysWhatToDoWhenItsPortIsTaken) {
    StartReady();
    environment_["TEST_DAEMON_GRPC_LISTEN"] = "unix:" + (home_.path() / "other").string();

    const auto second = support::RunCommand({TEST_DAEMON}, environment_);

    EXPECT_EQ(second.exit_code, 1);
    EXPECT_NE(second.output.find(std::to_string(port_)), std::string::npos) << second.output;
    EXPECT_NE(second.output.find("or choose another"), std::string::npos) << second.output;
}

TEST_F(RunningDaemon, RunsAloneBeforeItHasThreads) {
    environment_["WORKER"] = "refuse";

    const auto said = support::RunCommand({TEST_DAEMON}, environment_);

    EXPECT_EQ(said.exit_code, 1);
    EXPECT_NE(said.output.find("refused with 1 thread"), std::string::npos) << said.output;
}

TEST_F(RunningDaemon, EndsQuicklyAndWellOnSigterm) {
    environment_["WORKER"] = "waits";
    auto& process = StartReady();
    const auto start = std::chrono::steady_clock::now();

    process.Signal(SIGTERM);

    EXPECT_EQ(process.Wait(kPatience), 0) << process.Output();
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(3'000));
    EXPECT_NE(process.Output().find("\"stopped\""), std::string::npos);
}

TEST_F(RunningDaemon, LetsCallsEndBeforeItDoes) {
    auto& process = StartReady();
    const rpc::Client<Generated> client(Connect());
    ASSERT_TRUE(client.Call(&Generated::Stub::Echo, EchoRequest(), rpc::Context()));
    EchoRequest slow;
    slow.set_wait_ms(1'000);
    auto call = std::async(std::launch::async, [&] {
        return client.Call(&Generated::Stub::Echo, slow, rpc::Context());
    });
    std::this_thread::sleep_for(milliseconds(300));

    process.Signal(SIGTERM);

    EXPECT_TRUE(call.get());
    EXPECT_EQ(process.Wait(kPatience), 0);
}

TEST_F(RunningDaemon, CutsCallsThatOutlastTheDrain) {
    auto& process = StartReady();
    const rpc::Client<Generated> client(Connect());
    EchoRequest endless;
    endless.set_wait_ms(60'000);
    auto call = std::async(std::launch::async, [&] {
        return client.Call(&Generated::Stub::Echo, endless, rpc::Context());
    });
    std::this_thread::sleep_for(milliseconds(300));
    const auto start = std::chrono::steady_clock::now();

    process.Signal(SIGTERM);

    EXPECT_EQ(process.Wait(kPatience), 0) << process.Output();
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(12'000));
    EXPECT_FALSE(call.get());
}

TEST_F(RunningDaemon, FailsWhenAWorkerDoes) {
    environment_["WORKER"] = "throws";
    auto& process = Start();

    EXPECT_EQ(process.Wait(kPatience), 1) << process.Output();
    EXPECT_NE(process.Output().find("tired"), std::string::npos);
}

TEST_F(RunningDaemon, StaysSmall) {
    auto& process = StartReady();
    const auto status = support::ReadFile("/proc/" + std::to_string(process.pid()) + "/status");
    const auto resident = std::stol(status.substr(status.find("VmRSS:") + 6));

    RecordProperty("resident_kib", static_cast<int>(resident));
    std::printf("resident: %ld KiB\n", resident);
#ifndef PLATFORM_SANITIZE
    EXPECT_LT(resident, 40 * 1024);
#endif
}

}  // namespace
