// What every daemon answers over HTTP beside its own API: /health, /health/live, /health/ready,
// /version, /metrics.
#pragma once

#include <optional>

#include "net/http_message.h"
#include "net/ip_ranges.h"
#include "observe/metrics.h"
#include "runtime/health.h"

namespace runtime {

class Operations {
public:
    // Metrics and the details of health are for `operators` alone.
    Operations(const Health& health, const observe::Metrics& metrics, net::IpRanges operators)
        : health_(health), metrics_(metrics), operators_(std::move(operators)) {}

    // Nothing where the path is not one of ours.
    [[nodiscard]] std::optional<net::Response> Answer(const net::Request& request) const;

    // Whether the client may see what is for operators.
    [[nodiscard]] bool IsOperator(const net::Request& request) const;

private:
    const Health& health_;
    const observe::Metrics& metrics_;
    const net::IpRanges operators_;
};

}  // namespace runtime
