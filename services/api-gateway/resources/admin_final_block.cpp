// The final block of a chain, and its acceptance where it has changed: wallet-manager checks the
// proof and writes the acceptance down, the chain's daemon compares it with its node.
#include <string>
#include <utility>

#include "api-gateway/flow/proof.h"
#include "api-gateway/resources/admin.h"
#include "api-gateway/views/chain_view.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;
namespace wallet_v1 = platform::wallet::v1;

struct Acceptance {
    Proof proof;
    std::string network;
    std::string hash;
};

base::Result<Acceptance> ReadAcceptance(Call& call) {
    BASE_ASSIGN_OR_RETURN(const auto body, ReadSecretBody(call));
    net::ObjectReader reader(body.json());
    Acceptance wish;
    wish.proof = ReadProof(reader);
    wish.network = reader.Text("network", net::kNeeded);
    wish.hash = reader.Text("hash", net::kNeeded);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    return wish;
}

// What can be told before the password is sent on; who accepts has seen this very block.
base::Result<> CheckAcceptance(const Acceptance& wish, const v1::GetFinalBlockResponse& now) {
    if (now.sends_stopped_reason().empty()) {
        return base::FailedPrecondition("sends_not_stopped", "no alarm stops sends on this chain");
    }
    if (wish.network != now.network()) {
        return base::InvalidArgument("wrong_network", "the network is " + now.network())
            .At("/network");
    }
    if (!now.has_node()) {
        return base::Unavailable("node_unavailable", "no node of this chain answers");
    }
    if (now.node().final_height() < now.height()) {
        return base::Unavailable(
            "node_behind",
            "the node calls its block " + std::to_string(now.height()) + " not final yet");
    }
    if (wish.hash != now.node().hash()) {
        return base::FailedPrecondition(
                   "block_mismatch",
                   "the node's block " + std::to_string(now.height()) + " is " + now.node().hash())
            .At("/hash");
    }
    return {};
}

}  // namespace

Answer AdminGetFinalBlock(ChainCall at) {
    v1::GetFinalBlockRequest request;
    const auto block = co_await Ask(at, &ChainAsync::GetFinalBlock, std::move(request));
    if (!block) {
        co_return block.error();
    }
    co_return JsonResponse(200, FinalBlockJson(at.chain, *block));
}

Answer AdminAcceptFinalBlock(ChainCall at) {
    const auto wish = ReadAcceptance(at.call);
    if (!wish) {
        co_return wish.error();
    }
    v1::GetFinalBlockRequest look;
    const auto now = co_await Ask(at, &ChainAsync::GetFinalBlock, std::move(look));
    if (!now) {
        co_return now.error();
    }
    BASE_CO_RETURN_IF_ERROR(CheckAcceptance(*wish, *now));
    wallet_v1::AcceptFinalBlockRequest acceptance;
    acceptance.set_admin_id(at.call.caller.user->id.ToString());
    SetProof(*acceptance.mutable_proof(), wish->proof);
    acceptance.set_chain(std::string(at.chain.info->name));
    acceptance.set_network(wish->network);
    acceptance.set_block_hash(wish->hash);
    auto context = at.app.backends().ContextOf(at.call);
    const auto accepted = co_await rpc::Await(at.app.backends().wallets(),
                                              &WalletAsync::AcceptFinalBlock,
                                              std::move(acceptance),
                                              std::move(context));
    if (!accepted) {
        co_return accepted.error();
    }
    v1::AdoptFinalBlockRequest adoption;
    adoption.set_block_hash(wish->hash);
    const auto adopted = co_await Ask(at, &ChainAsync::AdoptFinalBlock, std::move(adoption));
    if (!adopted) {
        co_return adopted.error();
    }
    co_return co_await AdminGetFinalBlock(at);
}

}  // namespace gateway
