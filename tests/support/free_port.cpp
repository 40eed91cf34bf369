#include "support/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace support {

namespace {

// Below those that the kernel gives to outgoing connections (ip_local_port_range), or one of these
// takes the port before the server does; and below those of whole stacks.
constexpr std::uint16_t kFirst = 10'000;
constexpr std::uint16_t kLast = 19'999;
constexpr int kTriesMax = 1'000;

bool IsFree(std::uint16_t port) {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(listener);
    return bound;
}

}  // namespace

std::uint16_t FreePort() {
    std::random_device random;
    std::uniform_int_distribution<std::uint16_t> ports(kFirst, kLast);
    for (int tries = 0; tries < kTriesMax; ++tries) {
        if (const std::uint16_t port = ports(random); IsFree(port)) {
            return port;
        }
    }
    throw std::runtime_error("no free port");
}

}  // namespace support
