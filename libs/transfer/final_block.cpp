#include "transfer/final_block.h"

#include <utility>

#include "transfer/store_lost.h"

namespace transfer {

namespace {

struct Pinned {
    std::string identity;
    std::string accepted_hash;
    FinalBlock block;
};

base::Result<Pinned> LoadPinned(pg::Pool& pool, const std::string& network) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Pinned> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT identity, final_height, final_hash, sends_stopped_reason, "
                     "accepted_hash FROM chain_pins WHERE network = $1",
                     network));
        if (!row) {
            return base::Unavailable("starting", "no block was pinned yet");
        }
        Pinned pinned;
        pinned.identity = row->Get<std::string>("identity");
        pinned.accepted_hash = row->Get<std::string>("accepted_hash");
        pinned.block.height = row->Get<std::uint64_t>("final_height");
        pinned.block.hash = row->Get<std::string>("final_hash");
        pinned.block.stopped_reason = row->Get<std::string>("sends_stopped_reason");
        BASE_ASSIGN_OR_RETURN(const auto lost, LoadLost(tx, network, kLostShown));
        for (const Tracked& intent : lost) {
            for (const TrackedAttempt& attempt : intent.attempts) {
                if (attempt.number == intent.landed) {
                    pinned.block.lost.push_back({intent.id, attempt.tx_hash});
                }
            }
        }
        return pinned;
    });
}

base::Result<NodeChain> AskNode(chain::Chain& chain, std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(const auto head, chain.GetHead());
    NodeChain node{head.newest.height, head.final.height, {}};
    if (height <= head.newest.height) {
        BASE_ASSIGN_OR_RETURN(const auto block, chain.GetBlock(height));
        node.hash = block.hash;
    }
    return node;
}

// The follower has left the blocks that are gone: what they had paid is known to be lost.
base::Result<> CheckFollowed(chain::Chain& chain, pg::Pool& pool, std::uint64_t newest_height) {
    const std::string& network = chain.parameters().network;
    BASE_ASSIGN_OR_RETURN(const auto newest, pg::Transact(pool, [&](pg::Tx& tx) {
                              return tx.Maybe(
                                  "SELECT height, hash FROM follower_blocks WHERE network = $1 "
                                  "ORDER BY height DESC LIMIT 1",
                                  network);
                          }));
    if (!newest) {
        return {};
    }
    const auto height = newest->Get<std::uint64_t>("height");
    std::string hash;
    if (height <= newest_height) {
        BASE_ASSIGN_OR_RETURN(const auto block, chain.GetBlock(height));
        hash = block.hash;
    }
    if (hash != newest->Get<std::string>("hash")) {
        return base::Unavailable("blocks_unread",
                                 "the blocks of the node's chain are still being read");
    }
    return {};
}

}  // namespace

base::Result<FinalBlock> LookAtFinalBlock(chain::Chain& chain, pg::Pool& pool) {
    BASE_ASSIGN_OR_RETURN(Pinned pinned, LoadPinned(pool, chain.parameters().network));
    if (auto node = AskNode(chain, pinned.block.height)) {
        pinned.block.node = std::move(*node);
    }
    return std::move(pinned.block);
}

base::Result<> AdoptFinalBlock(chain::Chain& chain, pg::Pool& pool, const std::string& hash) {
    const std::string& network = chain.parameters().network;
    BASE_ASSIGN_OR_RETURN(const Pinned pinned, LoadPinned(pool, network));
    if (pinned.block.stopped_reason.empty()) {
        return base::FailedPrecondition("sends_not_stopped", "no alarm stops sends on this chain");
    }
    if (hash.empty() || pinned.accepted_hash != hash) {
        return base::PermissionDenied("block_not_accepted",
                                      "no administrator has accepted this block");
    }
    BASE_ASSIGN_OR_RETURN(const auto identity, chain.Identity());
    if (identity != pinned.identity) {
        return base::FailedPrecondition("wrong_network", "the node is of another chain");
    }
    BASE_ASSIGN_OR_RETURN(const auto node, AskNode(chain, pinned.block.height));
    if (node.final_height < pinned.block.height) {
        return base::Unavailable(
            "node_behind",
            "the node calls its block " + std::to_string(pinned.block.height) + " not final yet");
    }
    if (node.hash != hash) {
        return base::FailedPrecondition(
            "block_mismatch",
            "the node's block " + std::to_string(pinned.block.height) + " is " + node.hash);
    }
    BASE_RETURN_IF_ERROR(CheckFollowed(chain, pool, node.newest_height));
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("UPDATE chain_pins SET final_hash = $3, sends_stopped_reason = '', "
                    "accepted_hash = '' WHERE network = $1 AND final_height = $2 "
                    "AND accepted_hash = $3 AND sends_stopped_reason <> ''",
                    network,
                    pinned.block.height,
                    hash));
        if (rows.affected() == 0) {
            return base::FailedPrecondition("sends_not_stopped",
                                            "another call has opened sends meanwhile");
        }
        return {};
    });
}

}  // namespace transfer
