// A daemon is a list of parts. Its assembly makes them; the daemon starts them, watches what they
// depend on, and stops them in the reverse order.
//
//     base::Result<> Assemble(Config& config, runtime::Daemon& daemon) {
//         auto& pool = daemon.Own<pg::Pool>(pg::PoolOptions{.url = ...});
//         daemon.AddCheck({.name = "postgres", .probe = [&pool] { return pool.Ping(); }});
//         auto& service = daemon.Own<PriceService>(pool);
//         daemon.Serve(service, AccessRules());
//         daemon.AddWorker("refresher", [&](std::stop_token stop) { service.Refresh(stop); });
//         return {};
//     }
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "net/http_server.h"
#include "net/io_threads.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "rpc/channel.h"
#include "rpc/server.h"
#include "runtime/health.h"
#include "runtime/operations.h"
#include "runtime/settings.h"

namespace runtime {

// From SIGTERM to the end.
inline constexpr std::chrono::milliseconds kDrainTime{10'000};
inline constexpr std::size_t kWorkersMax = 32;

struct DaemonOptions {
    std::size_t io_threads = 1;
    rpc::PoolLimits grpc_pool = {"grpc", 16, 256};
    std::size_t grpc_streams_max = 1'000;
};

// For the assembly; not thread-safe, except Fail() and what the getters return.
class Daemon {
public:
    // Errors: those of MakeTraceExport.
    [[nodiscard]] static base::Result<std::unique_ptr<Daemon>> Make(Settings settings,
                                                                    const DaemonOptions& options);
    ~Daemon();
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    [[nodiscard]] const Settings& settings() const { return settings_; }

    [[nodiscard]] observe::Metrics& metrics() { return metrics_; }

    [[nodiscard]] observe::Tracer& tracer() { return *tracer_; }

    [[nodiscard]] rpc::Observer observer() { return {metrics_, *tracer_}; }

    // The loop of coroutines. It runs until every part is gone.
    [[nodiscard]] boost::asio::io_context& io() { return io_.context(); }

    [[nodiscard]] const Health& health() const { return health_; }

    // Answers /health and its like, for a daemon that routes its own HTTP.
    [[nodiscard]] const Operations& operations() const { return operations_; }

    // Keeps a part until the daemon ends; parts end in the reverse order of their making.
    template <class Part, class... Arguments>
    Part& Own(Arguments&&... arguments) {
        return Own(std::make_unique<Part>(std::forward<Arguments>(arguments)...));
    }

    template <class Part>
    Part& Own(std::unique_ptr<Part> part) {
        Part& reference = *part;
        parts_.push_back(std::make_unique<Owned<Part>>(std::move(part)));
        return reference;
    }

    void AddCheck(Check check) { health_.Add(std::move(check)); }

    // A connection to another daemon, with a check of its name. Errors: `tls_files`.
    [[nodiscard]] base::Result<std::shared_ptr<const rpc::Peer>> Connect(std::string service,
                                                                         std::string address,
                                                                         Need need);

    // A gRPC service, and who may call it. The service is owned, or outlives the daemon.
    void Serve(rpc::ServiceBase& service, std::vector<rpc::AccessRule> access);

    // Is told of each call that these rules refused.
    void Audit(rpc::Auditor auditor) { auditor_ = std::move(auditor); }

    // The daemon's own HTTP beside /health and its like. Where `listen` is empty, it listens on the
    // daemon's HTTP port.
    void ServeHttp(net::ServerOptions options) { http_options_ = std::move(options); }

    // `run` has a thread of its own, from the moment when everything has started until `stop`; it
    // returns within a second of that. Ending earlier, or by an exception, ends the daemon.
    void AddWorker(std::string name, std::function<void(std::stop_token stop)> run);

    // Ends the daemon with exit code 1. From any thread, at any time.
    void Fail(const base::Error& error);

    // Ends the process at once with exit code 1, without draining: for a loss after which no call
    // may be answered.
    [[noreturn]] static void Die(const base::Error& error);

    // Starts everything. Errors: those of net::HttpServer::Start and rpc::Server::Start.
    [[nodiscard]] base::Result<> Start();

    // Waits for SIGTERM, SIGINT (both blocked by the caller) or Fail(), then stops everything.
    // Returns the process's exit code.
    [[nodiscard]] int Run();

private:
    struct Part {
        virtual ~Part() = default;
    };

    template <class T>
    struct Owned final : Part {
        explicit Owned(std::unique_ptr<T> owned) : part(std::move(owned)) {}

        std::unique_ptr<T> part;
    };

    struct Worker {
        std::string name;
        std::function<void(std::stop_token)> run;
        std::jthread thread;
    };

    Daemon(Settings settings, const DaemonOptions& options);

    [[nodiscard]] base::Result<> StartTracer();
    [[nodiscard]] base::Result<> StartGrpc();
    [[nodiscard]] base::Result<> StartHttp();
    [[nodiscard]] net::Handler MakeHandler();
    void StartWorkers();
    void RunWorker(const Worker& worker, const std::stop_token& stop);
    void Stop();

    const Settings settings_;
    const DaemonOptions options_;
    observe::Metrics metrics_;
    net::IoThreads io_;
    std::unique_ptr<observe::Tracer> tracer_;
    Health health_;
    const Operations operations_;
    std::atomic<bool> failed_{false};
    std::vector<std::shared_ptr<const rpc::Peer>> peers_;
    std::vector<std::unique_ptr<Part>> parts_;
    std::vector<rpc::ServiceBase*> services_;
    std::vector<rpc::AccessRule> access_;
    rpc::Auditor auditor_;
    std::optional<net::ServerOptions> http_options_;
    std::unique_ptr<rpc::Server> grpc_;
    std::unique_ptr<net::HttpServer> http_;
    std::vector<Worker> workers_;
};

}  // namespace runtime
