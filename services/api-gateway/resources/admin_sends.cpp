// The administrator's stop of all sends, and what follows a restore. wallet-manager checks the
// proofs and keeps the state.
#include <functional>

#include "api-gateway/flow/proof.h"
#include "api-gateway/resources/admin.h"

namespace gateway {

namespace {

namespace wallet_v1 = platform::wallet::v1;

nlohmann::json StateJson(const std::string& chain, bool paused) {
    return {{"paused", paused},
            {"chain", chain.empty() ? nlohmann::json() : nlohmann::json(chain)}};
}

// The request of the body: the proof, which all have, and what `read` takes.
template <class Request, class Read>
base::Result<Request> ReadRequest(Call& call, const Read& read) {
    BASE_ASSIGN_OR_RETURN(const auto body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    const Proof proof = ReadProof(reader);
    Request request;
    read(reader, request);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    request.set_admin_id(call.caller.user->id.ToString());
    SetProof(*request.mutable_proof(), proof);
    return request;
}

template <class Request, class Response>
Answer AskWallets(App& app,
                  Call& call,
                  void (WalletAsync::*method)(grpc::ClientContext*,
                                              const Request*,
                                              Response*,
                                              std::function<void(grpc::Status)>),
                  base::Result<Request> read,
                  nlohmann::json answer) {
    if (!read) {
        co_return read.error();
    }
    Request request = std::move(*read);
    auto context = app.backends().ContextOf(call);
    const auto done = co_await rpc::Await(
        app.backends().wallets(), method, std::move(request), std::move(context));
    if (!done) {
        co_return done.error();
    }
    co_return JsonResponse(200, answer);
}

}  // namespace

Answer AdminPauseSends(App& app, Call& call) {
    std::string chain;
    auto request = ReadRequest<wallet_v1::PauseSendsRequest>(
        call, [&chain](net::ObjectReader& reader, wallet_v1::PauseSendsRequest& wish) {
            chain = reader.Text("chain").value_or("");
            wish.set_chain(chain);
            wish.set_reason(reader.Text("reason", kReasonMax).value_or(""));
        });
    return AskWallets(
        app, call, &WalletAsync::PauseSends, std::move(request), StateJson(chain, true));
}

Answer AdminResumeSends(App& app, Call& call) {
    std::string chain;
    auto request = ReadRequest<wallet_v1::ResumeSendsRequest>(
        call, [&chain](net::ObjectReader& reader, wallet_v1::ResumeSendsRequest& wish) {
            chain = reader.Text("chain").value_or("");
            wish.set_chain(chain);
        });
    return AskWallets(
        app, call, &WalletAsync::ResumeSends, std::move(request), StateJson(chain, false));
}

Answer AdminAcceptRestore(App& app, Call& call) {
    auto request = ReadRequest<wallet_v1::AcceptRestoreRequest>(call, [](auto&, auto&) {});
    return AskWallets(app,
                      call,
                      &WalletAsync::AcceptRestore,
                      std::move(request),
                      nlohmann::json{{"restore", "accepted"}});
}

Answer AdminCloseRestore(App& app, Call& call) {
    auto request = ReadRequest<wallet_v1::CloseRestoreRequest>(call, [](auto&, auto&) {});
    return AskWallets(app,
                      call,
                      &WalletAsync::CloseRestore,
                      std::move(request),
                      nlohmann::json{{"restore", "closed"}});
}

}  // namespace gateway
