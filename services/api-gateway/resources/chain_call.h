// A call about one chain: the chain of its path is found once, its daemon asked in one way.
#pragma once

#include <functional>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"
#include "base/result.h"
#include "rpc/await.h"

namespace gateway {

struct ChainCall {
    App& app;
    Call& call;
    const Chain& chain;
};

// The handler of a route with {chain}. Errors: those of Backends::FindChain.
template <Answer (*Handler)(ChainCall)>
[[nodiscard]] Answer OnChain(App& app, Call& call) {
    const auto chain = app.backends().FindChain(call.Segment("chain"));
    if (!chain) {
        co_return chain.error();
    }
    ChainCall at{app, call, *chain};
    auto answer = co_await Handler(at);
    co_return answer;
}

// What the chain's daemon answers.
template <class Request, class Response>
[[nodiscard]] boost::asio::awaitable<base::Result<Response>> Ask(
    const ChainCall& at,
    void (ChainAsync::*method)(
        grpc::ClientContext*, const Request*, Response*, std::function<void(grpc::Status)>),
    std::type_identity_t<Request> request) {
    return rpc::Await(
        *at.chain.client, method, std::move(request), at.app.backends().ContextOf(at.call));
}

}  // namespace gateway
