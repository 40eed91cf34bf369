// The seam to a chain's nodes. The shell implements it over JSON-RPC with failover and a circuit
// breaker; tests implement it in memory.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace chain {

class NodeRpc {
public:
    virtual ~NodeRpc() = default;

    // One JSON-RPC 2.0 call; answers `result`. Thread-safe, bounded by the implementation's
    // deadline. Errors: `node_unavailable` (kUnavailable: no answer, outcome unknown);
    // `node_rejected` (kFailedPrecondition: the node answered with an error object; metadata
    // `code`, `upstream` = its message, cut to 300 characters).
    [[nodiscard]] virtual base::Result<nlohmann::json> Call(std::string_view method,
                                                            nlohmann::json parameters) = 0;

    // The same call to each of the nodes, for what must not rest on one node's word.
    [[nodiscard]] virtual std::vector<base::Result<nlohmann::json>> CallEach(
        std::string_view method, nlohmann::json parameters) {
        return {Call(method, std::move(parameters))};
    }
};

}  // namespace chain
