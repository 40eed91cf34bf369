#include "net/http_client.h"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "base/check.h"
#include "net/client_core.h"

namespace net {

HttpClient::HttpClient(boost::asio::io_context& context, ClientOptions options)
    : core_(std::make_shared<ClientCore>(context, std::move(options))) {}

HttpClient::~HttpClient() {
    core_->Shutdown();
}

boost::asio::awaitable<base::Result<Response>> HttpClient::Send(ClientRequest request) {
    const std::shared_ptr<ClientCore> core = core_;
    auto call = core->MakeCall(std::move(request));
    // Hops to the client's strand and back.
    auto run = boost::asio::co_spawn(
        core->strand(), ClientCore::Run(core, std::move(call)), boost::asio::use_awaitable);
    co_return co_await std::move(run);
}

base::Result<Response> HttpClient::SendBlocking(ClientRequest request,
                                                const std::stop_token& cancel) {
    BASE_CHECK(!core_->InIoThread());
    auto call = core_->MakeCall(std::move(request));
    auto answer = boost::asio::co_spawn(
        core_->strand(), ClientCore::Run(core_, call), boost::asio::use_future);
    const std::stop_callback on_stop(cancel, [this, call] { core_->Cancel(call); });
    try {
        return answer.get();
    } catch (const std::exception&) {
        // The event loop was stopped under the call.
        return base::MakeError(base::ErrorKind::kCancelled, "cancelled", "the client was stopped");
    }
}

std::size_t HttpClient::idle_connections() const {
    return core_->idle();
}

}  // namespace net
