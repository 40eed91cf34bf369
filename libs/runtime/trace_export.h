// Sends finished spans to an OpenTelemetry collector (OTLP over HTTP, JSON).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/result.h"

namespace runtime {

// What observe::TracerOptions::send takes; empty where `endpoint` is. `endpoint` is the value of
// OTEL_EXPORTER_OTLP_ENDPOINT: /v1/traces is added, as the OpenTelemetry specification asks.
// `context` must be running and outlive the function. Errors: `tls_files`.
[[nodiscard]] base::Result<std::function<bool(const std::string& body)>> MakeTraceExport(
    boost::asio::io_context& context, const std::string& endpoint);

}  // namespace runtime
