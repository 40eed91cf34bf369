#include "net/stream.h"

#include <cerrno>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>

namespace net {

namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using boost::system::error_code;
using boost::system::result;

error_code TlsFailure() {
    return {boost::system::errc::protocol_error, boost::system::generic_category()};
}

// A BIO over a non-blocking socket that never raises SIGPIPE, as OpenSSL's own one does.
int BioWrite(BIO* bio, const char* data, int size) {
    BIO_clear_retry_flags(bio);
    const int handle = *static_cast<const int*>(BIO_get_data(bio));
    const ssize_t count = send(handle, data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(count);
}

int BioRead(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    const int handle = *static_cast<const int*>(BIO_get_data(bio));
    const ssize_t count = recv(handle, data, static_cast<std::size_t>(size), 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(count);
}

long BioControl(BIO*, int command, long, void*) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* BioMethod() {
    static const BIO_METHOD* method = [] {
        BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
        BIO_meth_set_write(made, BioWrite);
        BIO_meth_set_read(made, BioRead);
        BIO_meth_set_ctrl(made, BioControl);
        return made;
    }();
    return method;
}

}  // namespace

Stream::Stream(tcp::socket socket) : socket_(std::move(socket)), ssl_(nullptr, SSL_free) {}

Stream::~Stream() = default;

result<void> Stream::StartTls(const TlsContext& tls) {
    error_code failed;
    socket_.non_blocking(true, failed);
    ssl_.reset(SSL_new(tls.native()));
    BIO* bio = BIO_new(BioMethod());
    if (failed || ssl_ == nullptr || bio == nullptr) {
        return TlsFailure();
    }
    handle_ = socket_.native_handle();
    BIO_set_data(bio, &handle_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    return {};
}

awaitable<result<void>> Stream::Accept(TlsContext tls) {
    if (const auto started = StartTls(tls); !started) {
        co_return started.error();
    }
    SSL_set_accept_state(ssl_.get());
    co_return co_await Handshake();
}

awaitable<result<void>> Stream::Connect(TlsContext tls, std::string host) {
    if (const auto started = StartTls(tls); !started) {
        co_return started.error();
    }
    SSL_set_connect_state(ssl_.get());
    error_code no_address;
    (void)boost::asio::ip::make_address(host, no_address);
    if (no_address) {
        // Names alone go into the server name indication (RFC 6066, section 3).
        if (SSL_set_tlsext_host_name(ssl_.get(), host.c_str()) != 1 ||
            SSL_set1_host(ssl_.get(), host.c_str()) != 1) {
            co_return TlsFailure();
        }
    } else if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), host.c_str()) != 1) {
        co_return TlsFailure();
    }
    co_return co_await Handshake();
}

awaitable<result<void>> Stream::WaitFor(int ssl_error) {
    if (ssl_error != SSL_ERROR_WANT_READ && ssl_error != SSL_ERROR_WANT_WRITE) {
        ERR_clear_error();
        co_return TlsFailure();
    }
    const auto direction =
        ssl_error == SSL_ERROR_WANT_READ ? tcp::socket::wait_read : tcp::socket::wait_write;
    const auto [failed] = co_await socket_.async_wait(direction, kAwait);
    if (failed) {
        co_return failed;
    }
    co_return result<void>();
}

awaitable<result<void>> Stream::Handshake() {
    for (;;) {
        ERR_clear_error();
        const int outcome = SSL_do_handshake(ssl_.get());
        if (outcome == 1) {
            co_return result<void>();
        }
        const int reason = SSL_get_error(ssl_.get(), outcome);
        const auto waited = co_await WaitFor(reason);
        if (!waited) {
            co_return waited.error();
        }
    }
}

awaitable<result<std::size_t>> Stream::ReadSome(std::span<char> buffer) {
    if (ssl_ != nullptr) {
        co_return co_await TlsReadSome(buffer);
    }
    const auto space = boost::asio::buffer(buffer.data(), buffer.size());
    const auto [failed, count] = co_await socket_.async_read_some(space, kAwait);
    if (failed) {
        co_return failed;
    }
    co_return count;
}

awaitable<result<std::size_t>> Stream::TlsReadSome(std::span<char> buffer) {
    for (;;) {
        ERR_clear_error();
        std::size_t count = 0;
        const int outcome = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &count);
        if (outcome == 1) {
            co_return count;
        }
        const int reason = SSL_get_error(ssl_.get(), outcome);
        if (reason == SSL_ERROR_ZERO_RETURN) {
            co_return error_code(boost::asio::error::eof);
        }
        const auto waited = co_await WaitFor(reason);
        if (!waited) {
            co_return waited.error();
        }
    }
}

awaitable<result<void>> Stream::Write(std::string_view first, std::string_view second) {
    if (ssl_ != nullptr) {
        // One record for a small response.
        std::string whole;
        whole.reserve(first.size() + second.size());
        whole.append(first).append(second);
        co_return co_await TlsWrite(whole);
    }
    const std::array<boost::asio::const_buffer, 2> parts{
        boost::asio::buffer(first.data(), first.size()),
        boost::asio::buffer(second.data(), second.size())};
    const auto [failed, count] = co_await boost::asio::async_write(socket_, parts, kAwait);
    if (failed) {
        co_return failed;
    }
    co_return result<void>();
}

awaitable<result<void>> Stream::TlsWrite(std::string_view data) {
    while (!data.empty()) {
        ERR_clear_error();
        std::size_t count = 0;
        const int outcome = SSL_write_ex(ssl_.get(), data.data(), data.size(), &count);
        if (outcome == 1) {
            data.remove_prefix(count);
            continue;
        }
        const int reason = SSL_get_error(ssl_.get(), outcome);
        const auto waited = co_await WaitFor(reason);
        if (!waited) {
            co_return waited.error();
        }
    }
    co_return result<void>();
}

void Stream::EndWriting() {
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_.get()) == 1) {
        ERR_clear_error();
        (void)SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Stream::Close() {
    // The kernel may give the descriptor's number to another connection at once.
    handle_ = -1;
    error_code ignored;
    socket_.close(ignored);
}

void Stream::Cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

bool Stream::IsStale() {
    char byte = 0;
    if (ssl_ != nullptr) {
        // Reads what the peer sends unasked by right: session tickets, key updates.
        ERR_clear_error();
        std::size_t read = 0;
        const int outcome = SSL_peek_ex(ssl_.get(), &byte, 1, &read);
        const bool quiet =
            outcome != 1 && SSL_get_error(ssl_.get(), outcome) == SSL_ERROR_WANT_READ;
        ERR_clear_error();
        return !quiet;
    }
    const ssize_t count = recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count >= 0 || (errno != EAGAIN && errno != EINTR);
}

}  // namespace net
