// What the outside learns of a call: grpc_server_handled_total{method,code},
// grpc_server_handling_seconds{method} (and their grpc_client_ twins by peer), a span, a log line
// where something failed.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <grpcpp/support/status.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "observe/metrics.h"
#include "observe/tracer.h"
#include "rpc/context.h"

namespace rpc {

// Where a daemon reports to. Both outlive what reports.
struct Observer {
    observe::Metrics& metrics;
    observe::Tracer& tracer;
};

// How long something took, on both clocks: one for the duration, one for the span.
struct Stopwatch {
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    base::Time at = base::SystemClock().Now();

    [[nodiscard]] std::chrono::nanoseconds Elapsed() const {
        return std::chrono::steady_clock::now() - started;
    }
};

// The counters of one method or one peer, one a status code, all there from the start.
class CodeSeries {
public:
    // `prefix` is grpc_server or grpc_client.
    CodeSeries(observe::Metrics& metrics, const std::string& prefix, const observe::Labels& labels);

    void Add(grpc::StatusCode code, std::chrono::nanoseconds time) const;

private:
    std::vector<observe::Counter> handled_;  // by code
    observe::Histogram seconds_;
};

using SpanId = std::array<std::uint8_t, 8>;

class ServerReport {
public:
    explicit ServerReport(Observer observer) : observer_(observer) {}

    // Before the first call. Not thread-safe; what follows is.
    void Declare(const std::string& method);

    struct Ended {
        const std::string& method;
        const Context& context;
        const std::optional<SpanId>& parent;
        const Stopwatch& watch;
    };

    void Handled(const Ended& call, const base::Result<>& result, grpc::StatusCode code) const;
    // The text of an exception goes to the log alone.
    void Exception(const std::string& method, const Context& context, const char* what) const;

private:
    Observer observer_;
    std::map<std::string, CodeSeries> series_;
};

class ClientReport {
public:
    ClientReport(Observer observer, std::string peer);

    struct Ended {
        const std::string& method;
        const Context& context;              // of the caller
        const observe::TraceContext& trace;  // of the call
        const Stopwatch& watch;
    };

    void Handled(const Ended& call, const grpc::Status& status) const;

private:
    Observer observer_;
    const std::string peer_;
    CodeSeries series_;
};

}  // namespace rpc
