// Lets callers that ask a node for the same thing share one answer: a wallet that sends hundreds of
// payments a second asks for the same fees and balance hundreds of times.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "chain/node_rpc.h"

namespace chain_host {

// Methods that only read, each with the time for which its answer is as good as a new one. At zero
// an answer is shared only by those who came before its call began: none is older than its
// question, so nobody is told less than what he has seen already.
using ShareTimes = std::map<std::string, std::chrono::milliseconds, std::less<>>;

class SharedReads final : public chain::NodeRpc {
public:
    // `node` outlives this object.
    SharedReads(chain::NodeRpc& node, ShareTimes times) : node_(node), times_(std::move(times)) {}

    // Errors are shared with those who wait for the same answer, and not kept.
    [[nodiscard]] base::Result<nlohmann::json> Call(std::string_view method,
                                                    nlohmann::json parameters) override;

    // Never shared.
    [[nodiscard]] std::vector<base::Result<nlohmann::json>> CallEach(
        std::string_view method, nlohmann::json parameters) override {
        return node_.CallEach(method, std::move(parameters));
    }

private:
    using Clock = std::chrono::steady_clock;
    using Answer = base::Result<nlohmann::json>;

    struct Entry {
        std::shared_future<Answer> answer;
        std::uint64_t number = 0;
        bool queued = false;  // its call begins when the one before it has ended
        Clock::time_point until = Clock::time_point::max();  // the maximum while it is under way
    };

    void DropOld(Clock::time_point now);

    chain::NodeRpc& node_;
    const ShareTimes times_;
    std::mutex mutex_;
    std::map<std::string, Entry> entries_;
    std::uint64_t last_number_ = 0;
};

}  // namespace chain_host
