#include "observe/tracer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/hex.h"
#include "observe/json_text.h"

namespace observe {

namespace {

// OTLP/JSON writes 64-bit integers as strings.
std::string Nanoseconds(base::Time time) {
    return "\"" + std::to_string(time.time_since_epoch().count()) + "000000\"";
}

void AppendAttribute(std::string& body, const Field& field) {
    body += "{\"key\":\"" + std::string(KeyName(field.key)) + "\",\"value\":{";
    if (std::holds_alternative<std::string>(field.value)) {
        body += "\"stringValue\":";
        AppendJsonValue(body, field);
    } else if (std::holds_alternative<bool>(field.value)) {
        body += "\"boolValue\":";
        AppendJsonValue(body, field);
    } else {
        body += "\"intValue\":\"";
        AppendJsonValue(body, field);
        body += '"';
    }
    body += "}}";
}

void AppendSpan(std::string& body, const Span& span) {
    constexpr int kStatusError = 2;
    body += "{\"traceId\":\"" + span.context.TraceIdText() + "\",\"spanId\":\"" +
            span.context.SpanIdText() + "\"";
    if (span.parent) {
        body += ",\"parentSpanId\":\"" + base::HexEncode(*span.parent) + "\"";
    }
    body += ",\"name\":";
    AppendJsonString(body, span.name);
    body += ",\"kind\":" + std::to_string(static_cast<int>(span.kind) + 1);
    body += ",\"startTimeUnixNano\":" + Nanoseconds(span.start);
    body += ",\"endTimeUnixNano\":" + Nanoseconds(span.end);
    body += ",\"attributes\":[";
    for (std::size_t i = 0; i < span.fields.size(); ++i) {
        body += i == 0 ? "" : ",";
        AppendAttribute(body, span.fields[i]);
    }
    body += "]";
    if (span.failed) {
        body += ",\"status\":{\"code\":" + std::to_string(kStatusError) + "}";
    }
    body += "}";
}

}  // namespace

std::string FormatOtlp(std::string_view service, const std::vector<Span>& spans) {
    std::string body =
        R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":)";
    AppendJsonString(body, service);
    body += R"(}}]},"scopeSpans":[{"scope":{"name":"platform"},"spans":[)";
    for (std::size_t i = 0; i < spans.size(); ++i) {
        body += i == 0 ? "" : ",";
        AppendSpan(body, spans[i]);
    }
    body += "]}]}]}";
    return body;
}

Tracer::Tracer(TracerOptions options, Metrics& metrics)
    : options_(std::move(options)),
      exported_(metrics.AddCounter({"trace_spans_exported_total", "Spans the collector took."})),
      dropped_(metrics.AddCounter(
          {"trace_spans_dropped_total", "Spans lost to a full queue or a failed export."})) {
    if (IsOn()) {
        thread_ = std::thread([this] { Run(); });
    }
}

Tracer::~Tracer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    }
}

void Tracer::Record(Span span) {
    if (!IsOn() || !span.context.sampled) {
        return;
    }
    bool full_batch = false;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= options_.queue_max) {
            dropped_.Increment();
            return;
        }
        queue_.push_back(std::move(span));
        full_batch = queue_.size() >= options_.batch_max;
    }
    if (full_batch) {
        wake_.notify_one();
    }
}

void Tracer::Run() {
    for (bool last = false; !last;) {
        std::vector<Span> spans;
        {
            std::unique_lock lock(mutex_);
            wake_.wait_for(lock, options_.interval, [this] {
                return stopping_ || queue_.size() >= options_.batch_max;
            });
            last = stopping_;
            spans.swap(queue_);
        }
        if (!spans.empty()) {
            Send(std::move(spans));
        }
    }
}

void Tracer::Send(std::vector<Span> spans) {
    for (std::size_t at = 0; at < spans.size(); at += options_.batch_max) {
        const std::size_t end = std::min(at + options_.batch_max, spans.size());
        std::vector<Span> batch(
            std::make_move_iterator(spans.begin() + static_cast<std::ptrdiff_t>(at)),
            std::make_move_iterator(spans.begin() + static_cast<std::ptrdiff_t>(end)));
        if (options_.send(FormatOtlp(options_.service, batch))) {
            exported_.Increment(batch.size());
        } else {
            dropped_.Increment(batch.size());
        }
    }
}

}  // namespace observe
