// Calls of many threads in few requests: what is asked while as many as may be are under way is
// sent together once one of them is answered. Nobody waits for company.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"
#include "net/json_rpc_client.h"

namespace chain_host {

// Thread-safe.
class GatheredCalls {
public:
    // Replies in the order of the calls.
    using Send = std::function<base::Result<std::vector<net::JsonRpcReply>>(
        const std::vector<net::JsonRpcCall>&)>;

    static constexpr std::size_t kRequestsMax = 2;  // under way at any time
    static constexpr std::size_t kCallsMax = 16;    // of one request

    explicit GatheredCalls(Send send) : send_(std::move(send)) {}

    // Blocks until it is answered. Errors: those of the request it was a part of.
    [[nodiscard]] base::Result<net::JsonRpcReply> Ask(net::JsonRpcCall call);

    // Calls that no request has taken yet.
    [[nodiscard]] std::size_t waiting() const;

private:
    struct Ticket {
        net::JsonRpcCall call;
        std::optional<base::Result<net::JsonRpcReply>> reply{};
    };

    // Sends what waits, one request of it; the lock is free meanwhile.
    void SendSome(std::unique_lock<std::mutex>& lock);

    const Send send_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Ticket*> waiting_;
    std::size_t requests_ = 0;
};

}  // namespace chain_host
