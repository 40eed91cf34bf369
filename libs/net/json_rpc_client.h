// JSON-RPC 2.0 (https://www.jsonrpc.org/specification) over HTTP to several equal nodes: failover,
// a circuit breaker a node, bounded answers. Thread-safe; calls block the calling thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "net/http_client.h"
#include "observe/metrics.h"
#include "secret/secret.h"

namespace net {

struct JsonRpcOptions {
    std::string chain;              // for logs and metrics
    std::vector<std::string> urls;  // the preferred first, at least one
    std::string user{};             // HTTP basic authentication, where set
    secret::String password{};
    std::filesystem::path cookie_file{};  // instead of the two; read again when a node says 401
    std::chrono::milliseconds call_time{5'000};  // for one node's answer
    std::size_t response_max = 16'777'216;
    bool numbers_as_text = false;  // see JsonOptions
    // The methods that get metrics of their own; others count as "other".
    std::vector<std::string> methods{};
    // A node that failed this often in a row is left alone, for a time that doubles up to the
    // longest.
    std::size_t failures_max = 3;
    std::chrono::milliseconds rest_first{1'000};
    std::chrono::milliseconds rest_longest{30'000};
};

struct JsonRpcCall {
    std::string method;
    nlohmann::json parameters = nlohmann::json::array();
};

// The error object of a node's answer.
struct JsonRpcError {  // NOLINT(bugprone-exception-escape): json's own
    std::int64_t code = 0;
    std::string message;
    nlohmann::json data;
};

// What a node said: a result, or an error object.
struct JsonRpcReply {  // NOLINT(bugprone-exception-escape): json's own
    nlohmann::json result;
    std::optional<JsonRpcError> error;
    std::size_t node = 0;  // which of the urls answered
};

struct NodeHealth {
    std::string host;  // without path and credentials
    bool resting = false;
    std::size_t failures = 0;  // in a row
    std::string last_error;    // its reason
};

class JsonRpcClient {
public:
    JsonRpcClient(HttpClient& http, JsonRpcOptions options, observe::Metrics& metrics);
    ~JsonRpcClient();
    JsonRpcClient(const JsonRpcClient&) = delete;
    JsonRpcClient& operator=(const JsonRpcClient&) = delete;

    // Asks the nodes in their order until one answers; nodes that rest are passed over. An error
    // object is an answer, not a failure. Errors: `node_unavailable` (kUnavailable): none answered,
    // and whether one acted is unknown.
    [[nodiscard]] base::Result<JsonRpcReply> Ask(const JsonRpcCall& call);

    // The same with one node, for what must be seen by two.
    [[nodiscard]] base::Result<JsonRpcReply> AskNode(std::size_t node, const JsonRpcCall& call);

    // One HTTP request for many calls; replies in the order of the calls, all by one node.
    [[nodiscard]] base::Result<std::vector<JsonRpcReply>> AskBatch(
        const std::vector<JsonRpcCall>& calls);

    // Ask, with an error object as an error: `node_rejected` (kFailedPrecondition; metadata `code`,
    // `upstream` = the node's message, cut to 300 characters).
    [[nodiscard]] base::Result<nlohmann::json> Call(std::string_view method,
                                                    nlohmann::json parameters);
    // What Call makes of a reply.
    [[nodiscard]] static base::Result<nlohmann::json> ResultOf(JsonRpcReply reply);

    [[nodiscard]] std::size_t node_count() const;
    [[nodiscard]] std::vector<NodeHealth> Health() const;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace net
