#include "support/tcp_proxy.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace support {

namespace {

constexpr int kPollMs = 5;  // also how fast a command takes effect
constexpr std::size_t kReadMax = 65'536;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}

    ~Descriptor() {
        if (number_ >= 0) {
            close(number_);
        }
    }

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

    Descriptor& operator=(Descriptor&&) = delete;

    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

sockaddr_in Loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

// Makes close() send a reset instead of an orderly end.
void ResetOnClose(const Descriptor& client) {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

bool SendAll(const Descriptor& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = send(to.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

struct Link {
    Descriptor client;
    Descriptor server;
    bool cut_on_reply = false;
};

}  // namespace

class TcpProxy::Loop {
public:
    explicit Loop(std::filesystem::path socket, std::uint16_t port)
        : server_socket_(std::move(socket)),
          server_port_(port),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = Loopback(0);
        socklen_t size = sizeof(address);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_.get(), generic, size) != 0 || listen(listener_.get(), SOMAXCONN) != 0 ||
            getsockname(listener_.get(), generic, &size) != 0) {
            throw std::runtime_error("the proxy cannot listen");
        }
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { Run(); });
    }

    ~Loop() {
        stop_ = true;
        thread_.join();
    }

    void CutOn(std::string bytes, CutMoment moment) {
        const std::lock_guard lock(mutex_);
        trigger_ = std::move(bytes);
        moment_ = moment;
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    std::atomic<bool> cut_{false};
    std::atomic<bool> refuse_{false};
    std::atomic<bool> hold_{false};

private:
    void Run();
    void Accept();
    // False: the link is to be reset.
    bool FromClient(Link& link);
    bool FromServer(Link& link);
    // Whether these bytes are the ones to cut on; forgets them if so.
    bool Triggers(std::string_view bytes, CutMoment& moment);
    [[nodiscard]] Descriptor ConnectServer() const;

    const std::filesystem::path server_socket_;
    const std::uint16_t server_port_;
    Descriptor listener_;
    std::uint16_t port_ = 0;
    std::atomic<bool> stop_{false};
    std::mutex mutex_;
    std::string trigger_;  // empty: none
    CutMoment moment_ = CutMoment::kBeforeForward;
    std::list<Link> links_;  // only the thread's
    std::thread thread_;
};

void TcpProxy::Loop::Run() {
    while (!stop_) {
        if (cut_.exchange(false)) {
            links_.clear();
        }
        std::vector<pollfd> watched = {{listener_.get(), POLLIN, 0}};
        for (const Link& link : links_) {
            watched.push_back({link.client.get(), POLLIN, 0});
            watched.push_back({link.server.get(), POLLIN, 0});
        }
        if (hold_) {
            watched.resize(1);
        }
        if (poll(watched.data(), watched.size(), kPollMs) <= 0) {
            continue;
        }
        std::size_t at = 1;
        for (auto link = links_.begin(); link != links_.end() && at < watched.size(); at += 2) {
            const bool keep = (watched[at].revents == 0 || FromClient(*link)) &&
                              (watched[at + 1].revents == 0 || FromServer(*link));
            link = keep ? std::next(link) : links_.erase(link);
        }
        if (watched[0].revents != 0) {
            Accept();
        }
    }
}

void TcpProxy::Loop::Accept() {
    Descriptor client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() < 0) {
        return;
    }
    ResetOnClose(client);
    if (refuse_) {
        return;
    }
    Descriptor server = ConnectServer();
    if (server.get() >= 0) {
        links_.push_back({std::move(client), std::move(server)});
    }
}

Descriptor TcpProxy::Loop::ConnectServer() const {
    const bool local = !server_socket_.empty();
    Descriptor server(::socket(local ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    std::strncpy(path.sun_path, server_socket_.c_str(), sizeof(path.sun_path) - 1);
    const sockaddr_in address = Loopback(server_port_);
    const auto* generic = local ? reinterpret_cast<const sockaddr*>(&path)
                                : reinterpret_cast<const sockaddr*>(&address);
    const socklen_t size = local ? sizeof(path) : sizeof(address);
    return connect(server.get(), generic, size) == 0 ? std::move(server) : Descriptor(-1);
}

bool TcpProxy::Loop::Triggers(std::string_view bytes, CutMoment& moment) {
    const std::lock_guard lock(mutex_);
    if (trigger_.empty() || bytes.find(trigger_) == std::string_view::npos) {
        return false;
    }
    trigger_.clear();
    moment = moment_;
    return true;
}

bool TcpProxy::Loop::FromClient(Link& link) {
    std::array<char, kReadMax> buffer;
    const ssize_t count = recv(link.client.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        return false;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    CutMoment moment{};
    if (Triggers(bytes, moment)) {
        if (moment == CutMoment::kBeforeForward) {
            return false;
        }
        link.cut_on_reply = true;
    }
    return SendAll(link.server, bytes);
}

bool TcpProxy::Loop::FromServer(Link& link) {
    std::array<char, kReadMax> buffer;
    const ssize_t count = recv(link.server.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0 || link.cut_on_reply) {
        return false;
    }
    return SendAll(link.client, {buffer.data(), static_cast<std::size_t>(count)});
}

TcpProxy::TcpProxy(std::filesystem::path server_socket)
    : loop_(std::make_unique<Loop>(std::move(server_socket), std::uint16_t{0})) {}

TcpProxy::TcpProxy(std::uint16_t server_port)
    : loop_(std::make_unique<Loop>(std::filesystem::path(), server_port)) {}

TcpProxy::~TcpProxy() = default;

std::uint16_t TcpProxy::port() const {
    return loop_->port();
}

void TcpProxy::Cut() {
    loop_->cut_ = true;
    while (loop_->cut_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void TcpProxy::CutOn(std::string bytes, CutMoment moment) {
    loop_->CutOn(std::move(bytes), moment);
}

void TcpProxy::Refuse(bool refuse) {
    loop_->refuse_ = refuse;
}

void TcpProxy::Hold(bool hold) {
    loop_->hold_ = hold;
}

}  // namespace support
