// Calls to other daemons from coroutines. Cancelling the coroutine cancels the call.
//
//     const rpc::Client<WalletService> wallets(peer);
//     GetWalletRequest request;
//     rpc::Context context = parent.Within(2s);
//     auto answer = co_await rpc::Await(
//         wallets, &WalletService::Stub::async::GetWallet, std::move(request), std::move(context));
//
// The io_context that a coroutine runs on must outlive its calls.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "rpc/call.h"
#include "rpc/wipe.h"

namespace rpc {

// Completes an asynchronous operation once, on the executor of its handler, from any thread. Keeps
// the executor's loop alive until then.
template <class Handler, class Value>
class Completion {
public:
    explicit Completion(Handler handler)
        : executor_(boost::asio::prefer(boost::asio::get_associated_executor(handler),
                                        boost::asio::execution::outstanding_work.tracked)),
          slot_(boost::asio::get_associated_cancellation_slot(handler)),
          handler_(std::make_shared<Handler>(std::move(handler))) {}

    // `cancel` is called on the executor, at most once and never after the completion.
    void OnCancel(std::function<void()> cancel) {
        if (slot_.is_connected()) {
            slot_.assign(
                [cancel = std::move(cancel)](boost::asio::cancellation_type) { cancel(); });
        }
    }

    void Complete(Value value) {
        boost::asio::post(executor_,
                          [slot = slot_, handler = handler_, value = std::move(value)]() mutable {
                              slot.clear();
                              // The handler is gone before what it continues runs.
                              Handler once = std::move(*handler);
                              std::move(once)(std::move(value));
                          });
    }

private:
    using Executor = std::decay_t<decltype(boost::asio::prefer(
        boost::asio::get_associated_executor(std::declval<const Handler&>()),
        boost::asio::execution::outstanding_work.tracked))>;

    Executor executor_;
    boost::asio::associated_cancellation_slot_t<Handler> slot_;
    std::shared_ptr<Handler> handler_;
};

// What one awaited call needs until its end.
template <class Request, class Response>
struct AwaitedCall {
    AwaitedCall(std::shared_ptr<const Peer> peer, Request sent, Context context)
        : call(std::move(peer),
               MethodOfRequest(Request::descriptor()->full_name()),
               std::move(context)),
          request(std::move(sent)) {}

    AwaitedCall(const AwaitedCall&) = delete;
    AwaitedCall& operator=(const AwaitedCall&) = delete;

    ~AwaitedCall() {
        WipeIfSecret(request);
        WipeIfSecret(response);
    }

    base::Result<Response> End(const grpc::Status& status) {
        BASE_RETURN_IF_ERROR(call.End(status));
        return std::move(response);
    }

    ClientCall call;
    const Request request;
    Response response;
};

// The client outlives the call.
template <class Generated, class Async, class Request, class Response>
[[nodiscard]] boost::asio::awaitable<base::Result<Response>> Await(
    const Client<Generated>& client,
    void (Async::*method)(
        grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>),
    std::type_identity_t<Request> request,
    Context context) {
    using Value = base::Result<Response>;
    auto awaited = std::make_shared<AwaitedCall<Request, Response>>(
        client.peer(), std::move(request), std::move(context));
    auto start =
        [awaited = std::move(awaited), method, async = client.stub().async()](auto handler) {
            Completion<decltype(handler), Value> completion(std::move(handler));
            completion.OnCancel([awaited] { awaited->call.Cancel(); });
            (async->*method)(awaited->call.grpc_context(),
                             &awaited->request,
                             &awaited->response,
                             [awaited, completion](const grpc::Status& status) mutable {
                                 completion.Complete(awaited->End(status));
                             });
        };
    return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Value)>(
        std::move(start), boost::asio::use_awaitable);
}

}  // namespace rpc
