#include "chain_host/shared_reads.h"

#include <atomic>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace chain_host {

namespace {

using std::chrono::milliseconds;

class CountingNode final : public chain::NodeRpc {
public:
    base::Result<nlohmann::json> Call(std::string_view, nlohmann::json parameters) override {
        const int number = ++calls;
        std::this_thread::sleep_for(delay);
        if (failing) {
            return base::Unavailable("node_unavailable", "down");
        }
        nlohmann::json answer;
        answer["number"] = number;
        answer["asked"] = std::move(parameters);
        return {boost::system::in_place_value, std::move(answer)};
    }

    std::atomic<int> calls{0};
    std::atomic<bool> failing{false};
    milliseconds delay{0};
};

}  // namespace

TEST(SharedReads, TheSameQuestionAtTheSameTimeIsAskedOnce) {
    CountingNode node;
    node.delay = milliseconds(50);
    SharedReads reads(node, {{"read", milliseconds(10)}});
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&] { EXPECT_TRUE(reads.Call("read", {1})); });
    }
    callers.clear();
    EXPECT_EQ(node.calls.load(), 1);
}

TEST(SharedReads, WithoutATimeNoAnswerIsOlderThanItsQuestion) {
    CountingNode node;
    node.delay = milliseconds(50);
    SharedReads reads(node, {{"read", milliseconds(0)}});
    const auto number = [&] { return reads.Call("read", {1}).value().at("number").get<int>(); };
    std::jthread first([&] { EXPECT_EQ(number(), 1); });
    while (node.calls.load() == 0) {
        std::this_thread::yield();
    }
    // All of these come while the first call is under way, and share the one after it.
    std::vector<std::jthread> callers;
    for (int caller = 0; caller < 8; ++caller) {
        callers.emplace_back([&] { EXPECT_EQ(number(), 2); });
    }
    callers.clear();
    EXPECT_EQ(number(), 3);  // nothing is kept
}

TEST(SharedReads, AnAnswerIsKeptForItsTimeAlone) {
    CountingNode node;
    SharedReads reads(node, {{"read", milliseconds(40)}});
    ASSERT_TRUE(reads.Call("read", {1}));
    ASSERT_TRUE(reads.Call("read", {1}));
    EXPECT_EQ(node.calls.load(), 1);
    std::this_thread::sleep_for(milliseconds(60));
    const auto fresh = reads.Call("read", {1});
    ASSERT_TRUE(fresh);
    EXPECT_EQ(fresh->at("number"), 2);
}

TEST(SharedReads, OtherQuestionsAndWritesAreNotShared) {
    CountingNode node;
    SharedReads reads(node, {{"read", std::chrono::hours(1)}});
    const auto first = reads.Call("read", {1});
    const auto second = reads.Call("read", {2});
    EXPECT_EQ(first->at("asked"), nlohmann::json{1});
    EXPECT_EQ(second->at("asked"), nlohmann::json{2});
    static_cast<void>(reads.Call("send", {1}));
    static_cast<void>(reads.Call("send", {1}));
    EXPECT_EQ(node.calls.load(), 4);
}

TEST(SharedReads, AnErrorIsNotKept) {
    CountingNode node;
    SharedReads reads(node, {{"read", std::chrono::hours(1)}});
    node.failing = true;
    EXPECT_EQ(reads.Call("read", {1}).error().reason, "node_unavailable");
    node.failing = false;
    EXPECT_TRUE(reads.Call("read", {1}));
}

}  // namespace chain_host
