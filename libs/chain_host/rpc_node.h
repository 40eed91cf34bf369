// chain::NodeRpc over JSON-RPC to several equal nodes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "chain/node_rpc.h"
#include "net/json_rpc_client.h"

namespace chain_host {

class RpcNode final : public chain::NodeRpc {
public:
    RpcNode(net::HttpClient& http, net::JsonRpcOptions options, observe::Metrics& metrics)
        : client_(http, std::move(options), metrics) {}

    [[nodiscard]] base::Result<nlohmann::json> Call(std::string_view method,
                                                    nlohmann::json parameters) override {
        return client_.Call(method, std::move(parameters));
    }

    [[nodiscard]] std::vector<net::NodeHealth> Health() const { return client_.Health(); }

private:
    net::JsonRpcClient client_;
};

}  // namespace chain_host
