#include "redis/connection.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace redis {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kReadMax = 65'536;

std::string ErrnoText() {
    return std::strerror(errno);
}

// Waits until the descriptor is ready for the events. False: the time is over.
bool WaitFor(int descriptor, short events, SteadyTime until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    pollfd watched{.fd = descriptor, .events = events, .revents = 0};
    return left.count() > 0 && poll(&watched, 1, static_cast<int>(left.count())) > 0;
}

// A connected, non-blocking socket; the caller owns it.
base::Result<int> Connect(const sockaddr* address, socklen_t size, SteadyTime until) {
    const int descriptor =
        socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) {
        return RedisUnavailable("no socket for Redis: " + ErrnoText());
    }
    int failure = connect(descriptor, address, size) == 0 ? 0 : errno;
    if (failure == EINPROGRESS) {
        socklen_t length = sizeof(failure);
        failure = ETIMEDOUT;
        if (WaitFor(descriptor, POLLOUT, until)) {
            getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length);
        }
    }
    if (failure != 0) {
        close(descriptor);
        return RedisUnavailable(std::string("Redis cannot be reached: ") + std::strerror(failure));
    }
    if (address->sa_family != AF_UNIX) {
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    return descriptor;
}

base::Result<int> ConnectUnix(const std::string& path, SteadyTime until) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        return RedisUnavailable("the path of the Redis socket is too long");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return Connect(reinterpret_cast<const sockaddr*>(&address), sizeof(address), until);
}

base::Result<int> ConnectTcp(const Endpoint& endpoint, SteadyTime until) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int failure =
        getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &list);
    if (failure != 0) {
        return RedisUnavailable(std::string("Redis's name is unknown: ") + gai_strerror(failure));
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
    base::Result<int> connected = RedisUnavailable("Redis's name has no address");
    for (const addrinfo* entry = list; entry != nullptr && !connected; entry = entry->ai_next) {
        connected = Connect(entry->ai_addr, entry->ai_addrlen, until);
    }
    return connected;
}

Reply Convert(const redisReply& raw) {
    Reply reply;
    switch (raw.type) {
        case REDIS_REPLY_INTEGER:
            reply.kind = ReplyKind::kInteger;
            reply.integer = raw.integer;
            break;
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_STRING:
            reply.kind = ReplyKind::kText;
            reply.text.assign(raw.str, raw.len);
            break;
        case REDIS_REPLY_ERROR:
            reply.kind = ReplyKind::kError;
            reply.text.assign(raw.str, raw.len);
            break;
        case REDIS_REPLY_ARRAY:
            reply.kind = ReplyKind::kArray;
            for (std::size_t i = 0; i < raw.elements; ++i) {
                reply.elements.push_back(Convert(*raw.element[i]));
            }
            break;
        default:
            break;  // REDIS_REPLY_NIL
    }
    return reply;
}

}  // namespace

base::Error RedisUnavailable(std::string detail) {
    return base::Unavailable("redis_unavailable", std::move(detail));
}

base::Error ErrorOf(const Reply& reply) {
    const std::string code = reply.text.substr(0, reply.text.find(' '));
    for (const std::string_view passing : {"LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN"}) {
        if (code == passing) {
            return RedisUnavailable("Redis cannot serve now: " + code);
        }
    }
    return base::MakeError(base::ErrorKind::kInternal, "redis_error", reply.text)
        .With("code", code);
}

Connection::Connection(int descriptor)
    : descriptor_(descriptor), reader_(redisReaderCreate(), redisReaderFree) {}

Connection::~Connection() {
    close(descriptor_);
}

base::Result<std::unique_ptr<Connection>> Connection::Open(const Endpoint& endpoint,
                                                           std::chrono::milliseconds timeout) {
    const SteadyTime until = std::chrono::steady_clock::now() + timeout;
    BASE_ASSIGN_OR_RETURN(const int descriptor,
                          endpoint.socket_path.empty() ? ConnectTcp(endpoint, until)
                                                       : ConnectUnix(endpoint.socket_path, until));
    std::unique_ptr<Connection> connection(new Connection(descriptor));
    BASE_RETURN_IF_ERROR(connection->Handshake(endpoint, until));
    return connection;
}

base::Result<> Connection::Handshake(const Endpoint& endpoint, SteadyTime until) {
    std::vector<Command> greetings = {{"PING"}};
    if (endpoint.database != 0) {
        greetings.insert(greetings.begin(), {"SELECT", std::to_string(endpoint.database)});
    }
    if (!endpoint.password.empty()) {
        Command auth = {"AUTH", endpoint.password};
        if (!endpoint.user.empty()) {
            auth.insert(auth.begin() + 1, endpoint.user);
        }
        greetings.insert(greetings.begin(), std::move(auth));
    }
    for (const Command& greeting : greetings) {
        Queue(Format(greeting));
        BASE_RETURN_IF_ERROR(Write());
        std::optional<Reply> reply;
        while (!reply) {
            if (!WaitFor(descriptor_, POLLIN, until)) {
                return RedisUnavailable("Redis does not answer");
            }
            BASE_RETURN_IF_ERROR(Read());
            BASE_ASSIGN_OR_RETURN(reply, Next());
        }
        if (reply->kind == ReplyKind::kError) {
            return ErrorOf(*reply);
        }
    }
    return {};
}

std::string Connection::Format(const Command& command) {
    std::vector<const char*> words;
    std::vector<std::size_t> lengths;
    for (const std::string& word : command) {
        words.push_back(word.data());
        lengths.push_back(word.size());
    }
    char* formatted = nullptr;
    const int length = redisFormatCommandArgv(
        &formatted, static_cast<int>(words.size()), words.data(), lengths.data());
    if (length < 0) {
        throw std::bad_alloc();  // its only failure
    }
    const std::unique_ptr<char, void (*)(char*)> owner(formatted, redisFreeCommand);
    return {formatted, static_cast<std::size_t>(length)};
}

base::Result<> Connection::Write() {
    std::size_t written = 0;
    while (written < output_.size()) {
        const ssize_t count = send(descriptor_,
                                   output_.data() + written,
                                   output_.size() - written,
                                   MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0 && errno != EAGAIN) {
            return RedisUnavailable("the connection to Redis broke: " + ErrnoText());
        }
        if (count < 0) {
            break;
        }
        written += static_cast<std::size_t>(count);
    }
    output_.erase(0, written);
    return {};
}

base::Result<> Connection::Read() {
    std::array<char, kReadMax> buffer;
    const ssize_t count = recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) {
        return RedisUnavailable("Redis closed the connection");
    }
    if (count < 0) {
        if (errno == EAGAIN || errno == EINTR) {
            return {};
        }
        return RedisUnavailable("the connection to Redis broke: " + ErrnoText());
    }
    if (redisReaderFeed(reader_.get(), buffer.data(), static_cast<std::size_t>(count)) !=
        REDIS_OK) {
        return RedisUnavailable("Redis answered in an unknown protocol");
    }
    return {};
}

base::Result<std::optional<Reply>> Connection::Next() {
    void* raw = nullptr;
    if (redisReaderGetReply(reader_.get(), &raw) != REDIS_OK) {
        return RedisUnavailable("Redis answered in an unknown protocol");
    }
    if (raw == nullptr) {
        return std::optional<Reply>();
    }
    const std::unique_ptr<void, void (*)(void*)> owner(raw, freeReplyObject);
    return std::optional<Reply>(Convert(*static_cast<const redisReply*>(raw)));
}

}  // namespace redis
