// Who a piece of work is for: the W3C trace context (https://www.w3.org/TR/trace-context/), the
// request id, and what every log line of the request repeats.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace observe {

struct TraceContext {
    std::array<std::uint8_t, 16> trace_id{};
    std::array<std::uint8_t, 8> span_id{};
    bool sampled = false;

    // A new trace whose root is this span.
    [[nodiscard]] static TraceContext NewRoot(bool sampled = true);

    // A new span in the same trace.
    [[nodiscard]] TraceContext Child() const;

    // All zero: there is no trace.
    [[nodiscard]] bool IsValid() const;

    [[nodiscard]] std::string TraceIdText() const;  // 32 hex digits
    [[nodiscard]] std::string SpanIdText() const;   // 16 hex digits
};

// The header `traceparent`: "00-<trace id>-<span id>-<flags>". Nothing where it is malformed, as
// the standard asks: the receiver then starts a new trace. Versions above 00 are read by their
// first four fields.
[[nodiscard]] std::optional<TraceContext> ParseTraceparent(std::string_view header);
[[nodiscard]] std::string FormatTraceparent(const TraceContext& context);

// "req_" and 32 hex digits.
[[nodiscard]] std::string NewRequestId();

// 1 to 128 letters, digits and any of "._:-": safe in headers, logs and URLs.
[[nodiscard]] bool IsSaneRequestId(std::string_view text);

struct RequestContext {
    TraceContext trace;
    std::string request_id;
    std::string user_id;  // empty until authenticated
    std::string route;    // the pattern, never the path
};

}  // namespace observe
