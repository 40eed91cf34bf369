// Prometheus metrics. A series exists, at 0, from the moment it is added, so callers add every
// series they may use at start and keep the handles. Thread-safe.
//
//     observe::Counter sent = metrics.AddCounter(
//         {"tx_sent_total", "Transactions sent."}, {{"chain", "ethereum"}});
//     sent.Increment();
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace observe {

using Labels = std::map<std::string, std::string>;

// `subsystem_thing_unit` with `_total` or `_seconds`, and one sentence.
struct MetricName {
    std::string name;
    std::string help;
};

// Handles are small values; they live as long as their Metrics.
class Counter {
public:
    void Increment(std::uint64_t by = 1) const;

private:
    friend class Metrics;

    explicit Counter(prometheus::Counter& series) : series_(&series) {}

    prometheus::Counter* series_;
};

class Gauge {
public:
    void Set(std::int64_t value) const;
    void Add(std::int64_t change) const;

private:
    friend class Metrics;

    explicit Gauge(prometheus::Gauge& series) : series_(&series) {}

    prometheus::Gauge* series_;
};

// Of durations, in seconds.
class Histogram {
public:
    void Observe(std::chrono::nanoseconds duration) const;

private:
    friend class Metrics;

    explicit Histogram(prometheus::Histogram& series) : series_(&series) {}

    prometheus::Histogram* series_;
};

// Bounds the label values of one name: past this many series, further ones count as one whose label
// values are all "other".
constexpr std::size_t kSeriesMax = 2'000;

class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // Adding the same name and labels again gives the same series.
    [[nodiscard]] Counter AddCounter(const MetricName& name, const Labels& labels = {});
    [[nodiscard]] Gauge AddGauge(const MetricName& name, const Labels& labels = {});
    [[nodiscard]] Histogram AddHistogram(const MetricName& name, const Labels& labels = {});

    // A gauge that is asked each time the metrics are read. `read` must stay callable as long as
    // this object lives.
    void AddGaugeFunction(const MetricName& name,
                          const Labels& labels,
                          std::function<std::int64_t()> read);

    // The Prometheus text format, version 0.0.4.
    [[nodiscard]] std::string Serialize() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace observe
