// Plain blocking sockets, to speak HTTP well and badly. Every wait is bounded.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

namespace net_test {

class RawSocket {
public:
    // Connects to a port of this machine.
    explicit RawSocket(std::uint16_t port);
    // Takes over an open descriptor.
    static RawSocket Adopt(int handle);
    ~RawSocket();
    RawSocket(RawSocket&& other) noexcept;
    RawSocket& operator=(RawSocket&&) = delete;

    // False where the peer has closed.
    bool Send(std::string_view data);

    // One response: its head and as much body as Content-Length says; what came until then where
    // the peer closes or `patience` ends.
    std::string ReadResponse(std::chrono::milliseconds patience = std::chrono::seconds(5));

    // Everything until the peer closes or `patience` ends.
    std::string ReadAll(std::chrono::milliseconds patience = std::chrono::seconds(5));

    // Until `text` was seen; what came.
    std::string ReadUntil(std::string_view text,
                          std::chrono::milliseconds patience = std::chrono::seconds(5));

    // True where the peer closed within `patience`; bytes before that are dropped.
    bool IsClosedWithin(std::chrono::milliseconds patience);

    // Ends with a reset instead of an orderly close.
    void Reset();

private:
    struct Handle {};

    RawSocket(Handle, int handle) : handle_(handle) {}

    // False at the end or after `until`.
    bool ReadMore(std::chrono::steady_clock::time_point until);

    int handle_ = -1;
    std::string unread_;
};

// A server that gives each connection to `serve`, one after another, on a thread of its own.
class RawServer {
public:
    explicit RawServer(std::function<void(RawSocket)> serve);
    ~RawServer();
    RawServer(const RawServer&) = delete;
    RawServer& operator=(const RawServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::function<void(RawSocket)> serve_;
    std::uint16_t port_ = 0;
    int handle_ = -1;
    std::thread thread_;
};

// A port of this machine on which nothing listens.
[[nodiscard]] std::uint16_t ClosedPort();

}  // namespace net_test
