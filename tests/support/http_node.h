// chain::NodeRpc over plain HTTP to a node on this machine: one connection a call, no retries.
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "chain/node_rpc.h"

namespace support {

class HttpNode : public chain::NodeRpc {
public:
    explicit HttpNode(std::uint16_t port) : port_(port) {}

    [[nodiscard]] base::Result<nlohmann::json> Call(std::string_view method,
                                                    nlohmann::json parameters) override;

private:
    std::uint16_t port_;
};

}  // namespace support
