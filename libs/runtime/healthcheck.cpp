#include "runtime/healthcheck.h"

#include <memory>
#include <netdb.h>
#include <openssl/ssl.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace runtime {
namespace {

constexpr time_t kTimeoutSeconds = 5;
constexpr std::size_t kAnswerBytesMax = 4'096;
constexpr std::string_view kRequest =
    "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_(descriptor) {}

    ~Socket() {
        if (descriptor_ >= 0) {
            close(descriptor_);
        }
    }

    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    [[nodiscard]] int get() const { return descriptor_; }

private:
    const int descriptor_;
};

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};

using Addresses = std::unique_ptr<addrinfo, Deleter<freeaddrinfo>>;
using SslContext = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Deleter<SSL_free>>;

std::string LocalHost(const std::string& host) {
    if (host == "0.0.0.0") {
        return "127.0.0.1";
    }
    return host == "::" ? "::1" : host;
}

bool Connect(const Socket& socket, const addrinfo& address) {
    const timeval timeout{kTimeoutSeconds, 0};
    return socket.get() >= 0 &&
           setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) == 0 &&
           setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) == 0 &&
           connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0;
}

std::string AskPlain(int socket) {
    if (send(socket, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(kRequest.size())) {
        return {};
    }
    std::string answer(kAnswerBytesMax, '\0');
    const ssize_t size = recv(socket, answer.data(), answer.size(), 0);
    answer.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return answer;
}

std::string AskTls(int socket) {
    const SslContext context(SSL_CTX_new(TLS_client_method()));
    const Ssl ssl(SSL_new(context.get()));
    std::size_t written = 0;
    if (SSL_set_fd(ssl.get(), socket) != 1 || SSL_connect(ssl.get()) != 1 ||
        SSL_write_ex(ssl.get(), kRequest.data(), kRequest.size(), &written) != 1) {
        return {};
    }
    std::string answer(kAnswerBytesMax, '\0');
    std::size_t size = 0;
    (void)SSL_read_ex(ssl.get(), answer.data(), answer.size(), &size);
    answer.resize(size);
    return answer;
}

}  // namespace

base::Result<> AskReady(const HealthcheckTarget& target) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(target.port);
    if (getaddrinfo(LocalHost(target.host).c_str(), port.c_str(), &hints, &found) != 0) {
        return base::Unavailable("no_answer", target.host + " is not an IP address");
    }
    const Addresses addresses(found);
    const Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    std::string answer;
    if (Connect(socket, *found)) {
        answer = target.tls ? AskTls(socket.get()) : AskPlain(socket.get());
    }
    if (answer.empty()) {
        return base::Unavailable("no_answer", "nothing answers on port " + port);
    }
    if (!answer.starts_with("HTTP/1.1 200 ")) {
        return base::Unavailable("not_ready", answer.substr(0, answer.find("\r\n")));
    }
    return {};
}

}  // namespace runtime
