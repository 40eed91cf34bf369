// Reads a server stream of another daemon from a coroutine, one message at a time: a slow reader
// slows the server. Cancelling the coroutine, or the reader's end, cancels the stream.
//
//     auto events = rpc::ReadStream(
//         chain, &ChainService::Stub::async::Watch, std::move(request), std::move(context));
//     while (true) {
//         auto next = co_await events.Next();
//         if (!next || !*next) { ... }  // failed, or ended in good order
//     }
#pragma once

#include <functional>
#include <grpcpp/support/client_callback.h>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "rpc/await.h"
#include "rpc/call.h"

namespace rpc {

// The stream as gRPC sees it. Keeps itself alive until gRPC is done with it; the hold keeps gRPC
// from being done while somebody may still ask for a message.
template <class Response>
class StreamCall : public grpc::ClientReadReactor<Response>,
                   public std::enable_shared_from_this<StreamCall<Response>> {
public:
    using Value = base::Result<std::optional<Response>>;

    StreamCall(std::shared_ptr<const Peer> peer, std::string method, Context context)
        : call_(std::move(peer),
                std::move(method),
                std::move(context),
                ClientCall::Lifetime::kStream) {}

    // `start` hands the call to the stub; what it refers to lives as long as it does.
    void Open(std::function<void(grpc::ClientContext*, grpc::ClientReadReactor<Response>*)> start) {
        self_ = this->shared_from_this();
        start_ = std::move(start);
        start_(call_.grpc_context(), this);
        this->AddHold();
        this->StartCall();
    }

    // One at a time. `done` runs on a thread of gRPC, or on the caller's after the end.
    void Next(std::function<void(Value)> done) {
        std::unique_lock lock(mutex_);
        BASE_CHECK(!waiting_);
        if (ended_) {
            lock.unlock();
            done(EndValue());
            return;
        }
        waiting_ = std::move(done);
        if (released_) {
            return;
        }
        reading_ = true;
        lock.unlock();
        this->StartRead(&message_);
    }

    void Cancel() {
        call_.Cancel();
        std::unique_lock lock(mutex_);
        // A read under way comes back as failed and releases.
        if (!reading_) {
            Release(lock);
        }
    }

private:
    void OnReadDone(bool ok) override {
        std::unique_lock lock(mutex_);
        if (!ok) {
            Release(lock);
            return;
        }
        reading_ = false;
        const auto done = std::exchange(waiting_, nullptr);
        std::optional<Response> message(std::move(message_));
        message_ = Response();
        lock.unlock();
        done(std::move(message));
    }

    void OnDone(const grpc::Status& status) override {
        std::unique_lock lock(mutex_);
        result_ = call_.End(status);
        ended_ = true;
        const auto done = std::exchange(waiting_, nullptr);
        const auto self = std::exchange(self_, nullptr);
        lock.unlock();
        if (done) {
            done(EndValue());
        }
    }

    void Release(std::unique_lock<std::mutex>& lock) {
        const bool first = !std::exchange(released_, true);
        lock.unlock();
        if (first) {
            this->RemoveHold();
        }
    }

    Value EndValue() const {
        return result_ ? Value(std::optional<Response>()) : Value(result_.error());
    }

    ClientCall call_;
    std::function<void(grpc::ClientContext*, grpc::ClientReadReactor<Response>*)> start_;
    std::shared_ptr<StreamCall> self_;
    std::mutex mutex_;
    Response message_;
    std::function<void(Value)> waiting_;
    base::Result<> result_;
    bool reading_ = false;
    bool released_ = false;
    bool ended_ = false;
};

template <class Response>
class StreamReader {
public:
    using Value = typename StreamCall<Response>::Value;

    explicit StreamReader(std::shared_ptr<StreamCall<Response>> call) : call_(std::move(call)) {}

    ~StreamReader() {
        if (call_) {
            call_->Cancel();
        }
    }

    StreamReader(StreamReader&&) noexcept = default;
    StreamReader& operator=(StreamReader&&) = delete;

    // The next message, or nothing at the orderly end. One at a time.
    [[nodiscard]] boost::asio::awaitable<Value> Next() {
        auto start = [call = call_](auto handler) {
            Completion<decltype(handler), Value> completion(std::move(handler));
            completion.OnCancel([call] { call->Cancel(); });
            call->Next(
                [completion](Value value) mutable { completion.Complete(std::move(value)); });
        };
        return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Value)>(
            std::move(start), boost::asio::use_awaitable);
    }

private:
    std::shared_ptr<StreamCall<Response>> call_;
};

template <class Generated, class Async, class Request, class Response>
[[nodiscard]] StreamReader<Response> ReadStream(
    const Client<Generated>& client,
    void (Async::*method)(grpc::ClientContext*, const Request*, grpc::ClientReadReactor<Response>*),
    std::type_identity_t<Request> request,
    Context context) {
    auto call = std::make_shared<StreamCall<Response>>(
        client.peer(), MethodOfRequest(Request::descriptor()->full_name()), std::move(context));
    call->Open([async = client.stub().async(), method, request = std::move(request)](
                   grpc::ClientContext* grpc_context, grpc::ClientReadReactor<Response>* reactor) {
        (async->*method)(grpc_context, &request, reactor);
    });
    return StreamReader<Response>(std::move(call));
}

}  // namespace rpc
