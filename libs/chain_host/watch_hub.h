// Feeds the streams of WatchTransfers: changes of a user's payments, each as the payment stands
// when it is sent. Several changes of one payment in quick succession become one message.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "rpc/server_stream.h"
#include "transfer/engine.h"

namespace chain_host {

class WatchHub {
public:
    using Sink = rpc::Sink<platform::chain::v1::WatchTransfersResponse>;

    // The engine outlives the hub.
    explicit WatchHub(transfer::Engine& engine);
    ~WatchHub();
    WatchHub(const WatchHub&) = delete;
    WatchHub& operator=(const WatchHub&) = delete;

    void Add(const base::UserId& user, Sink sink);

private:
    void Note(const transfer::Change& change);
    void Run();
    void Send(const base::UserId& user, const std::string& payment);

    transfer::Engine& engine_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::map<base::UserId, std::vector<Sink>> sinks_;
    std::deque<std::pair<base::UserId, std::string>> changes_;
    std::set<std::string> queued_;
    bool stopping_ = false;
    std::shared_ptr<void> subscription_;
    std::thread thread_;
};

}  // namespace chain_host
