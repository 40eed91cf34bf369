#include "runtime/settings.h"

#include <cctype>
#include <utility>

namespace runtime {
namespace {

constexpr const char* kVerifyKey = "CONTEXT_VERIFY_KEY";

}  // namespace

PortVariables UsualPorts(const std::string& service) {
    std::string prefix;
    for (const char letter : service) {
        prefix += letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    }
    return {prefix + "_HTTP_PORT", prefix + "_GRPC_LISTEN"};
}

Settings ReadSettings(config::Reader& reader,
                      const std::string& service,
                      const PortVariables& ports) {
    Settings settings;
    settings.service = service;
    settings.network = reader.network();
    settings.bind_host = reader.Text("BIND_HOST");
    settings.http_port = reader.Port(ports.http);
    settings.mtls_dir = reader.Text("MTLS_DIR");
    if (settings.mtls_dir.empty()) {
        reader.Refuse("MTLS_DIR", "is not set", "make the identities with scripts/certs var/certs");
    }
    settings.trace_endpoint = reader.Url("OTEL_EXPORTER_OTLP_ENDPOINT");
    settings.log.service = service;
    settings.log.level =
        observe::ParseLevel(reader.Text("LOG_LEVEL")).value_or(observe::Level::kInfo);
    settings.log.format = reader.Text("LOG_FORMAT") == "pretty" ? observe::LogFormat::kPretty
                                                                : observe::LogFormat::kJson;
    auto operators = net::IpRanges::Parse(reader.List("METRICS_ALLOW"));
    if (operators) {
        settings.operators = std::move(*operators);
    } else {
        reader.Refuse("METRICS_ALLOW", operators.error().detail, "write 127.0.0.0/8,::1");
    }
    if (ports.grpc.empty()) {
        return settings;
    }
    settings.grpc_listen = reader.Text(ports.grpc);
    settings.reflection = reader.Flag("GRPC_REFLECTION");
    const std::string verify_key = reader.Text(kVerifyKey);
    if (verify_key.empty()) {
        return settings;
    }
    auto users = rpc::UserContextVerifier::Make(verify_key);
    if (users) {
        settings.users = std::move(*users);
    } else {
        reader.Refuse(kVerifyKey,
                      "is not 64 hex digits",
                      "take the public half of CONTEXT_SIGNING_KEY that scripts/up prints");
    }
    return settings;
}

}  // namespace runtime
