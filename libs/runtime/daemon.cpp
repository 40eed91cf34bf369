#include "runtime/daemon.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <iterator>
#include <unistd.h>
#include <utility>

#include "base/check.h"
#include "net/problem.h"
#include "observe/log.h"
#include "runtime/process_memory.h"
#include "runtime/process_metrics.h"
#include "runtime/trace_export.h"
#include "runtime/version.h"

namespace runtime {
namespace {

using observe::Key;
using Clock = std::chrono::steady_clock;

// What is left after the drain: parts end, the last spans go out.
constexpr unsigned kEndSeconds = 5;
// In which calls to other daemons end that nobody waits for any more, all of them cancelled.
constexpr std::chrono::milliseconds kCallsEndTime{1'000};
// How long a check waits for a connection to another daemon.
constexpr std::chrono::milliseconds kConnectTime{1'000};

void LogFailure(const base::Error& error) {
    observe::Error("daemon fails",
                   {{Key::kErrorCode, error.reason}, {Key::kErrorDetail, error.detail}});
}

HealthFacts FactsOf(const Settings& settings) {
    return {settings.service, std::string(config::NetworkName(settings.network))};
}

std::chrono::milliseconds Until(Clock::time_point end) {
    return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()),
                    std::chrono::milliseconds(0));
}

}  // namespace

base::Result<std::unique_ptr<Daemon>> Daemon::Make(Settings settings,
                                                   const DaemonOptions& options) {
    std::unique_ptr<Daemon> daemon(new Daemon(std::move(settings), options));
    BASE_RETURN_IF_ERROR(daemon->StartTracer());
    return daemon;
}

Daemon::Daemon(Settings settings, const DaemonOptions& options)
    : settings_(std::move(settings)),
      options_(options),
      io_(options.io_threads),
      health_(FactsOf(settings_), metrics_),
      operations_(health_, metrics_, settings_.operators) {
    AddProcessMetrics(metrics_);
}

Daemon::~Daemon() {
    health_.Stop();
    http_.reset();
    grpc_.reset();
    while (!parts_.empty()) {
        parts_.pop_back();
    }
    for (const auto& peer : peers_) {
        if (!peer->WaitIdle(kCallsEndTime)) {
            observe::Error("a call does not end", {{Key::kName, peer->service()}});
        }
    }
}

base::Result<std::shared_ptr<const rpc::Peer>> Daemon::Connect(std::string service,
                                                               std::string address,
                                                               Need need) {
    BASE_ASSIGN_OR_RETURN(
        auto peer, rpc::Peer::Make({service, std::move(address), settings_.mtls_dir}, observer()));
    peers_.push_back(peer);
    AddCheck({std::move(service), [peer] { return peer->WaitConnected(kConnectTime); }, need});
    return peer;
}

void Daemon::Serve(rpc::ServiceBase& service, std::vector<rpc::AccessRule> access) {
    services_.push_back(&service);
    access_.insert(access_.end(),
                   std::make_move_iterator(access.begin()),
                   std::make_move_iterator(access.end()));
}

void Daemon::AddWorker(std::string name, std::function<void(std::stop_token)> run) {
    BASE_CHECK(workers_.size() < kWorkersMax);
    workers_.push_back({std::move(name), std::move(run), {}});
}

void Daemon::Fail(const base::Error& error) {
    LogFailure(error);
    failed_ = true;
    kill(getpid(), SIGTERM);
}

void Daemon::Die(const base::Error& error) {
    LogFailure(error);
    _exit(1);
}

base::Result<> Daemon::Start() {
    BASE_RETURN_IF_ERROR(StartGrpc());
    BASE_RETURN_IF_ERROR(StartHttp());
    StartWorkers();
    health_.Start([this, starting = true](bool ready) mutable {
        observe::Info(ready ? observe::Message("ready") : observe::Message("not ready"));
        if (grpc_) {
            grpc_->SetServing(ready);
        }
        if (ready && std::exchange(starting, false)) {
            ReleaseStartMemory();
        }
    });
    observe::Info("started",
                  {{Key::kVersion, Version()},
                   {Key::kNetwork, config::NetworkName(settings_.network)},
                   {Key::kPort, http_->ports().front()},
                   {Key::kAddress, settings_.grpc_listen}});
    return {};
}

base::Result<> Daemon::StartTracer() {
    observe::TracerOptions options;
    options.service = settings_.service;
    BASE_ASSIGN_OR_RETURN(options.send, MakeTraceExport(io(), settings_.trace_endpoint));
    tracer_ = std::make_unique<observe::Tracer>(std::move(options), metrics_);
    return {};
}

base::Result<> Daemon::StartGrpc() {
    if (services_.empty()) {
        return {};
    }
    rpc::ServerOptions options;
    options.address = settings_.grpc_listen;
    options.mtls_dir = settings_.mtls_dir;
    options.dispatcher.access = std::move(access_);
    options.dispatcher.users = settings_.users;
    options.dispatcher.auditor = std::move(auditor_);
    options.dispatcher.pool = options_.grpc_pool;
    options.dispatcher.streams_max = options_.grpc_streams_max;
    options.reflection = settings_.reflection;
    grpc_ = std::make_unique<rpc::Server>(std::move(options), observer());
    for (rpc::ServiceBase* service : services_) {
        grpc_->Add(*service);
    }
    const auto started = grpc_->Start();
    if (!started) {
        grpc_.reset();
    }
    return started;
}

base::Result<> Daemon::StartHttp() {
    net::ServerOptions options = http_options_.value_or(net::ServerOptions());
    if (options.listen.empty()) {
        options.listen.push_back({settings_.bind_host, settings_.http_port});
    }
    options.handler = MakeHandler();
    options.tracer = tracer_.get();
    options.access_log = http_options_.has_value();
    BASE_ASSIGN_OR_RETURN(http_, net::HttpServer::Start(io(), std::move(options), metrics_));
    return {};
}

net::Handler Daemon::MakeHandler() {
    net::Handler own;
    if (http_options_) {
        own = http_options_->handler;
    }
    return [this, own = std::move(own)](
               net::Request request,
               observe::RequestContext context) -> boost::asio::awaitable<net::Response> {
        auto answer = operations_.Answer(request);
        if (answer) {
            co_return std::move(*answer);
        }
        if (own) {
            auto response = co_await own(std::move(request), std::move(context));
            co_return response;
        }
        const auto error = base::NotFound("unknown_path", "there is nothing here");
        co_return net::ProblemResponse(error, context, request.path);
    };
}

void Daemon::StartWorkers() {
    for (Worker& worker : workers_) {
        worker.thread =
            std::jthread([this, &worker](const std::stop_token& stop) { RunWorker(worker, stop); });
    }
}

void Daemon::RunWorker(const Worker& worker, const std::stop_token& stop) {
    try {
        worker.run(stop);
        if (!stop.stop_requested()) {
            Fail(base::Internal("the worker '" + worker.name + "' has ended"));
        }
    } catch (const std::exception& thrown) {
        Fail(base::Internal("the worker '" + worker.name + "' threw: " + thrown.what()));
    }
}

int Daemon::Run() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    int received = 0;
    sigwait(&signals, &received);
    observe::Info("stopping", {{Key::kSignal, received}});
    Stop();
    observe::Info("stopped");
    return failed_ ? 1 : 0;
}

void Daemon::Stop() {
    // Where something ignores its deadline, the kernel ends us.
    alarm(static_cast<unsigned>(kDrainTime / std::chrono::seconds(1)) + kEndSeconds);
    const auto end = Clock::now() + kDrainTime;
    health_.BeginDrain();
    for (Worker& worker : workers_) {
        worker.thread.request_stop();
    }
    http_->Drain(Until(end));
    // Before the server that the checks report to.
    health_.Stop();
    if (grpc_) {
        grpc_->Drain(Until(end));
    }
    for (Worker& worker : workers_) {
        worker.thread.join();
    }
}

}  // namespace runtime
