// The administrator's stop of all sends, and what follows a restore. wallet-manager checks the
// proofs and keeps the state.
#include "api-gateway/flow/proof.h"
#include "api-gateway/resources/admin.h"

namespace gateway {

namespace {

namespace wallet_v1 = platform::wallet::v1;

nlohmann::json StateJson(const std::string& chain, bool paused) {
    return {{"paused", paused},
            {"chain", chain.empty() ? nlohmann::json() : nlohmann::json(chain)}};
}

}  // namespace

Answer AdminPauseSends(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const Proof proof = ReadProof(reader);
    const std::string chain = reader.Text("chain").value_or("");
    const std::string reason = reader.Text("reason", kReasonMax).value_or("");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::PauseSendsRequest request;
    request.set_admin_id(call.caller.user->id.ToString());
    request.set_chain(chain);
    request.set_reason(reason);
    SetProof(*request.mutable_proof(), proof);
    auto context = app.backends().ContextOf(call);
    const auto paused = co_await rpc::Await(
        app.backends().wallets(), &WalletAsync::PauseSends, std::move(request), std::move(context));
    if (!paused) {
        co_return paused.error();
    }
    co_return JsonResponse(200, StateJson(chain, true));
}

Answer AdminResumeSends(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const Proof proof = ReadProof(reader);
    const std::string chain = reader.Text("chain").value_or("");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::ResumeSendsRequest request;
    request.set_admin_id(call.caller.user->id.ToString());
    request.set_chain(chain);
    SetProof(*request.mutable_proof(), proof);
    auto context = app.backends().ContextOf(call);
    const auto resumed = co_await rpc::Await(app.backends().wallets(),
                                             &WalletAsync::ResumeSends,
                                             std::move(request),
                                             std::move(context));
    if (!resumed) {
        co_return resumed.error();
    }
    co_return JsonResponse(200, StateJson(chain, false));
}

Answer AdminAcceptRestore(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::AcceptRestoreRequest request;
    request.set_admin_id(call.caller.user->id.ToString());
    SetProof(*request.mutable_proof(), proof);
    auto context = app.backends().ContextOf(call);
    const auto accepted = co_await rpc::Await(app.backends().wallets(),
                                              &WalletAsync::AcceptRestore,
                                              std::move(request),
                                              std::move(context));
    if (!accepted) {
        co_return accepted.error();
    }
    co_return JsonResponse(200, {{"restore", "accepted"}});
}

Answer AdminCloseRestore(App& app, Call& call) {
    const auto body = ReadSecretBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(body->json());
    const Proof proof = ReadProof(reader);
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    wallet_v1::CloseRestoreRequest request;
    request.set_admin_id(call.caller.user->id.ToString());
    SetProof(*request.mutable_proof(), proof);
    auto context = app.backends().ContextOf(call);
    const auto closed = co_await rpc::Await(app.backends().wallets(),
                                            &WalletAsync::CloseRestore,
                                            std::move(request),
                                            std::move(context));
    if (!closed) {
        co_return closed.error();
    }
    co_return JsonResponse(200, {{"restore", "closed"}});
}

}  // namespace gateway
