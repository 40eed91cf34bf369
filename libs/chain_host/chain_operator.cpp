// The methods of ChainService that serve administrators.
#include "chain_host/chain_service.h"
#include "transfer/final_block.h"

namespace chain_host {

base::Result<v1::GetFinalBlockResponse> ChainService::GetFinalBlock(const v1::GetFinalBlockRequest&,
                                                                    const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto block, transfer::LookAtFinalBlock(parts_.chain, parts_.pool));
    v1::GetFinalBlockResponse response;
    response.set_network(parameters().network);
    response.set_height(block.height);
    response.set_hash(block.hash);
    response.set_sends_stopped_reason(block.stopped_reason);
    if (block.node) {
        v1::NodeChain& node = *response.mutable_node();
        node.set_block_height(block.node->newest_height);
        node.set_final_height(block.node->final_height);
        node.set_hash(block.node->hash);
    }
    for (const transfer::LostView& lost : block.lost) {
        v1::LostTransfer& added = *response.add_lost();
        added.set_intent_id(lost.id.ToString());
        added.set_tx_hash(lost.tx_hash);
    }
    return response;
}

base::Result<v1::AdoptFinalBlockResponse> ChainService::AdoptFinalBlock(
    const v1::AdoptFinalBlockRequest& request, const rpc::Context&) {
    BASE_RETURN_IF_ERROR(
        transfer::AdoptFinalBlock(parts_.chain, parts_.pool, request.block_hash()));
    return v1::AdoptFinalBlockResponse();
}

}  // namespace chain_host
