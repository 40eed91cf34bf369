#include "support/http_node.h"

#include <array>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace support {

namespace {

constexpr timeval kTimeout{.tv_sec = 20, .tv_usec = 0};

// Sends the request and reads until the node closes; nothing where the connection fails.
std::optional<std::string> Exchange(std::uint16_t port, const std::string& request) {
    const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kTimeout, sizeof(kTimeout));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool good =
        connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
        send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(request.size());
    std::string answer;
    std::array<char, 65'536> buffer{};
    ssize_t size = good ? 1 : 0;
    while (good && size > 0) {
        size = recv(descriptor, buffer.data(), buffer.size(), 0);
        good = size >= 0;
        answer.append(buffer.data(), static_cast<std::size_t>(good ? size : 0));
    }
    close(descriptor);
    return good ? std::optional(std::move(answer)) : std::nullopt;
}

}  // namespace

base::Result<nlohmann::json> HttpNode::Call(std::string_view method, nlohmann::json parameters) {
    const std::string body = nlohmann::json{
        {"jsonrpc", "2.0"},
        {"id", 1},
        {"method", method},
        {"params",
         std::move(parameters)}}.dump();
    const auto answer = Exchange(port_,
                                 "POST / HTTP/1.0\r\nHost: localhost\r\nContent-Type: "
                                 "application/json\r\nContent-Length: " +
                                     std::to_string(body.size()) + "\r\n\r\n" + body);
    const std::size_t start = answer ? answer->find("\r\n\r\n") : std::string::npos;
    const auto json = start == std::string::npos
                          ? nlohmann::json(nlohmann::json::value_t::discarded)
                          : nlohmann::json::parse(answer->substr(start + 4), nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return base::Unavailable("node_unavailable", "the node did not answer");
    }
    if (json.contains("error")) {
        return base::FailedPrecondition("node_rejected", "the node refused the call")
            .With("code", json["error"]["code"].dump())
            .With("upstream", json["error"]["message"].get<std::string>());
    }
    return base::Result<nlohmann::json>(boost::system::in_place_value, json["result"]);
}

}  // namespace support
