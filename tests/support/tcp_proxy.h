// A proxy on 127.0.0.1 in front of a server, which breaks connections on command.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace support {

enum class CutMoment {
    kBeforeForward,  // the server never sees the bytes
    kAfterReply,     // the server has answered, the client never sees the answer
};

// Thread-safe.
class TcpProxy {
public:
    explicit TcpProxy(std::filesystem::path server_socket);  // a unix socket
    explicit TcpProxy(std::uint16_t server_port);            // on 127.0.0.1
    ~TcpProxy();

    [[nodiscard]] std::uint16_t port() const;

    // Resets every connection now.
    void Cut();

    // Resets the next connection whose client sends these bytes (within one read), once.
    void CutOn(std::string bytes, CutMoment moment);

    // While refusing, new connections are reset at once.
    void Refuse(bool refuse);

    // While holding, nothing is passed on in either direction.
    void Hold(bool hold);

private:
    class Loop;

    std::unique_ptr<Loop> loop_;
};

}  // namespace support
