#include "observe/tracer.h"

#include <condition_variable>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace {

using nlohmann::json;
using testing::HasSubstr;

observe::Span MakeSpan(const std::string& name, bool sampled = true) {
    observe::Span span;
    span.name = name;
    span.kind = observe::SpanKind::kServer;
    span.context = observe::TraceContext::NewRoot(sampled);
    span.start = base::Time(std::chrono::milliseconds(1'000));
    span.end = base::Time(std::chrono::milliseconds(1'002));
    span.fields = {{observe::Key::kRoute, "/health"}, {observe::Key::kStatus, 200}};
    return span;
}

TEST(Otlp, HasTheShapeOfTheStandard) {
    observe::Span span = MakeSpan("GET /health");
    span.parent = observe::TraceContext::NewRoot().span_id;
    span.failed = true;
    const json body = json::parse(observe::FormatOtlp("api-gateway", {span, MakeSpan("b")}));
    const json& resource = body["resourceSpans"][0];
    EXPECT_EQ(resource["resource"]["attributes"][0]["key"], "service.name");
    EXPECT_EQ(resource["resource"]["attributes"][0]["value"]["stringValue"], "api-gateway");
    const json& spans = resource["scopeSpans"][0]["spans"];
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0]["traceId"], span.context.TraceIdText());
    EXPECT_EQ(spans[0]["spanId"], span.context.SpanIdText());
    EXPECT_EQ(spans[0]["parentSpanId"].get<std::string>().size(), 16U);
    EXPECT_EQ(spans[0]["kind"], 2);
    EXPECT_EQ(spans[0]["startTimeUnixNano"], "1000000000");
    EXPECT_EQ(spans[0]["endTimeUnixNano"], "1002000000");
    EXPECT_EQ(spans[0]["attributes"][1]["value"]["intValue"], "200");
    EXPECT_EQ(spans[0]["status"]["code"], 2);
    EXPECT_FALSE(spans[1].contains("parentSpanId"));
    EXPECT_FALSE(spans[1].contains("status"));
}

TEST(Tracer, SendsWhatIsQueuedBeforeItStops) {
    observe::Metrics metrics;
    std::vector<std::string> bodies;
    {
        observe::Tracer tracer({.service = "s",
                                .send =
                                    [&bodies](const std::string& body) {
                                        bodies.push_back(body);
                                        return true;
                                    },
                                .interval = std::chrono::hours(1)},
                               metrics);
        tracer.Record(MakeSpan("a"));
        tracer.Record(MakeSpan("not sampled", false));
    }
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_EQ(json::parse(bodies[0])["resourceSpans"][0]["scopeSpans"][0]["spans"].size(), 1U);
    EXPECT_THAT(metrics.Serialize(), HasSubstr("trace_spans_exported_total 1\n"));
}

TEST(Tracer, DropsAndCountsWhereTheCollectorIsSlow) {
    observe::Metrics metrics;
    std::mutex mutex;
    std::condition_variable changed;
    bool sending = false;
    bool released = false;
    {
        observe::Tracer tracer({.service = "s",
                                .send =
                                    [&](const std::string&) {
                                        std::unique_lock lock(mutex);
                                        sending = true;
                                        changed.notify_all();
                                        changed.wait(lock, [&] { return released; });
                                        return false;
                                    },
                                .queue_max = 2,
                                .batch_max = 1,
                                .interval = std::chrono::hours(1)},
                               metrics);
        tracer.Record(MakeSpan("taken"));
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return sending; });
        for (int i = 0; i < 5; ++i) {
            tracer.Record(MakeSpan("queued or dropped"));
        }
        EXPECT_THAT(metrics.Serialize(), HasSubstr("trace_spans_dropped_total 3\n"));
        released = true;
        changed.notify_all();
    }
    EXPECT_THAT(metrics.Serialize(), HasSubstr("trace_spans_dropped_total 6\n"));
    EXPECT_THAT(metrics.Serialize(), HasSubstr("trace_spans_exported_total 0\n"));
}

TEST(Tracer, IsOffWithoutASender) {
    observe::Metrics metrics;
    observe::Tracer tracer({.service = "s"}, metrics);
    EXPECT_FALSE(tracer.IsOn());
    tracer.Record(MakeSpan("a"));
    EXPECT_THAT(metrics.Serialize(), HasSubstr("trace_spans_dropped_total 0\n"));
}

}  // namespace
