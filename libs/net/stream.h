// One connection, plain or TLS, as awaitable reads and writes. All calls come from the executor of
// its socket; one read and one write may be under way together.
//
// TLS runs OpenSSL over the non-blocking socket directly, because Asio's ssl::stream keeps 60 KiB
// of buffers for each connection, idle or not.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/result.hpp>

#include "net/tls.h"

struct ssl_st;

namespace net {

// An operation then ends with its error as a value.
inline constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

class Stream {
public:
    explicit Stream(boost::asio::ip::tcp::socket socket);
    ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // The TLS handshake as server, or as client of `host`, whose certificate must name it.
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> Accept(TlsContext tls);
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> Connect(TlsContext tls,
                                                                              std::string host);

    // At least one byte, or asio::error::eof at the peer's end.
    [[nodiscard]] boost::asio::awaitable<boost::system::result<std::size_t>> ReadSome(
        std::span<char> buffer);

    // Both parts completely. They must stay valid until it returns.
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> Write(
        std::string_view first, std::string_view second = {});

    // Tells the peer that nothing more will come, as far as that needs no waiting.
    void EndWriting();

    // Aborts what is under way. The stream is of no more use.
    void Close();

    // Aborts what is under way; the stream stays usable.
    void Cancel();

    // True where the peer has closed or sent something unasked: such a connection is not reused.
    [[nodiscard]] bool IsStale();

    [[nodiscard]] bool IsTls() const { return ssl_ != nullptr; }

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

private:
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> Handshake();
    [[nodiscard]] boost::asio::awaitable<boost::system::result<std::size_t>> TlsReadSome(
        std::span<char> buffer);
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> TlsWrite(
        std::string_view data);
    [[nodiscard]] boost::asio::awaitable<boost::system::result<void>> WaitFor(int ssl_error);
    [[nodiscard]] boost::system::result<void> StartTls(const TlsContext& tls);

    boost::asio::ip::tcp::socket socket_;
    int handle_ = -1;  // the socket's descriptor, for OpenSSL; -1 once it is closed
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
};

}  // namespace net
