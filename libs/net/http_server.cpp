#include "net/http_server.h"

#include <utility>

#include "net/server_core.h"

namespace net {

namespace {

// Closed connections need a moment to leave their coroutines.
constexpr std::chrono::milliseconds kAbortTime{1'000};

}  // namespace

base::Result<std::unique_ptr<HttpServer>> HttpServer::Start(boost::asio::io_context& context,
                                                            ServerOptions options,
                                                            observe::Metrics& metrics) {
    auto core = std::make_shared<ServerCore>(context, std::move(options), metrics);
    BASE_ASSIGN_OR_RETURN(auto ports, core->Bind());
    core->Run();
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(core), std::move(ports)));
}

HttpServer::HttpServer(std::shared_ptr<ServerCore> core, std::vector<std::uint16_t> ports)
    : core_(std::move(core)), ports_(std::move(ports)) {}

HttpServer::~HttpServer() {
    (void)Drain(std::chrono::milliseconds(0));
}

std::size_t HttpServer::connections() const {
    return core_->connections();
}

std::size_t HttpServer::Drain(std::chrono::milliseconds patience) {
    core_->BeginDrain();
    (void)core_->WaitUntilEmpty(patience);
    const std::size_t closed = core_->Abort();
    (void)core_->WaitUntilEmpty(kAbortTime);
    return closed;
}

}  // namespace net
