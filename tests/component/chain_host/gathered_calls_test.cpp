#include "chain_host/gathered_calls.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace chain_host {

namespace {

using Replies = base::Result<std::vector<net::JsonRpcReply>>;

// A node that answers each call with its own method, once the test lets it.
class Node {
public:
    GatheredCalls::Send Sender() {
        return [this](const std::vector<net::JsonRpcCall>& calls) -> Replies {
            std::unique_lock lock(mutex_);
            sizes_.push_back(calls.size());
            changed_.notify_all();
            changed_.wait(lock, [this] { return open_; });
            if (down_) {
                return base::Unavailable("node_unavailable", "down");
            }
            std::vector<net::JsonRpcReply> replies;
            for (const net::JsonRpcCall& call : calls) {
                replies.push_back({call.method, std::nullopt, 0});
            }
            return replies;
        };
    }

    void AwaitRequests(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return sizes_.size() >= count; });
    }

    void Open(bool down = false) {
        const std::lock_guard lock(mutex_);
        open_ = true;
        down_ = down;
        changed_.notify_all();
    }

    // Calls of each request so far.
    [[nodiscard]] std::vector<std::size_t> sizes() {
        const std::lock_guard lock(mutex_);
        return sizes_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::size_t> sizes_;
    bool open_ = false;
    bool down_ = false;
};

using Reply = base::Result<net::JsonRpcReply>;

std::future<Reply> AskLater(GatheredCalls& calls, const std::string& method) {
    return std::async(std::launch::async, [&calls, method] { return calls.Ask({method}); });
}

// Both requests are under way, and as many calls as `waiting` wait for one of them.
std::vector<std::future<Reply>> Busy(Node& node, GatheredCalls& calls, std::size_t waiting) {
    std::vector<std::future<Reply>> asked;
    for (std::size_t index = 0; index < GatheredCalls::kRequestsMax; ++index) {
        asked.push_back(AskLater(calls, "first" + std::to_string(index)));
        node.AwaitRequests(index + 1);
    }
    for (std::size_t index = 0; index < waiting; ++index) {
        asked.push_back(AskLater(calls, "later" + std::to_string(index)));
    }
    while (calls.waiting() < waiting) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return asked;
}

TEST(GatheredCalls, SendsACallAtOnceWhileNoneIsUnderWay) {
    Node node;
    node.Open();
    GatheredCalls calls(node.Sender());
    EXPECT_EQ(calls.Ask({"a"})->result, "a");
    EXPECT_EQ(calls.Ask({"b"})->result, "b");
    EXPECT_EQ(node.sizes(), (std::vector<std::size_t>{1, 1}));
}

TEST(GatheredCalls, SendsTogetherWhatWaited) {
    Node node;
    GatheredCalls calls(node.Sender());
    auto asked = Busy(node, calls, 5);
    EXPECT_EQ(node.sizes(), (std::vector<std::size_t>{1, 1}));
    node.Open();
    for (std::size_t index = 0; index < 5; ++index) {
        EXPECT_EQ(asked[index + 2].get()->result, "later" + std::to_string(index));
    }
    EXPECT_EQ(asked[0].get()->result, "first0");
    EXPECT_EQ(node.sizes(), (std::vector<std::size_t>{1, 1, 5}));
}

TEST(GatheredCalls, BoundsWhatIsSentTogether) {
    Node node;
    GatheredCalls calls(node.Sender());
    auto asked = Busy(node, calls, GatheredCalls::kCallsMax + 3);
    node.Open();
    for (auto& one : asked) {
        EXPECT_TRUE(one.get());
    }
    auto sizes = node.sizes();
    std::sort(sizes.begin(), sizes.end());  // the last two go at once
    EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 1, 3, GatheredCalls::kCallsMax}));
}

TEST(GatheredCalls, TellsTheFailureOfARequestToEachOfItsCalls) {
    Node node;
    GatheredCalls calls(node.Sender());
    auto asked = Busy(node, calls, 3);
    node.Open(true);
    for (auto& one : asked) {
        EXPECT_EQ(one.get().error().reason, "node_unavailable");
    }
    node.Open();
    EXPECT_EQ(calls.Ask({"again"})->result, "again");
}

}  // namespace

}  // namespace chain_host
