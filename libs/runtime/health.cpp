#include "runtime/health.h"

#include <algorithm>
#include <exception>
#include <pthread.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/check.h"
#include "net/json.h"
#include "observe/log.h"
#include "runtime/version.h"

namespace runtime {
namespace {

using Clock = std::chrono::steady_clock;
using observe::Key;

base::Result<> Probe(const Check& check) {
    try {
        return check.probe();
    } catch (const std::exception& thrown) {
        return base::Internal(std::string("the check failed: ") + thrown.what());
    }
}

void LogChange(const std::string& name, const base::Result<>& result) {
    if (result) {
        observe::Info("dependency answers", {{Key::kName, name}});
    } else {
        observe::Warn("dependency fails",
                      {{Key::kName, name},
                       {Key::kErrorCode, result.error().reason},
                       {Key::kErrorDetail, result.error().detail}});
    }
}

}  // namespace

std::string_view HealthStatusName(HealthStatus status) {
    switch (status) {
        case HealthStatus::kOk:
            return "ok";
        case HealthStatus::kDegraded:
            return "degraded";
        case HealthStatus::kDown:
            return "down";
    }
    return "down";
}

Health::Health(HealthFacts facts, observe::Metrics& metrics)
    : facts_(std::move(facts)), metrics_(metrics) {}

void Health::Add(Check check) {
    BASE_CHECK(entries_.size() < kChecksMax && !thread_.joinable());
    const auto up = metrics_.AddGauge(
        {"dependency_up", "1 while the dependency's last check passed."}, {{"name", check.name}});
    entries_.push_back({std::move(check), up, std::nullopt, {}, {}});
}

void Health::Start(std::function<void(bool ready)> on_ready) {
    on_ready_ = std::move(on_ready);
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Health::BeginDrain() {
    const std::lock_guard lock(mutex_);
    draining_ = true;
}

void Health::Stop() {
    thread_.request_stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

HealthStatus Health::status() const {
    const std::lock_guard lock(mutex_);
    return StatusLocked();
}

HealthStatus Health::StatusLocked() const {
    bool degraded = false;
    for (const Entry& entry : entries_) {
        const bool failed = !entry.result || !*entry.result;
        if (failed && entry.check.need == Need::kRequired) {
            return HealthStatus::kDown;
        }
        degraded = degraded || (entry.result && !*entry.result);
    }
    if (draining_) {
        return HealthStatus::kDown;
    }
    return degraded ? HealthStatus::kDegraded : HealthStatus::kOk;
}

std::string Health::Json(bool detailed) const {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - started_);
    nlohmann::json checks = nlohmann::json::object();
    const std::lock_guard lock(mutex_);
    for (const Entry& entry : entries_) {
        auto& check = checks[entry.check.name];
        check["status"] = !entry.result ? "unknown" : *entry.result ? "ok" : "failed";
        if (!detailed || !entry.result) {
            continue;
        }
        check["latency_ms"] = entry.latency.count();
        if (!*entry.result) {
            check["error"] = entry.result->error().detail;
            check["remedy"] = entry.result->error().remedy;
        }
    }
    return net::WriteJson({{"status", HealthStatusName(StatusLocked())},
                           {"service", facts_.service},
                           {"version", Version()},
                           {"uptime", uptime.count()},
                           {"network", facts_.network},
                           {"checks", std::move(checks)}});
}

Health::Entry* Health::Next() {
    const auto next = std::ranges::min_element(entries_, {}, &Entry::due);
    return next == entries_.end() ? nullptr : &*next;
}

void Health::Run(std::stop_token stop) {
    pthread_setname_np(pthread_self(), "health");
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        Entry* next = Next();
        const bool all_ran = std::ranges::all_of(
            entries_, [](const Entry& entry) { return entry.result.has_value(); });
        const bool ready = StatusLocked() != HealthStatus::kDown;
        if (all_ran && told_ != ready) {
            told_ = ready;
            lock.unlock();
            on_ready_(ready);
            lock.lock();
            continue;
        }
        if (next == nullptr || Clock::now() < next->due) {
            const auto until = next == nullptr ? Clock::now() + kCheckInterval : next->due;
            wake_.wait_until(lock, stop, until, [] { return false; });
            continue;
        }
        lock.unlock();
        const auto begun = Clock::now();
        auto result = Probe(next->check);
        const auto latency = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - begun);
        lock.lock();
        Take(*next, std::move(result), latency);
    }
}

void Health::Take(Entry& entry, base::Result<> result, std::chrono::milliseconds latency) {
    const bool changed = !entry.result || entry.result->has_value() != result.has_value();
    if (changed) {
        LogChange(entry.check.name, result);
    }
    entry.up.Set(result ? 1 : 0);
    entry.latency = latency;
    entry.due = Clock::now() + entry.check.interval;
    entry.result = std::move(result);
}

}  // namespace runtime
