#include "observe/metrics.h"

#include <mutex>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <set>
#include <utility>

namespace observe {

namespace {

// From a cache hit to the longest call we allow.
const prometheus::Histogram::BucketBoundaries& Buckets() {
    static const prometheus::Histogram::BucketBoundaries bounds{
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
    return bounds;
}

}  // namespace

struct Metrics::State {
    prometheus::Registry registry;
    mutable std::mutex mutex;
    std::map<std::string, std::set<Labels>> series;
    std::vector<std::pair<Gauge, std::function<std::int64_t()>>> functions;

    // The labels to use, so that one name never grows without bound.
    Labels Bound(const std::string& name, Labels labels) {
        const std::lock_guard lock(mutex);
        auto& known = series[name];
        if (known.size() >= kSeriesMax && !known.contains(labels)) {
            for (auto& [label, value] : labels) {
                value = "other";
            }
        }
        known.insert(labels);
        return labels;
    }
};

void Counter::Increment(std::uint64_t by) const {
    series_->Increment(static_cast<double>(by));
}

void Gauge::Set(std::int64_t value) const {
    series_->Set(static_cast<double>(value));
}

void Gauge::Add(std::int64_t change) const {
    series_->Increment(static_cast<double>(change));
}

void Histogram::Observe(std::chrono::nanoseconds duration) const {
    series_->Observe(std::chrono::duration<double>(duration).count());
}

Metrics::Metrics() : state_(std::make_unique<State>()) {}

Metrics::~Metrics() = default;

Counter Metrics::AddCounter(const MetricName& name, const Labels& labels) {
    auto& family =
        prometheus::BuildCounter().Name(name.name).Help(name.help).Register(state_->registry);
    return Counter(family.Add(state_->Bound(name.name, labels)));
}

Gauge Metrics::AddGauge(const MetricName& name, const Labels& labels) {
    auto& family =
        prometheus::BuildGauge().Name(name.name).Help(name.help).Register(state_->registry);
    return Gauge(family.Add(state_->Bound(name.name, labels)));
}

Histogram Metrics::AddHistogram(const MetricName& name, const Labels& labels) {
    auto& family =
        prometheus::BuildHistogram().Name(name.name).Help(name.help).Register(state_->registry);
    return Histogram(family.Add(state_->Bound(name.name, labels), Buckets()));
}

void Metrics::AddGaugeFunction(const MetricName& name,
                               const Labels& labels,
                               std::function<std::int64_t()> read) {
    const Gauge gauge = AddGauge(name, labels);
    const std::lock_guard lock(state_->mutex);
    state_->functions.emplace_back(gauge, std::move(read));
}

std::string Metrics::Serialize() const {
    std::vector<std::pair<Gauge, std::function<std::int64_t()>>> functions;
    {
        // Called without the lock: a function may itself add a series.
        const std::lock_guard lock(state_->mutex);
        functions = state_->functions;
    }
    for (const auto& [gauge, read] : functions) {
        gauge.Set(read());
    }
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace observe
