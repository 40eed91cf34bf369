#include "chain_host/watch_hub.h"

#include <algorithm>

#include "chain_host/view.h"

namespace chain_host {

WatchHub::WatchHub(transfer::Engine& engine) : engine_(engine), thread_([this] { Run(); }) {
    subscription_ = engine_.Subscribe([this](const transfer::Change& change) { Note(change); });
}

WatchHub::~WatchHub() {
    subscription_.reset();
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void WatchHub::Add(const base::UserId& user, Sink sink) {
    const std::lock_guard lock(mutex_);
    sinks_[user].push_back(std::move(sink));
}

void WatchHub::Note(const transfer::Change& change) {
    {
        const std::lock_guard lock(mutex_);
        if (sinks_.count(change.user) == 0 || !queued_.insert(change.subject).second) {
            return;
        }
        changes_.emplace_back(change.user, change.subject);
    }
    wake_.notify_one();
}

void WatchHub::Run() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stopping_ || !changes_.empty(); });
        if (stopping_) {
            return;
        }
        const auto [user, payment] = std::move(changes_.front());
        changes_.pop_front();
        queued_.erase(payment);
        lock.unlock();
        Send(user, payment);
        lock.lock();
    }
}

void WatchHub::Send(const base::UserId& user, const std::string& id) {
    const auto payment = engine_.Get(id);
    const std::lock_guard lock(mutex_);
    const auto found = sinks_.find(user);
    if (found == sinks_.end()) {
        return;
    }
    std::vector<Sink>& sinks = found->second;
    const auto ended = [&](const Sink& sink) {
        if (!payment) {
            sink.Finish(payment.error());  // the watcher would miss a change: it begins anew
            return true;
        }
        platform::chain::v1::WatchTransfersResponse message;
        *message.mutable_transfer() = WriteTransfer(*payment);
        switch (sink.Push(std::move(message))) {
            case rpc::PushResult::kQueued:
                return false;
            case rpc::PushResult::kFull:
                sink.Finish(base::MakeError(base::ErrorKind::kResourceExhausted,
                                            "too_slow",
                                            "the watcher reads slower than payments change"));
                return true;
            case rpc::PushResult::kClosed:
                return true;
        }
        return true;
    };
    sinks.erase(std::remove_if(sinks.begin(), sinks.end(), ended), sinks.end());
    if (sinks.empty()) {
        sinks_.erase(found);
    }
}

}  // namespace chain_host
