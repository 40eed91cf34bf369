// One connection of the server: reads requests, calls the handler, writes responses.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/http_message.h"
#include "net/server_core.h"
#include "net/stream.h"

namespace net {

class Connection : public std::enable_shared_from_this<Connection> {
public:
    // `address_key` is what ServerCore counts it under.
    Connection(std::shared_ptr<ServerCore> core,
               boost::asio::ip::tcp::socket socket,
               const Listen& listen,
               std::string address_key);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void Start();

    // From any thread. The work is done on the connection's strand.
    void CloseIfOverdue(std::chrono::steady_clock::time_point now);
    void Drain();
    void Abort();

private:
    enum class Phase : std::uint8_t { kIdle, kReading, kHandling, kWriting, kStreaming };

    struct Received {
        std::optional<Request> request;
        std::optional<base::Error> error;  // neither: the peer left
        bool keep_alive = false;
        bool http10 = false;
    };

    struct Exchange {
        observe::RequestContext context;
        std::optional<std::array<std::uint8_t, 8>> parent_span;
        base::Time started{};
        std::chrono::steady_clock::time_point clock{};
        Method method = Method::kGet;
        std::string path;
        std::string proxied_key;  // AddressKey of the client behind a trusted proxy
        bool keep_alive = false;
        bool http10 = false;
    };

    class Sink;

    static boost::asio::awaitable<void> Run(std::shared_ptr<Connection> self);
    boost::asio::awaitable<void> Serve();
    boost::asio::awaitable<bool> ServeOne(bool first);
    boost::asio::awaitable<Received> Receive(bool first);
    boost::asio::awaitable<void> Parse(Received& received);
    boost::asio::awaitable<bool> Fill();
    boost::asio::awaitable<Response> Answer(Request request, Exchange& exchange);
    boost::asio::awaitable<Response> CallHandler(Request request, Exchange& exchange);
    boost::asio::awaitable<bool> Respond(const Response& response, const Exchange& exchange);
    boost::asio::awaitable<void> RespondStream(const Response& response, const Exchange& exchange);
    boost::asio::awaitable<void> RunStreamBody(const Response& response, Sink& sink);
    static boost::asio::awaitable<void> WatchPeer(std::shared_ptr<Connection> self);
    boost::asio::awaitable<void> Refuse(const base::Error& error);
    boost::asio::awaitable<void> Linger();
    Exchange Open(Request& request, const Received& received) const;
    void Report(const Exchange& exchange, const Response& response);
    void Enter(Phase phase, std::chrono::milliseconds time);
    void Overdue();

    const std::shared_ptr<ServerCore> core_;
    const Listen& listen_;
    const std::string address_key_;
    boost::asio::ip::address peer_;
    Stream stream_;
    std::string buffer_;
    boost::asio::cancellation_signal stream_cancel_;
    Phase phase_ = Phase::kReading;
    bool partial_ = false;    // some bytes of a request are here
    bool timed_out_ = false;  // and the rest came too late
    // steady_clock ticks; read by the sweeper from other threads.
    std::atomic<std::chrono::steady_clock::rep> deadline_;
};

}  // namespace net
