// Server streams that hold no thread while nothing happens. A handler starts on the pool, gives its
// Sink to whoever produces the messages and returns; from then on Push() may come from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <grpcpp/support/server_callback.h>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "base/result.h"
#include "rpc/dispatcher.h"

namespace rpc {

// Messages of one stream that wait for its client.
inline constexpr std::size_t kStreamQueueMax = 64;

enum class PushResult {
    kQueued,
    kFull,    // the client is slower than the producer: wait for WhenRoom(), or drop, or Finish()
    kClosed,  // the client has gone or the stream has ended: forget the sink
};

template <class Response>
class ServerStream;

// A copyable handle. The stream ends OK when the last copy is gone and what was pushed is written.
// Thread-safe, never blocks.
template <class Response>
class Sink {
public:
    explicit Sink(std::shared_ptr<ServerStream<Response>> stream)
        : handle_(std::make_shared<Handle>(std::move(stream))) {}

    [[nodiscard]] PushResult Push(Response message) const {
        return handle_->stream->Push(std::move(message));
    }

    // Calls `ready` once, when at least half of the queue is free or the stream has closed; on a
    // thread of gRPC or on the caller's, so it must not block. A second call replaces the first.
    void WhenRoom(std::function<void()> ready) const {
        handle_->stream->WhenRoom(std::move(ready));
    }

    // Ends the stream after what was pushed. Later results are ignored.
    void Finish(base::Result<> result) const { handle_->stream->Close(std::move(result)); }

private:
    struct Handle {
        explicit Handle(std::shared_ptr<ServerStream<Response>> owned) : stream(std::move(owned)) {}

        ~Handle() { stream->Close({}); }

        Handle(const Handle&) = delete;
        Handle& operator=(const Handle&) = delete;

        const std::shared_ptr<ServerStream<Response>> stream;
    };

    std::shared_ptr<Handle> handle_;
};

template <class Request, class Response>
using StreamHandler = std::function<base::Result<>(const Request&, Sink<Response>, const Context&)>;

// Keeps itself alive until gRPC is done with it.
template <class Response>
class ServerStream final : public grpc::ServerWriteReactor<Response>,
                           public Closable,
                           public std::enable_shared_from_this<ServerStream<Response>> {
public:
    explicit ServerStream(ServerCall call) : call_(std::move(call)) {}

    // `start` is the handler with its request bound; it runs on the pool.
    void Start(std::function<base::Result<>(Sink<Response>, const Context&)> start) {
        self_ = this->shared_from_this();
        base::Result<> accepted = call_.Admit();
        if (accepted) {
            accepted = call_.dispatcher().Open(this);
        }
        if (accepted) {
            accepted = call_.dispatcher().Post([this, start = std::move(start)] { Run(start); });
        }
        if (!accepted) {
            EndStart(accepted);
        }
    }

    PushResult Push(Response message) {
        std::unique_lock lock(mutex_);
        if (result_) {
            return PushResult::kClosed;
        }
        if (queue_.size() >= kStreamQueueMax) {
            return PushResult::kFull;
        }
        queue_.push_back(std::move(message));
        Advance(lock);
        return PushResult::kQueued;
    }

    void WhenRoom(std::function<void()> ready) {
        {
            const std::lock_guard lock(mutex_);
            if (!result_ && queue_.size() > kStreamQueueMax / 2) {
                std::swap(ready_, ready);
                return;
            }
        }
        ready();
    }

    void Close(base::Result<> result) {
        std::unique_lock lock(mutex_);
        if (!result_) {
            result_ = std::move(result);
        }
        Advance(lock);
    }

private:
    void Run(const std::function<base::Result<>(Sink<Response>, const Context&)>& start) {
        const auto keep = this->shared_from_this();
        // Outlasts the handler's copies, so that its result comes before their end.
        const Sink<Response> sink(keep);
        base::Result<> result = call_.StillWanted();
        if (result) {
            result = call_.Guard([&] { return start(sink, call_.context()); });
        }
        EndStart(result);
    }

    // The request is not needed any more. An error ends the stream, success does not.
    void EndStart(const base::Result<>& result) {
        std::unique_lock lock(mutex_);
        starting_ = false;
        if (!result && !result_) {
            result_ = result;
        }
        Advance(lock);
    }

    // Hands the next thing to gRPC: one at a time, the final status last, and not while the
    // handler still reads the request. May unlock.
    void Advance(std::unique_lock<std::mutex>& lock) {
        if (writing_ || finished_) {
            return;
        }
        if (!queue_.empty()) {
            writing_ = true;
            const Response* next = &queue_.front();
            lock.unlock();
            this->StartWrite(next);
        } else if (result_ && !starting_) {
            finished_ = true;
            lock.unlock();
            this->Finish(call_.End(*result_));
        }
    }

    void OnWriteDone(bool ok) override {
        std::function<void()> ready;
        std::unique_lock lock(mutex_);
        writing_ = false;
        queue_.pop_front();
        if (!ok) {
            Abandon();
        }
        if (result_ || queue_.size() <= kStreamQueueMax / 2) {
            std::swap(ready, ready_);
        }
        Advance(lock);
        if (lock.owns_lock()) {
            lock.unlock();
        }
        if (ready) {
            ready();
        }
    }

    void OnCancel() override {
        call_.Cancel();
        std::function<void()> ready;
        std::unique_lock lock(mutex_);
        Abandon();
        std::swap(ready, ready_);
        Advance(lock);
        if (lock.owns_lock()) {
            lock.unlock();
        }
        if (ready) {
            ready();
        }
    }

    // Forgets what is not in gRPC's hands yet. Locked.
    void Abandon() {
        queue_.resize(writing_ ? 1 : 0);
        if (!result_) {
            result_ = base::MakeError(
                base::ErrorKind::kCancelled, "cancelled", "the client has left the stream");
        }
    }

    void CloseForShutdown() override {
        call_.Cancel();
        Close(base::Unavailable("shutting_down", "the service is stopping"));
    }

    void OnDone() override {
        call_.dispatcher().Closed(this);
        self_.reset();
    }

    ServerCall call_;
    std::shared_ptr<ServerStream> self_;
    std::mutex mutex_;
    std::deque<Response> queue_;  // its front is in gRPC's hands while writing_
    std::function<void()> ready_;
    std::optional<base::Result<>> result_;
    bool starting_ = true;
    bool writing_ = false;
    bool finished_ = false;
};

// `handler` and `request` outlive the call.
template <class Request, class Response>
grpc::ServerWriteReactor<Response>* OpenStream(ServerCall call,
                                               const StreamHandler<Request, Response>& handler,
                                               const Request& request) {
    const auto stream = std::make_shared<ServerStream<Response>>(std::move(call));
    stream->Start([&handler, &request](Sink<Response> sink, const Context& context) {
        return handler(request, std::move(sink), context);
    });
    return stream.get();
}

}  // namespace rpc
