#include "chain_host/gathered_calls.h"

#include <utility>

namespace chain_host {

base::Result<net::JsonRpcReply> GatheredCalls::Ask(net::JsonRpcCall call) {
    Ticket ticket{std::move(call)};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&ticket);
    while (!ticket.reply) {
        if (!waiting_.empty() && requests_ < kRequestsMax) {
            SendSome(lock);
        } else {
            changed_.wait(lock);
        }
    }
    return std::move(*ticket.reply);
}

std::size_t GatheredCalls::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void GatheredCalls::SendSome(std::unique_lock<std::mutex>& lock) {
    std::vector<Ticket*> tickets;
    std::vector<net::JsonRpcCall> calls;
    while (!waiting_.empty() && tickets.size() < kCallsMax) {
        tickets.push_back(waiting_.front());
        calls.push_back(std::move(waiting_.front()->call));
        waiting_.pop_front();
    }
    ++requests_;
    lock.unlock();
    auto replies = send_(calls);
    lock.lock();
    --requests_;
    for (std::size_t index = 0; index < tickets.size(); ++index) {
        if (!replies) {
            tickets[index]->reply.emplace(replies.error());
        } else {
            tickets[index]->reply.emplace(std::move((*replies)[index]));
        }
    }
    changed_.notify_all();
}

}  // namespace chain_host
