// A server in this process, with its threads and metrics.
#pragma once

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "net/http_server.h"
#include "net/io_threads.h"

namespace net_test {

class TestServer {
public:
    explicit TestServer(net::Handler handler, net::ServerOptions options = {}) {
        options.handler = std::move(handler);
        if (options.listen.empty()) {
            options.listen.emplace_back();
        }
        auto started = net::HttpServer::Start(threads_.context(), std::move(options), metrics_);
        EXPECT_TRUE(started);
        server_ = *std::move(started);
    }

    [[nodiscard]] std::uint16_t port() const { return server_->ports().front(); }

    [[nodiscard]] std::string Url(const std::string& target = "/") const {
        return "http://127.0.0.1:" + std::to_string(port()) + target;
    }

    [[nodiscard]] net::HttpServer& server() { return *server_; }

    [[nodiscard]] boost::asio::io_context& context() { return threads_.context(); }

    [[nodiscard]] observe::Metrics& metrics() { return metrics_; }

    // Polls until so many connections are open.
    [[nodiscard]] bool HasConnections(std::size_t count) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
        while (server_->connections() != count) {
            if (std::chrono::steady_clock::now() > until) {
                return false;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return true;
    }

private:
    observe::Metrics metrics_;
    net::IoThreads threads_{2};
    std::unique_ptr<net::HttpServer> server_;
};

}  // namespace net_test
