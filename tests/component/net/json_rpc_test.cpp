#include <atomic>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "component/net/raw_socket.h"
#include "component/net/test_server.h"
#include "net/json_rpc_client.h"

namespace {

using boost::asio::awaitable;
using net::Response;
using net_test::TestServer;
using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

// A node that answers with whatever `reply` makes of the request's body.
class FakeNode {
public:
    using Reply = std::function<Response(const json& request)>;

    explicit FakeNode(Reply reply)
        : reply_(std::move(reply)),
          server_([this](net::Request request, observe::RequestContext) -> awaitable<Response> {
              Response response;
              {
                  const std::lock_guard lock(mutex_);
                  ++asked_;
                  authorization_ = request.headers.Find("Authorization").value_or("");
                  response = reply_(json::parse(request.body));
              }
              co_return response;
          }) {}

    void Become(Reply reply) {
        const std::lock_guard lock(mutex_);
        reply_ = std::move(reply);
    }

    [[nodiscard]] std::string Url() const { return server_.Url("/v3/hunter2"); }

    [[nodiscard]] int asked() const { return asked_; }

    [[nodiscard]] std::string authorization() const { return authorization_; }

private:
    std::mutex mutex_;
    Reply reply_;
    std::atomic<int> asked_{0};
    std::string authorization_;
    TestServer server_;
};

Response Raw(std::string body, int status = 200) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

Response Result(const json& request, const json& result) {
    return Raw(json{{"jsonrpc", "2.0"}, {"id", request["id"]}, {"result", result}}.dump());
}

Response Good(const json& request) {
    return Result(request, "0x1");
}

Response Refusal(const json& request) {
    return Raw(json{{"jsonrpc", "2.0"},
                    {"id", request["id"]},
                    {"error", {{"code", -32003}, {"message", "nonce too low"}, {"data", {1}}}}}
                   .dump());
}

class JsonRpcClient : public testing::Test {
protected:
    net::JsonRpcOptions Options(std::vector<std::string> urls) {
        net::JsonRpcOptions options;
        options.chain = "ethereum";
        options.urls = std::move(urls);
        options.call_time = milliseconds(500);
        options.response_max = 100'000;
        options.methods = {"eth_chainId"};
        options.failures_max = 2;
        options.rest_first = milliseconds(100);
        options.rest_longest = milliseconds(200);
        return options;
    }

    net::JsonRpcClient Client(std::vector<std::string> urls) {
        return {http_, Options(std::move(urls)), metrics_};
    }

    observe::Metrics metrics_;
    net::IoThreads threads_;
    net::HttpClient http_{threads_.context(), {}};
};

TEST_F(JsonRpcClient, AsksAndReads) {
    FakeNode node([](const json& request) {
        EXPECT_EQ(request["jsonrpc"], "2.0");
        EXPECT_EQ(request["method"], "eth_getBalance");
        EXPECT_EQ(request["params"], json::array({"0xabc", "latest"}));
        return Result(request, {{"balance", "0x10"}});
    });
    auto client = Client({node.Url()});
    const auto result = client.Call("eth_getBalance", {"0xabc", "latest"});
    ASSERT_TRUE(result) << result.error().detail;
    EXPECT_EQ((*result)["balance"], "0x10");
}

TEST_F(JsonRpcClient, KeepsTheNodesErrorObject) {
    FakeNode node(Refusal);
    auto client = Client({node.Url()});
    const auto reply = client.Ask({"eth_sendRawTransaction", {"0x"}});
    ASSERT_TRUE(reply);
    ASSERT_TRUE(reply->error);
    EXPECT_EQ(reply->error->code, -32003);
    EXPECT_EQ(reply->error->message, "nonce too low");
    EXPECT_EQ(reply->error->data, json::array({1}));
    const auto result = client.Call("eth_sendRawTransaction", {"0x"});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, base::ErrorKind::kFailedPrecondition);
    EXPECT_EQ(result.error().reason, "node_rejected");
    EXPECT_EQ(result.error().metadata.at("code"), "-32003");
    EXPECT_EQ(result.error().metadata.at("upstream"), "nonce too low");
}

TEST_F(JsonRpcClient, CutsALongRefusal) {
    FakeNode node([](const json& request) {
        return Raw(json{{"id", request["id"]},
                        {"error", {{"code", -1}, {"message", std::string(5'000, 'x')}}}}
                       .dump());
    });
    auto client = Client({node.Url()});
    EXPECT_EQ(client.Call("x", json::array()).error().metadata.at("upstream").size(), 300U);
}

// bitcoind answers an error object with status 500, and `error: null` beside a result.
TEST_F(JsonRpcClient, ReadsTheDialectOfBitcoind) {
    FakeNode node([](const json& request) {
        if (request["method"] == "getblockhash") {
            return Raw(json{{"result", nullptr},
                            {"error", {{"code", -8}, {"message", "Block height out of range"}}},
                            {"id", request["id"]}}
                           .dump(),
                       500);
        }
        return Raw(json{{"result", 5}, {"error", nullptr}, {"id", request["id"]}}.dump());
    });
    auto options = Options({node.Url()});
    options.user = "rpcuser";
    options.password = secret::String("hunter2");
    net::JsonRpcClient client(http_, std::move(options), metrics_);
    EXPECT_EQ(*client.Call("getblockcount", json::array()), json(5));
    EXPECT_EQ(node.authorization(), "Basic cnBjdXNlcjpodW50ZXIy");
    EXPECT_EQ(client.Call("getblockhash", {999}).error().reason, "node_rejected");
    EXPECT_EQ(client.Health()[0].failures, 0U);
}

TEST_F(JsonRpcClient, KeepsTheDigitsOfAmountsWhereAsked) {
    FakeNode node([](const json& request) {
        return Raw(R"({"id":)" + request["id"].dump() + R"(,"result":{"value":0.10000000}})");
    });
    auto options = Options({node.Url()});
    options.numbers_as_text = true;
    net::JsonRpcClient client(http_, std::move(options), metrics_);
    EXPECT_EQ((*client.Call("gettxout", json::array()))["value"], "0.10000000");
    node.Become([](const json& request) {
        return Raw(R"({"id":)" + request["id"].dump() + R"(,"error":{"code":-8,"message":"m"}})");
    });
    EXPECT_EQ(client.Ask({"x"})->error->code, -8);
}

TEST_F(JsonRpcClient, RefusesAnswersThatAreNotToTheQuestion) {
    const std::vector<FakeNode::Reply> replies{
        [](const json& request) {
            return Raw(json{{"id", request["id"].get<int>() + 1}, {"result", 1}}.dump());
        },
        [](const json&) { return Raw(R"({"result":1})"); },
        [](const json&) { return Raw(R"({"id":null,"result":1})"); },
        [](const json& request) {
            return Raw(json{{"id", request["id"]}}.dump());
        },
        [](const json& request) {
            return Raw(json{{"id", request["id"]}, {"error", "text"}}.dump());
        },
        [](const json& request) {
            const json reply{{"id", request["id"]}, {"result", 1}};
            return Raw(json::array({reply, reply}).dump());
        },
        [](const json&) { return Raw("[]"); },
        [](const json&) { return Raw("5"); },
        [](const json&) { return Raw(""); },
        [](const json&) { return Raw("<html>busy</html>"); },
        [](const json&) { return Raw("<html>busy</html>", 502); },
        [](const json&) { return Raw("", 401); },
        [](const json&) { return Raw("", 429); },
        [](const json& request) { return Result(request, std::string(200'000, 'x')); },
        [](const json& request) {
            return Raw(R"({"id":)" + request["id"].dump() + R"(,"result":)" +
                       std::string(200, '[') + std::string(200, ']') + "}");
        }};
    for (std::size_t i = 0; i < replies.size(); ++i) {
        FakeNode node(replies[i]);
        auto client = Client({node.Url()});
        const auto result = client.Call("eth_chainId", json::array());
        ASSERT_FALSE(result) << i;
        EXPECT_EQ(result.error().reason, "node_unavailable") << i;
        EXPECT_EQ(result.error().kind, base::ErrorKind::kUnavailable);
        EXPECT_THAT(result.error().detail, Not(HasSubstr("hunter2")))
            << "the URL's path may be a key";
        EXPECT_EQ(client.Health()[0].failures, 1U);
    }
}

TEST_F(JsonRpcClient, AsksTheNextNodeWhereOneFails) {
    FakeNode bad([](const json&) { return Raw("", 503); });
    FakeNode good(Good);
    auto client = Client(
        {"http://127.0.0.1:" + std::to_string(net_test::ClosedPort()), bad.Url(), good.Url()});
    const auto reply = client.Ask({"eth_chainId"});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->node, 2U);
    EXPECT_EQ(reply->result, "0x1");
}

TEST_F(JsonRpcClient, AnErrorObjectIsAnAnswerAndNoFailover) {
    FakeNode refusing(Refusal);
    FakeNode other(Good);
    auto client = Client({refusing.Url(), other.Url()});
    EXPECT_TRUE(client.Ask({"eth_sendRawTransaction"})->error);
    EXPECT_EQ(other.asked(), 0);
}

TEST_F(JsonRpcClient, TakesNoLongerThanItsDeadline) {
    net_test::RawServer silent(
        [](net_test::RawSocket socket) { (void)socket.ReadAll(milliseconds(2'000)); });
    FakeNode good(Good);
    auto client = Client({"http://127.0.0.1:" + std::to_string(silent.port()), good.Url()});
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(client.Ask({"eth_chainId"})->node, 1U);
    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(1'500));
}

TEST_F(JsonRpcClient, LeavesAFailingNodeAloneAndFindsItBack) {
    FakeNode node([](const json&) { return Raw("", 503); });
    auto client = Client({node.Url()});
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(client.Call("eth_chainId", json::array()).error().reason, "node_unavailable");
    }
    EXPECT_EQ(node.asked(), 2) << "then the breaker is open";
    EXPECT_TRUE(client.Health()[0].resting);
    EXPECT_EQ(client.Health()[0].last_error, "bad_response");
    std::this_thread::sleep_for(milliseconds(150));
    EXPECT_FALSE(client.Call("eth_chainId", json::array()));
    EXPECT_FALSE(client.Call("eth_chainId", json::array()));
    EXPECT_EQ(node.asked(), 3) << "one probe, then it rests again, longer";
    node.Become(Good);
    std::this_thread::sleep_for(milliseconds(120));
    EXPECT_FALSE(client.Call("eth_chainId", json::array())) << "200 ms are not over";
    std::this_thread::sleep_for(milliseconds(120));
    EXPECT_TRUE(client.Call("eth_chainId", json::array()));
    EXPECT_TRUE(client.Call("eth_chainId", json::array()));
    EXPECT_FALSE(client.Health()[0].resting);
}

TEST_F(JsonRpcClient, AsksOneNodeWhereTold) {
    FakeNode first(Good);
    FakeNode second([](const json& request) { return Result(request, "0x2"); });
    auto client = Client({first.Url(), second.Url()});
    EXPECT_EQ(client.node_count(), 2U);
    EXPECT_EQ(client.AskNode(1, {"eth_chainId"})->result, "0x2");
    EXPECT_EQ(first.asked(), 0);
    second.Become([](const json&) { return Raw("", 503); });
    EXPECT_EQ(client.AskNode(1, {"eth_chainId"}).error().reason, "node_unavailable");
    EXPECT_EQ(first.asked(), 0) << "no failover";
}

TEST_F(JsonRpcClient, SortsTheRepliesOfABatch) {
    FakeNode node([](const json& requests) {
        json replies = json::array();
        for (const json& request : requests) {
            json reply{{"id", request["id"]}};
            if (request["method"] == "bad") {
                reply["error"] = {{"code", 7}, {"message", "no"}};
            } else {
                reply["result"] = request["method"];
            }
            replies.insert(replies.begin(), reply);
        }
        return Raw(replies.dump());
    });
    auto client = Client({node.Url()});
    const auto replies = client.AskBatch({{"a"}, {"bad"}, {"c"}});
    ASSERT_TRUE(replies) << replies.error().detail;
    ASSERT_EQ(replies->size(), 3U);
    EXPECT_EQ((*replies)[0].result, "a");
    EXPECT_EQ((*replies)[1].error->code, 7);
    EXPECT_EQ((*replies)[2].result, "c");
    EXPECT_EQ(node.asked(), 1);
    EXPECT_TRUE(client.AskBatch({})->empty());
    node.Become([](const json& requests) {
        return Raw(json::array({{{"id", requests[0]["id"]}, {"result", 1}}}).dump());
    });
    EXPECT_FALSE(client.AskBatch({{"a"}, {"b"}})) << "a reply is missing";
}

TEST_F(JsonRpcClient, ServesManyThreads) {
    FakeNode node([](const json& request) { return Result(request, request["params"][0]); });
    auto client = Client({node.Url()});
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&client, &good, i] {
            for (int j = 0; j < 25; ++j) {
                const auto result = client.Call("echo", {i * 100 + j});
                good += result && *result == i * 100 + j ? 1 : 0;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(good, 200);
}

TEST_F(JsonRpcClient, MeasuresEveryAnswer) {
    FakeNode node(Good);
    auto client = Client({node.Url()});
    const std::string zero = metrics_.Serialize();
    const auto series = [](const char* method, const char* outcome, int count) {
        return "chain_rpc_duration_seconds_count{chain=\"ethereum\",method=\"" +
               std::string(method) + "\",outcome=\"" + outcome + "\"} " + std::to_string(count) +
               "\n";
    };
    EXPECT_THAT(zero, HasSubstr(series("eth_chainId", "failed", 0)));
    EXPECT_TRUE(client.Ask({"eth_chainId"}));
    node.Become(Refusal);
    EXPECT_TRUE(client.Ask({"eth_chainId"}));
    EXPECT_TRUE(client.Ask({"eth_neverListed"}));
    node.Become([](const json&) { return Raw("", 503); });
    EXPECT_FALSE(client.Ask({"eth_chainId"}));
    const std::string text = metrics_.Serialize();
    EXPECT_THAT(text, HasSubstr(series("eth_chainId", "ok", 1)));
    EXPECT_THAT(text, HasSubstr(series("eth_chainId", "rejected", 1)));
    EXPECT_THAT(text, HasSubstr(series("eth_chainId", "failed", 1)));
    EXPECT_THAT(text, HasSubstr(series("other", "rejected", 1)));
    EXPECT_THAT(text, Not(HasSubstr("eth_neverListed")));
}

}  // namespace
