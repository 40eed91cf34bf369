// What the connections of one server share: its options, its counts and its registry.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "net/http_server.h"
#include "observe/metrics.h"

namespace net {

class Connection;

class ServerCore : public std::enable_shared_from_this<ServerCore> {
public:
    ServerCore(boost::asio::io_context& context, ServerOptions options, observe::Metrics& metrics);

    // Binds every listener. Errors as HttpServer::Start.
    [[nodiscard]] base::Result<std::vector<std::uint16_t>> Bind();
    // Starts to accept and to watch deadlines.
    void Run();

    void BeginDrain();
    // Waits until no connection is left, at most so long; true if none is.
    bool WaitUntilEmpty(std::chrono::milliseconds patience);
    // Closes every connection and ends the watching of deadlines. Returns how many there were.
    std::size_t Abort();

    [[nodiscard]] const ServerOptions& options() const { return options_; }

    [[nodiscard]] bool draining() const { return draining_.load(std::memory_order_relaxed); }

    [[nodiscard]] std::size_t connections() const;

    // A connection's life. `key` is AddressKey of its peer, empty for a trusted proxy.
    void Leave(Connection& connection, const std::string& key);

    // A request's life. `key` is AddressKey of the client behind a trusted proxy, else empty. False
    // where no more is taken now: then EndRequest is not called.
    [[nodiscard]] bool BeginRequest(const std::string& key);
    void EndRequest(const std::string& key);

    struct Served {
        std::string_view route;
        std::string_view method;
        int status = 0;
        std::chrono::nanoseconds duration{};
    };

    void Count(const Served& served);

private:
    struct Acceptor {
        boost::asio::ip::tcp::acceptor socket;
        const Listen* listen;
    };

    struct Series {
        observe::Counter requests;
        observe::Histogram duration;
    };

    boost::asio::awaitable<void> AcceptLoop(std::shared_ptr<ServerCore> self, Acceptor& acceptor);
    boost::asio::awaitable<void> SweepLoop(std::shared_ptr<ServerCore> self);
    void Take(boost::asio::ip::tcp::socket socket, const Listen& listen);
    // Nothing where the connection is admitted, else why not.
    [[nodiscard]] std::string_view Admit(const std::string& key);
    [[nodiscard]] std::vector<std::shared_ptr<Connection>> Living() const;
    [[nodiscard]] Series SeriesOf(const Served& served);

    boost::asio::io_context& context_;
    const ServerOptions options_;
    observe::Metrics& metrics_;
    const std::size_t connections_max_;
    const observe::Gauge active_;
    const observe::Counter refused_total_;
    const observe::Counter refused_address_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::steady_timer sweep_timer_;
    std::vector<Acceptor> acceptors_;
    std::atomic<bool> draining_{false};
    std::atomic<bool> stopped_{false};
    std::atomic<std::size_t> in_flight_{0};

    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::unordered_map<Connection*, std::weak_ptr<Connection>> living_;
    std::size_t admitted_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;

    std::shared_mutex series_mutex_;
    std::unordered_map<std::string, Series> series_;
};

}  // namespace net
