// The gRPC server of a daemon: mutual TLS, our services, grpc.health.v1, reflection, drain.
#pragma once

#include <chrono>
#include <filesystem>
#include <grpcpp/server.h>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "rpc/dispatcher.h"
#include "rpc/service.h"

namespace rpc {

inline constexpr int kMessageBytesMax = 8 * 1024 * 1024;
// Errors with details and the signed user context must fit.
inline constexpr int kMetadataBytesMax = 32 * 1024;

struct ServerOptions {
    std::string address;  // "127.0.0.1:9002", "[::]:9002" or "unix:/path"
    std::filesystem::path mtls_dir;
    DispatcherOptions dispatcher;
    bool reflection = false;
};

class Server {
public:
    Server(ServerOptions options, Observer observer);
    // Stops at once if Drain() was not called.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Before Start(). The service outlives the server.
    void Add(ServiceBase& service);

    // Errors: `tls_files`, `bad_service` with every problem of the registration, `address_in_use`.
    [[nodiscard]] base::Result<> Start();

    // The port in use, also where the address asked for port 0; 0 for a unix socket.
    [[nodiscard]] int port() const { return port_; }

    // What grpc.health.v1 answers, for the whole server. Not serving until it is called.
    void SetServing(bool serving);

    // Not serving from now on; open streams end with `shutting_down`; calls may end within `time`,
    // then they are cancelled. Returns when none is left.
    void Drain(std::chrono::milliseconds time);

private:
    ServerOptions options_;
    Dispatcher dispatcher_;
    std::vector<ServiceBase*> services_;
    int port_ = 0;
    std::unique_ptr<grpc::Server> server_;
};

}  // namespace rpc
