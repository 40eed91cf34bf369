#include "net/server_core.h"

#include <algorithm>
#include <array>
#include <sys/resource.h>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include "net/http_connection.h"
#include "net/stream.h"
#include "observe/log.h"

namespace net {

namespace {

using boost::asio::ip::tcp;
using observe::Key;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kDescriptorReserve = 1'000;
constexpr int kBacklog = 1'024;

// A refusal that needs no parsing, no TLS and no waiting.
constexpr std::string_view kRefusal =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
    "Retry-After: 1\r\nConnection: close\r\nContent-Length: 132\r\n\r\n"
    R"({"type":"/problems/too_many_connections","title":"Too many connections","status":503,)"
    R"("code":"too_many_connections","retryable":true})";
static_assert(kRefusal.size() - kRefusal.find("\r\n\r\n") - 4 == 132);

std::size_t ConnectionsMax(std::size_t wanted) {
    const std::size_t descriptors = RaiseDescriptorLimit();
    const std::size_t spare =
        descriptors > 2 * kDescriptorReserve ? descriptors - kDescriptorReserve : descriptors / 2;
    return std::min(wanted, spare);
}

milliseconds SweepInterval(const ServerLimits& limits) {
    const auto shortest =
        std::min({limits.header_time, limits.body_time, limits.idle_time, limits.write_time});
    return std::clamp(shortest / 8, milliseconds(10), milliseconds(500));
}

}  // namespace

std::size_t RaiseDescriptorLimit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return kDescriptorReserve;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        const rlimit raised{limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) {
            limit = raised;
        }
    }
    return limit.rlim_cur;
}

ServerCore::ServerCore(boost::asio::io_context& context,
                       ServerOptions options,
                       observe::Metrics& metrics)
    : context_(context),
      options_(std::move(options)),
      metrics_(metrics),
      connections_max_(ConnectionsMax(options_.limits.connections_max)),
      active_(metrics.AddGauge({"http_connections_active", "Open HTTP connections."})),
      refused_total_(metrics.AddCounter(
          {"http_connections_refused_total", "HTTP connections refused by a limit."},
          {{"limit", "total"}})),
      refused_address_(metrics.AddCounter(
          {"http_connections_refused_total", "HTTP connections refused by a limit."},
          {{"limit", "address"}})),
      strand_(boost::asio::make_strand(context)),
      sweep_timer_(strand_) {
    for (const auto& [method, route] : options_.routes) {
        (void)SeriesOf({.route = route, .method = MethodName(method), .status = 200});
    }
}

base::Result<std::vector<std::uint16_t>> ServerCore::Bind() {
    std::vector<std::uint16_t> ports;
    acceptors_.reserve(options_.listen.size());
    for (const Listen& listen : options_.listen) {
        boost::system::error_code failed;
        const auto address = boost::asio::ip::make_address(listen.host, failed);
        if (failed) {
            return base::InvalidArgument("bad_listen_address",
                                         "`" + listen.host + "` is not an IP address");
        }
        const tcp::endpoint endpoint(address, listen.port);
        tcp::acceptor socket(strand_);
        const auto step = [&failed](const auto& action) {
            if (!failed) {
                action();
            }
        };
        step([&] { socket.open(endpoint.protocol(), failed); });
        step([&] { socket.set_option(tcp::acceptor::reuse_address(true), failed); });
        step([&] {
            if (address.is_v6()) {
                socket.set_option(boost::asio::ip::v6_only(!address.is_unspecified()), failed);
            }
        });
        step([&] { socket.bind(endpoint, failed); });
        step([&] { socket.listen(kBacklog, failed); });
        if (failed) {
            return base::FailedPrecondition("address_in_use",
                                            "cannot listen at " + listen.host + ":" +
                                                std::to_string(listen.port) + ": " +
                                                failed.message())
                .Remedy("end the process that holds the port, or choose another");
        }
        ports.push_back(socket.local_endpoint(failed).port());
        acceptors_.push_back({std::move(socket), &listen});
    }
    return ports;
}

void ServerCore::Run() {
    observe::Info("http connections at most", {{Key::kLimit, connections_max_}});
    for (Acceptor& acceptor : acceptors_) {
        boost::asio::co_spawn(
            strand_, AcceptLoop(shared_from_this(), acceptor), boost::asio::detached);
    }
    boost::asio::co_spawn(strand_, SweepLoop(shared_from_this()), boost::asio::detached);
}

boost::asio::awaitable<void> ServerCore::AcceptLoop(std::shared_ptr<ServerCore> self,
                                                    Acceptor& acceptor) {
    boost::asio::steady_timer pause(strand_);
    while (!self->draining()) {
        auto executor = boost::asio::make_strand(context_);
        auto [failed, socket] =
            co_await acceptor.socket.async_accept(boost::asio::any_io_executor(executor), kAwait);
        if (!failed) {
            Take(std::move(socket), *acceptor.listen);
        } else if (acceptor.socket.is_open()) {
            // Out of descriptors, most likely: what is open will end.
            observe::Warn("accept failed", {{Key::kErrorDetail, failed.message()}});
            pause.expires_after(milliseconds(100));
            (void)co_await pause.async_wait(kAwait);
        }
    }
}

std::string_view ServerCore::Admit(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (admitted_ >= connections_max_) {
        return "total";
    }
    if (!key.empty()) {
        auto& count = by_address_[key];
        if (count >= options_.limits.connections_per_address_max) {
            return "address";
        }
        ++count;
    }
    ++admitted_;
    return {};
}

void ServerCore::Take(tcp::socket socket, const Listen& listen) {
    boost::system::error_code failed;
    const auto peer = socket.remote_endpoint(failed).address();
    if (failed) {
        return;
    }
    const auto address = Normalize(peer);
    const std::string key =
        options_.trusted_proxies.Contain(address) ? std::string() : AddressKey(address);
    if (const std::string_view refused = Admit(key); !refused.empty()) {
        (refused == "total" ? refused_total_ : refused_address_).Increment();
        if (!listen.tls) {
            (void)send(socket.native_handle(),
                       kRefusal.data(),
                       kRefusal.size(),
                       MSG_NOSIGNAL | MSG_DONTWAIT);
        }
        return;
    }
    socket.set_option(tcp::no_delay(true), failed);
    auto connection =
        std::make_shared<Connection>(shared_from_this(), std::move(socket), listen, key);
    {
        const std::lock_guard lock(mutex_);
        living_.emplace(connection.get(), connection);
    }
    active_.Add(1);
    connection->Start();
}

void ServerCore::Leave(Connection& connection, const std::string& key) {
    active_.Add(-1);
    const std::lock_guard lock(mutex_);
    living_.erase(&connection);
    --admitted_;
    if (const auto found = by_address_.find(key);
        found != by_address_.end() && --found->second == 0) {
        by_address_.erase(found);
    }
    if (admitted_ == 0) {
        empty_.notify_all();
    }
}

bool ServerCore::BeginRequest(const std::string& key) {
    if (in_flight_.fetch_add(1) >= options_.limits.requests_in_flight_max) {
        in_flight_.fetch_sub(1);
        return false;
    }
    if (key.empty()) {
        return true;
    }
    const std::lock_guard lock(mutex_);
    auto& count = by_address_["behind proxy " + key];
    if (count >= options_.limits.connections_per_address_max) {
        in_flight_.fetch_sub(1);
        return false;
    }
    ++count;
    return true;
}

void ServerCore::EndRequest(const std::string& key) {
    in_flight_.fetch_sub(1);
    if (key.empty()) {
        return;
    }
    const std::lock_guard lock(mutex_);
    if (const auto found = by_address_.find("behind proxy " + key);
        found != by_address_.end() && --found->second == 0) {
        by_address_.erase(found);
    }
}

std::vector<std::shared_ptr<Connection>> ServerCore::Living() const {
    std::vector<std::shared_ptr<Connection>> all;
    const std::lock_guard lock(mutex_);
    all.reserve(living_.size());
    for (const auto& [pointer, weak] : living_) {
        if (auto connection = weak.lock()) {
            all.push_back(std::move(connection));
        }
    }
    return all;
}

std::size_t ServerCore::connections() const {
    const std::lock_guard lock(mutex_);
    return admitted_;
}

boost::asio::awaitable<void> ServerCore::SweepLoop(std::shared_ptr<ServerCore> self) {
    const milliseconds interval = SweepInterval(self->options_.limits);
    while (!self->stopped_.load()) {
        sweep_timer_.expires_after(interval);
        (void)co_await sweep_timer_.async_wait(kAwait);
        const auto now = steady_clock::now();
        for (const auto& connection : Living()) {
            connection->CloseIfOverdue(now);
        }
    }
}

void ServerCore::BeginDrain() {
    draining_.store(true);
    boost::asio::post(strand_, [self = shared_from_this()] {
        for (Acceptor& acceptor : self->acceptors_) {
            boost::system::error_code ignored;
            acceptor.socket.close(ignored);
        }
        for (const auto& connection : self->Living()) {
            connection->Drain();
        }
    });
}

bool ServerCore::WaitUntilEmpty(milliseconds patience) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, patience, [this] { return admitted_ == 0; });
}

std::size_t ServerCore::Abort() {
    stopped_.store(true);
    boost::asio::post(strand_, [self = shared_from_this()] { self->sweep_timer_.cancel(); });
    const auto all = Living();
    for (const auto& connection : all) {
        connection->Abort();
    }
    return all.size();
}

ServerCore::Series ServerCore::SeriesOf(const Served& served) {
    std::string key;
    key.append(served.method).append(" ").append(served.route).append(" ");
    key.append(std::to_string(served.status));
    {
        const std::shared_lock lock(series_mutex_);
        if (const auto found = series_.find(key); found != series_.end()) {
            return found->second;
        }
    }
    const observe::Labels route{{"route", std::string(served.route)}};
    observe::Labels labels = route;
    labels["method"] = served.method;
    labels["code"] = std::to_string(served.status);
    const Series series{
        metrics_.AddCounter({"http_requests_total", "HTTP requests answered."}, labels),
        metrics_.AddHistogram(
            {"http_request_duration_seconds", "Time from the whole request to its answer."},
            route)};
    const std::unique_lock lock(series_mutex_);
    return series_.emplace(std::move(key), series).first->second;
}

void ServerCore::Count(const Served& served) {
    const Series series = SeriesOf(served);
    series.requests.Increment();
    series.duration.Observe(served.duration);
}

}  // namespace net
