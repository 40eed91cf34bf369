#include "net/json_rpc_client.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>

#include "base/check.h"
#include "net/json.h"
#include "net/node_login.h"
#include "net/url.h"
#include "observe/log.h"

namespace net {

namespace {

using nlohmann::json;
using observe::Key;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kReplyDepthMax = 128;
constexpr std::size_t kUpstreamTextMax = 300;
constexpr std::size_t kBatchMax = 1'000;
constexpr std::string_view kOther = "other";

enum class AskOutcome { kOk, kRejected, kFailed };

std::string_view OutcomeName(AskOutcome outcome) {
    switch (outcome) {
        case AskOutcome::kOk:
            return "ok";
        case AskOutcome::kRejected:
            return "rejected";
        case AskOutcome::kFailed:
            return "failed";
    }
    return "failed";
}

base::Error BadReply(std::string detail) {
    return base::Unavailable("bad_response", std::move(detail));
}

// Failures that say nothing about the node.
bool IsOurs(std::string_view reason) {
    return reason == "upstream_busy" || reason == "cancelled";
}

json RequestOf(const JsonRpcCall& call, std::uint64_t id) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"method", call.method}, {"params", call.parameters}};
}

bool IsId(const json& value, std::uint64_t id) {
    // Where numbers are kept as text the id comes back as text.
    return value == id || value == std::to_string(id);
}

std::int64_t CodeOf(const json& value) {
    if (value.is_number_integer()) {
        return value.get<std::int64_t>();
    }
    // Where numbers are kept as text.
    std::int64_t code = 0;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        (void)std::from_chars(text.data(), text.data() + text.size(), code);
    }
    return code;
}

// One response object. Node software that speaks 1.0 sends `error: null` beside the result.
base::Result<JsonRpcReply> ReadReply(json& object) {
    JsonRpcReply reply;
    if (const auto error = object.find("error"); error != object.end() && !error->is_null()) {
        if (!error->is_object()) {
            return BadReply("the error of the answer is no object");
        }
        JsonRpcError read;
        read.code = CodeOf(error->value("code", json(0)));
        const json message = error->value("message", json());
        read.message = message.is_string() ? message.get<std::string>() : "";
        read.data = error->value("data", json());
        reply.error = std::move(read);
        return reply;
    }
    const auto result = object.find("result");
    if (result == object.end()) {
        return BadReply("the answer has neither result nor error");
    }
    reply.result = std::move(*result);
    return reply;
}

// Puts the replies of a batch (or of one call) into the order of the ids.
base::Result<std::vector<JsonRpcReply>> ReadReplies(json body,
                                                    const std::vector<std::uint64_t>& ids) {
    json list = body.is_array() ? std::move(body) : json::array({std::move(body)});
    std::vector<std::optional<JsonRpcReply>> found(ids.size());
    for (json& object : list) {
        const json id = object.is_object() ? object.value("id", json()) : json();
        const auto at = std::find_if(
            ids.begin(), ids.end(), [&id](std::uint64_t wanted) { return IsId(id, wanted); });
        if (at == ids.end() || found[static_cast<std::size_t>(at - ids.begin())]) {
            return BadReply("the answer has a wrong id");
        }
        BASE_ASSIGN_OR_RETURN(found[static_cast<std::size_t>(at - ids.begin())], ReadReply(object));
    }
    std::vector<JsonRpcReply> replies;
    for (auto& reply : found) {
        if (!reply) {
            return BadReply("the answer lacks a reply");
        }
        replies.push_back(*std::move(reply));
    }
    return replies;
}

std::string HostOf(const std::string& url) {
    const auto parsed = ParseHttpUrl(url);
    return parsed ? parsed->host + ":" + parsed->port : std::string("(bad URL)");
}

}  // namespace

class JsonRpcClient::State {
public:
    State(HttpClient& http, JsonRpcOptions options, observe::Metrics& metrics)
        : http_(http),
          options_(std::move(options)),
          login_(options_.user, options_.password, options_.cookie_file),
          nodes_(options_.urls.size()) {
        BASE_CHECK(!options_.urls.empty());
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            nodes_[i].host = HostOf(options_.urls[i]);
        }
        AddSeries(metrics, std::string(kOther));
        for (const std::string& method : options_.methods) {
            AddSeries(metrics, method);
        }
    }

    using Replies = base::Result<std::vector<JsonRpcReply>>;

    // Asks the nodes in turn, each at most once.
    Replies AskAny(const std::vector<JsonRpcCall>& calls) {
        base::Error last = Resting();
        for (std::size_t node = 0; node < nodes_.size(); ++node) {
            if (!Enter(node)) {
                continue;
            }
            Replies replies = Try(node, calls);
            if (replies) {
                return replies;
            }
            last = Unavailable(node, replies.error());
        }
        return last;
    }

    Replies AskOne(std::size_t node, const std::vector<JsonRpcCall>& calls) {
        BASE_CHECK(node < nodes_.size());
        if (!Enter(node)) {
            return Resting();
        }
        Replies replies = Try(node, calls);
        if (!replies) {
            return Unavailable(node, replies.error());
        }
        return replies;
    }

    std::size_t node_count() const { return nodes_.size(); }

    std::vector<NodeHealth> Health() const {
        const std::lock_guard lock(mutex_);
        std::vector<NodeHealth> all;
        for (const Node& node : nodes_) {
            all.push_back({.host = node.host,
                           .resting = IsResting(node),
                           .failures = node.failures,
                           .last_error = node.last_error});
        }
        return all;
    }

private:
    struct Node {
        std::string host;
        std::size_t failures = 0;  // in a row
        std::string last_error;
        milliseconds rest{0};  // how long the current or the last rest is
        steady_clock::time_point rests_until{};
        bool probing = false;  // one call is finding out whether it is back
    };

    void AddSeries(observe::Metrics& metrics, const std::string& method) {
        for (const AskOutcome outcome :
             {AskOutcome::kOk, AskOutcome::kRejected, AskOutcome::kFailed}) {
            durations_.emplace(
                std::pair(method, outcome),
                metrics.AddHistogram({"chain_rpc_duration_seconds", "Time of one node's answer."},
                                     {{"chain", options_.chain},
                                      {"method", method},
                                      {"outcome", std::string(OutcomeName(outcome))}}));
        }
    }

    [[nodiscard]] bool IsResting(const Node& node) const {
        return node.failures >= options_.failures_max;
    }

    // True where the node may be asked now; then Leave must follow.
    bool Enter(std::size_t index) {
        const std::lock_guard lock(mutex_);
        Node& node = nodes_[index];
        if (!IsResting(node)) {
            return true;
        }
        if (node.probing || steady_clock::now() < node.rests_until) {
            return false;
        }
        node.probing = true;
        return true;
    }

    // `failure` is its reason, empty where the node answered.
    void Leave(std::size_t index, const std::string& failure) {
        const std::lock_guard lock(mutex_);
        Node& node = nodes_[index];
        node.probing = false;
        if (IsOurs(failure)) {
            return;
        }
        if (failure.empty()) {
            if (IsResting(node)) {
                observe::Info("node is back",
                              {{Key::kChain, options_.chain}, {Key::kHost, node.host}});
            }
            node.failures = 0;
            node.rest = milliseconds(0);
            return;
        }
        node.last_error = failure;
        ++node.failures;
        if (IsResting(node)) {
            node.rest = node.rest.count() == 0 ? options_.rest_first
                                               : std::min(node.rest * 2, options_.rest_longest);
            node.rests_until = steady_clock::now() + node.rest;
            observe::Warn("node left alone",
                          {{Key::kChain, options_.chain},
                           {Key::kHost, node.host},
                           {Key::kErrorCode, failure},
                           {Key::kDurationMs, node.rest}});
        }
    }

    Replies Try(std::size_t node, const std::vector<JsonRpcCall>& calls) {
        const auto started = steady_clock::now();
        Replies replies = Post(node, calls);
        const bool rejected = replies && replies->front().error;
        const AskOutcome outcome = !replies   ? AskOutcome::kFailed
                                   : rejected ? AskOutcome::kRejected
                                              : AskOutcome::kOk;
        auto series = durations_.find(std::pair(calls.front().method, outcome));
        if (series == durations_.end()) {
            series = durations_.find(std::pair(std::string(kOther), outcome));
        }
        series->second.Observe(steady_clock::now() - started);
        Leave(node, replies ? std::string() : replies.error().reason);
        if (replies) {
            for (JsonRpcReply& reply : *replies) {
                reply.node = node;
            }
        }
        return replies;
    }

    Replies Post(std::size_t node, const std::vector<JsonRpcCall>& calls) {
        std::vector<std::uint64_t> ids;
        json body = json::array();
        for (const JsonRpcCall& call : calls) {
            ids.push_back(next_id_.fetch_add(1));
            body.push_back(RequestOf(call, ids.back()));
        }
        const std::string text = WriteJson(calls.size() == 1 ? body.front() : body);
        BASE_ASSIGN_OR_RETURN(Response response, Send(node, text));
        if (response.status == 401 && login_.Renew()) {
            BASE_ASSIGN_OR_RETURN(response, Send(node, text));
        }
        // Some nodes send error objects with status 500: the body counts, if it is one.
        auto parsed =
            ParseJson(response.body,
                      {.depth_max = kReplyDepthMax, .numbers_as_text = options_.numbers_as_text});
        if (response.status != 200 && (!parsed || !parsed->is_object())) {
            return BadReply("HTTP status " + std::to_string(response.status));
        }
        if (!parsed) {
            return BadReply("the answer is not JSON: " + parsed.error().reason);
        }
        return ReadReplies(*std::move(parsed), ids);
    }

    base::Result<Response> Send(std::size_t node, const std::string& text) {
        ClientRequest request;
        request.method = Method::kPost;
        request.url = options_.urls[node];
        request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
        std::string credentials = login_.Header();
        if (!credentials.empty()) {
            request.headers.Add("Authorization", credentials);
            secret::Wipe(credentials);
        }
        request.body = text;
        request.deadline = options_.call_time;
        request.body_max = options_.response_max;
        // Reads have no effect, and what is broadcast are the same signed bytes.
        request.repeatable = true;
        return http_.SendBlocking(std::move(request));
    }

    base::Error Unavailable(std::size_t node, const base::Error& cause) const {
        return base::Unavailable(
            "node_unavailable",
            options_.chain + " node " + nodes_[node].host + " is not answering: " + cause.detail);
    }

    [[nodiscard]] base::Error Resting() const {
        auto error =
            base::Unavailable("node_unavailable",
                              "no " + options_.chain + " node answered lately; asking again soon");
        error.retry_after = options_.rest_first;
        return error;
    }

    HttpClient& http_;
    const JsonRpcOptions options_;
    NodeLogin login_;
    std::map<std::pair<std::string, AskOutcome>, observe::Histogram> durations_;
    std::atomic<std::uint64_t> next_id_{1};
    mutable std::mutex mutex_;
    std::vector<Node> nodes_;
};

JsonRpcClient::JsonRpcClient(HttpClient& http, JsonRpcOptions options, observe::Metrics& metrics)
    : state_(std::make_unique<State>(http, std::move(options), metrics)) {}

JsonRpcClient::~JsonRpcClient() = default;

base::Result<JsonRpcReply> JsonRpcClient::Ask(const JsonRpcCall& call) {
    BASE_ASSIGN_OR_RETURN(auto replies, state_->AskAny({call}));
    return std::move(replies.front());
}

base::Result<JsonRpcReply> JsonRpcClient::AskNode(std::size_t node, const JsonRpcCall& call) {
    BASE_ASSIGN_OR_RETURN(auto replies, state_->AskOne(node, {call}));
    return std::move(replies.front());
}

base::Result<std::vector<JsonRpcReply>> JsonRpcClient::AskBatch(
    const std::vector<JsonRpcCall>& calls) {
    if (calls.empty()) {
        return std::vector<JsonRpcReply>();
    }
    BASE_CHECK(calls.size() <= kBatchMax);
    return state_->AskAny(calls);
}

base::Result<json> JsonRpcClient::Call(std::string_view method, json parameters) {
    BASE_ASSIGN_OR_RETURN(JsonRpcReply reply, Ask({std::string(method), std::move(parameters)}));
    return ResultOf(std::move(reply));
}

base::Result<json> JsonRpcClient::ResultOf(JsonRpcReply reply) {
    if (reply.error) {
        const std::string text = reply.error->message.substr(0, kUpstreamTextMax);
        return base::FailedPrecondition("node_rejected", "the node refused: " + text)
            .With("code", std::to_string(reply.error->code))
            .With("upstream", text);
    }
    return base::Result<json>(boost::system::in_place_value, std::move(reply.result));
}

std::size_t JsonRpcClient::node_count() const {
    return state_->node_count();
}

std::vector<NodeHealth> JsonRpcClient::Health() const {
    return state_->Health();
}

}  // namespace net
