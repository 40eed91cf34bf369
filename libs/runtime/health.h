// What a daemon knows of itself and of what it depends on. Checks run in the background, one after
// the other, so that a probe of /health costs nothing and a slow dependency delays nobody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "observe/metrics.h"

namespace runtime {

inline constexpr std::chrono::milliseconds kCheckInterval{5'000};
inline constexpr std::size_t kChecksMax = 64;

enum class Need {
    kRequired,  // without it the daemon is not ready
    kOptional,  // without it the daemon is degraded
};

struct Check {
    std::string name;  // "postgres", "redis", "ethereum-node", "wallet-manager"
    // Blocks for two seconds at most. Its error's detail and remedy are shown to operators.
    std::function<base::Result<>()> probe;
    Need need = Need::kRequired;
    std::chrono::milliseconds interval = kCheckInterval;
};

struct HealthFacts {
    std::string service;
    std::string network;  // devnet, testnet, mainnet
};

enum class HealthStatus { kOk, kDegraded, kDown };

[[nodiscard]] std::string_view HealthStatusName(HealthStatus status);

// Thread-safe after Start().
class Health {
public:
    Health(HealthFacts facts, observe::Metrics& metrics);
    Health(const Health&) = delete;
    Health& operator=(const Health&) = delete;

    // Before Start().
    void Add(Check check);

    // `on_ready` is told from the checks' thread, first when every required check has run once.
    void Start(std::function<void(bool ready)> on_ready);

    // Never ready again: the daemon stops.
    void BeginDrain();

    // Returns when no check runs any more.
    void Stop();

    [[nodiscard]] HealthStatus status() const;

    [[nodiscard]] bool ready() const { return status() != HealthStatus::kDown; }

    // The document of GET /health. Without `detailed`, checks show their status alone.
    [[nodiscard]] std::string Json(bool detailed) const;

private:
    struct Entry {
        Check check;
        observe::Gauge up;
        std::optional<base::Result<>> result;  // nothing: not yet run
        std::chrono::milliseconds latency{};
        std::chrono::steady_clock::time_point due{};
    };

    void Run(std::stop_token stop);
    // The entry that is due first. Locked.
    [[nodiscard]] Entry* Next();
    void Take(Entry& entry, base::Result<> result, std::chrono::milliseconds latency);
    [[nodiscard]] HealthStatus StatusLocked() const;

    const HealthFacts facts_;
    observe::Metrics& metrics_;
    const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::function<void(bool)> on_ready_;
    std::optional<bool> told_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<Entry> entries_;
    bool draining_ = false;
    std::jthread thread_;
};

}  // namespace runtime
