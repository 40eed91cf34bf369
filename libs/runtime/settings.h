// What every daemon reads from its environment, whatever else it reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/reader.h"
#include "net/ip_ranges.h"
#include "observe/log.h"
#include "rpc/user_context.h"

namespace runtime {

// Which variables name the ports of a daemon.
struct PortVariables {
    std::string http;  // "WALLET_MANAGER_HTTP_PORT"
    std::string grpc;  // "WALLET_MANAGER_GRPC_LISTEN"; empty: the daemon serves no gRPC
};

// The usual names: the service's own in capitals, _HTTP_PORT and _GRPC_LISTEN.
[[nodiscard]] PortVariables UsualPorts(const std::string& service);

struct Settings {
    std::string service;
    config::Network network = config::Network::kDevnet;
    std::string bind_host;
    std::uint16_t http_port = 0;
    std::string grpc_listen;  // empty: no gRPC
    std::string mtls_dir;
    bool reflection = false;
    std::optional<rpc::UserContextVerifier> users;
    net::IpRanges operators;
    observe::LogOptions log;
    std::string trace_endpoint;  // empty: tracing is off
};

// Faults go to the reader, which reports them together with the daemon's own.
[[nodiscard]] Settings ReadSettings(config::Reader& reader,
                                    const std::string& service,
                                    const PortVariables& ports);

}  // namespace runtime
