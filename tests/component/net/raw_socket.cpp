#include "component/net/raw_socket.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace net_test {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

sockaddr_in Loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int Listen(std::uint16_t& port) {
    const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = Loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(handle, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(handle, 64), 0);
    EXPECT_EQ(getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
    return handle;
}

std::size_t BodyLength(std::string_view head) {
    constexpr std::string_view kName = "Content-Length: ";
    const std::size_t at = head.find(kName);
    return at == std::string_view::npos
               ? 0
               : std::stoul(std::string(head.substr(at + kName.size(), 12)));
}

}  // namespace

RawSocket::RawSocket(std::uint16_t port) : handle_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = Loopback(port);
    EXPECT_EQ(connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
}

RawSocket RawSocket::Adopt(int handle) {
    return RawSocket(Handle(), handle);
}

RawSocket::~RawSocket() {
    if (handle_ >= 0) {
        close(handle_);
    }
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : handle_(std::exchange(other.handle_, -1)), unread_(std::move(other.unread_)) {}

bool RawSocket::Send(std::string_view data) {
    while (!data.empty()) {
        const ssize_t count = send(handle_, data.data(), data.size(), MSG_NOSIGNAL);
        if (count <= 0) {
            return false;
        }
        data.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

bool RawSocket::ReadMore(steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - steady_clock::now());
    pollfd waiting{handle_, POLLIN, 0};
    if (poll(&waiting, 1, static_cast<int>(std::max<std::int64_t>(0, left.count()))) <= 0) {
        return false;
    }
    std::array<char, 65'536> space{};
    const ssize_t count = recv(handle_, space.data(), space.size(), 0);
    if (count <= 0) {
        return false;
    }
    unread_.append(space.data(), static_cast<std::size_t>(count));
    return true;
}

std::string RawSocket::ReadResponse(milliseconds patience) {
    const auto until = steady_clock::now() + patience;
    std::size_t end = unread_.find("\r\n\r\n");
    while (end == std::string::npos) {
        if (!ReadMore(until)) {
            return std::exchange(unread_, {});
        }
        end = unread_.find("\r\n\r\n");
    }
    const std::size_t size = end + 4 + BodyLength(std::string_view(unread_).substr(0, end));
    while (unread_.size() < size) {
        if (!ReadMore(until)) {
            return std::exchange(unread_, {});
        }
    }
    std::string response = unread_.substr(0, size);
    unread_.erase(0, size);
    return response;
}

std::string RawSocket::ReadAll(milliseconds patience) {
    const auto until = steady_clock::now() + patience;
    while (ReadMore(until)) {
    }
    return std::exchange(unread_, {});
}

std::string RawSocket::ReadUntil(std::string_view text, milliseconds patience) {
    const auto until = steady_clock::now() + patience;
    while (unread_.find(text) == std::string::npos && ReadMore(until)) {
    }
    return std::exchange(unread_, {});
}

bool RawSocket::IsClosedWithin(milliseconds patience) {
    const auto until = steady_clock::now() + patience;
    while (ReadMore(until)) {
    }
    return steady_clock::now() < until;
}

void RawSocket::Reset() {
    const linger hard{1, 0};
    setsockopt(handle_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(std::exchange(handle_, -1));
}

RawServer::RawServer(std::function<void(RawSocket)> serve)
    : serve_(std::move(serve)), handle_(Listen(port_)) {
    thread_ = std::thread([this] {
        for (;;) {
            const int accepted = accept4(handle_, nullptr, nullptr, SOCK_CLOEXEC);
            if (accepted < 0) {
                return;
            }
            serve_(RawSocket::Adopt(accepted));
        }
    });
}

RawServer::~RawServer() {
    shutdown(handle_, SHUT_RDWR);
    thread_.join();
    close(handle_);
}

std::uint16_t ClosedPort() {
    std::uint16_t port = 0;
    close(Listen(port));
    return port;
}

}  // namespace net_test
