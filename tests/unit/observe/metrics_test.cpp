#include "observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, ShowSeriesAtZeroFromTheStart) {
    observe::Metrics metrics;
    (void)metrics.AddCounter({"http_requests_total", "Requests."}, {{"code", "200"}});
    (void)metrics.AddGauge({"db_pool_in_use", "Connections in use."});
    (void)metrics.AddHistogram({"http_request_duration_seconds", "Time."}, {{"route", "/health"}});
    const std::string text = metrics.Serialize();
    EXPECT_THAT(text, HasSubstr("# HELP http_requests_total Requests.\n"));
    EXPECT_THAT(text, HasSubstr("# TYPE http_requests_total counter\n"));
    EXPECT_THAT(text, HasSubstr("http_requests_total{code=\"200\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("db_pool_in_use 0\n"));
    EXPECT_THAT(text, HasSubstr("http_request_duration_seconds_count{route=\"/health\"} 0\n"));
}

TEST(Metrics, Count) {
    observe::Metrics metrics;
    const auto counter = metrics.AddCounter({"a_total", "A."});
    counter.Increment();
    counter.Increment(2);
    metrics.AddCounter({"a_total", "A."}).Increment();
    const auto gauge = metrics.AddGauge({"b", "B."});
    gauge.Set(5);
    gauge.Add(-2);
    const auto histogram = metrics.AddHistogram({"c_seconds", "C."});
    histogram.Observe(std::chrono::milliseconds(3));
    histogram.Observe(std::chrono::seconds(60));
    std::int64_t depth = 7;
    metrics.AddGaugeFunction({"d", "D."}, {}, [&depth] { return depth; });
    EXPECT_THAT(metrics.Serialize(), HasSubstr("\nd 7\n"));
    depth = 9;
    const std::string text = metrics.Serialize();
    EXPECT_THAT(text, HasSubstr("a_total 4\n"));
    EXPECT_THAT(text, HasSubstr("\nb 3\n"));
    EXPECT_THAT(text, HasSubstr("\nd 9\n"));
    EXPECT_THAT(text, HasSubstr("c_seconds_bucket{le=\"0.0025\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("c_seconds_bucket{le=\"0.005\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("c_seconds_bucket{le=\"+Inf\"} 2\n"));
}

TEST(Metrics, BoundTheSeriesOfOneName) {
    observe::Metrics metrics;
    for (std::size_t i = 0; i < observe::kSeriesMax + 10; ++i) {
        metrics.AddCounter({"a_total", "A."}, {{"label", std::to_string(i)}}).Increment();
    }
    const std::string text = metrics.Serialize();
    EXPECT_THAT(text, HasSubstr("a_total{label=\"other\"} 10\n"));
    EXPECT_THAT(text, Not(HasSubstr("label=\"" + std::to_string(observe::kSeriesMax) + "\"")));
}

}  // namespace
