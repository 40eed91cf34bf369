#include "runtime/operations.h"

#include <string>
#include <utility>

#include <boost/asio/ip/address.hpp>

#include "net/json.h"
#include "net/problem.h"
#include "runtime/version.h"

namespace runtime {
namespace {

constexpr int kOk = 200;
constexpr int kNotReady = 503;

net::Response Text(int status, const char* type, std::string body) {
    net::Response response;
    response.status = status;
    response.headers.Set("Content-Type", type);
    response.headers.Set("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

net::Response Json(int status, std::string body) {
    return Text(status, "application/json", std::move(body));
}

net::Response Forbidden(const net::Request& request) {
    const auto error = base::PermissionDenied("forbidden", "metrics are for operators alone")
                           .Remedy("ask from an address that METRICS_ALLOW names");
    return net::ProblemResponse(error, {}, request.path);
}

}  // namespace

bool Operations::IsOperator(const net::Request& request) const {
    boost::system::error_code failed;
    const auto address = boost::asio::ip::make_address(request.remote_ip, failed);
    return !failed && operators_.Contain(address);
}

std::optional<net::Response> Operations::Answer(const net::Request& request) const {
    if (request.method != net::Method::kGet && request.method != net::Method::kHead) {
        return std::nullopt;
    }
    const std::string& path = request.path;
    std::optional<net::Response> response;
    if (path == "/health") {
        response = Json(health_.ready() ? kOk : kNotReady, health_.Json(IsOperator(request)));
    } else if (path == "/health/live") {
        response = Json(kOk, R"({"status":"ok"})");
    } else if (path == "/health/ready") {
        const bool ready = health_.ready();
        response =
            Json(ready ? kOk : kNotReady, ready ? R"({"status":"ok"})" : R"({"status":"down"})");
    } else if (path == "/version") {
        response = Json(kOk, net::WriteJson({{"version", Version()}, {"commit", Commit()}}));
    } else if (path == "/metrics") {
        response = IsOperator(request)
                       ? Text(kOk, "text/plain; version=0.0.4; charset=utf-8", metrics_.Serialize())
                       : Forbidden(request);
    }
    if (response) {
        response->route = path;
    }
    return response;
}

}  // namespace runtime
