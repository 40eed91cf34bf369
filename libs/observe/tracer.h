// Records spans and exports them as OTLP/HTTP JSON in batches from one thread. The queue is
// bounded: a slow collector costs spans, never memory or latency. Off without a sender.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "observe/field.h"
#include "observe/metrics.h"
#include "observe/trace.h"

namespace observe {

enum class SpanKind { kInternal, kServer, kClient };  // as OTLP numbers them, from 1

struct Span {
    std::string name;
    SpanKind kind = SpanKind::kInternal;
    TraceContext context;
    std::optional<std::array<std::uint8_t, 8>> parent;  // none: a root
    base::Time start{};
    base::Time end{};
    std::vector<Field> fields{};
    bool failed = false;
};

struct TracerOptions {
    std::string service;
    // Posts one OTLP/HTTP JSON body; false where the collector did not take it. Called from the
    // tracer's own thread. Empty: tracing is off.
    std::function<bool(const std::string& body)> send{};
    std::size_t queue_max = 4'096;
    std::size_t batch_max = 256;
    std::chrono::milliseconds interval{2'000};
};

class Tracer {
public:
    Tracer(TracerOptions options, Metrics& metrics);
    // Sends what is queued once, then stops.
    ~Tracer();
    Tracer(const Tracer&) = delete;
    Tracer& operator=(const Tracer&) = delete;

    [[nodiscard]] bool IsOn() const { return static_cast<bool>(options_.send); }

    // Queues a finished span if its trace is sampled; drops and counts it where the queue is full.
    void Record(Span span);

private:
    void Run();
    void Send(std::vector<Span> spans);

    const TracerOptions options_;
    const Counter exported_;
    const Counter dropped_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Span> queue_;
    bool stopping_ = false;
    std::thread thread_;
};

// The body of one export request
// (opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest).
[[nodiscard]] std::string FormatOtlp(std::string_view service, const std::vector<Span>& spans);

}  // namespace observe
