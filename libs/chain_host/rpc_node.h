// chain::NodeRpc over JSON-RPC to several equal nodes.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "chain/node_rpc.h"
#include "chain_host/gathered_calls.h"
#include "net/json_rpc_client.h"

namespace chain_host {

class RpcNode final : public chain::NodeRpc {
public:
    // Simultaneous calls of the methods `gathered` share their requests; quick ones that no other
    // should wait for long.
    RpcNode(net::HttpClient& http,
            net::JsonRpcOptions options,
            std::set<std::string, std::less<>> gathered,
            observe::Metrics& metrics)
        : client_(http, std::move(options), metrics),
          gathered_(std::move(gathered)),
          calls_([this](const auto& calls) { return client_.AskBatch(calls); }) {}

    [[nodiscard]] base::Result<nlohmann::json> Call(std::string_view method,
                                                    nlohmann::json parameters) override {
        if (gathered_.count(method) == 0) {
            return client_.Call(method, std::move(parameters));
        }
        BASE_ASSIGN_OR_RETURN(auto reply, calls_.Ask({std::string(method), std::move(parameters)}));
        return net::JsonRpcClient::ResultOf(std::move(reply));
    }

    [[nodiscard]] std::vector<base::Result<nlohmann::json>> CallEach(
        std::string_view method, nlohmann::json parameters) override {
        std::vector<base::Result<nlohmann::json>> answers;
        for (std::size_t node = 0; node < client_.node_count(); ++node) {
            auto reply = client_.AskNode(node, {std::string(method), parameters});
            answers.push_back(reply ? net::JsonRpcClient::ResultOf(std::move(*reply))
                                    : base::Result<nlohmann::json>(reply.error()));
        }
        return answers;
    }

    [[nodiscard]] std::vector<net::NodeHealth> Health() const { return client_.Health(); }

private:
    net::JsonRpcClient client_;
    const std::set<std::string, std::less<>> gathered_;
    GatheredCalls calls_;
};

}  // namespace chain_host
