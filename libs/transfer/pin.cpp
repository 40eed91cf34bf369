#include "transfer/pin.h"

#include <string>

#include "transfer/store_lost.h"

namespace transfer {

namespace {

struct Pin {
    std::string identity;
    std::uint64_t final_height = 0;
    std::string final_hash;
};

base::Result<Pin> LoadOrMake(pg::Pool& pool, const std::string& network, const Pin& now) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Pin> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("INSERT INTO chain_pins (network, identity, final_height, final_hash) "
                    "VALUES ($1, $2, $3, $4) ON CONFLICT (network) DO NOTHING",
                    network,
                    now.identity,
                    now.final_height,
                    now.final_hash));
        BASE_ASSIGN_OR_RETURN(const auto row,
                              tx.One("SELECT identity, final_height, final_hash FROM chain_pins "
                                     "WHERE network = $1",
                                     network));
        return Pin{row.Get<std::string>("identity"),
                   row.Get<std::uint64_t>("final_height"),
                   row.Get<std::string>("final_hash")};
    });
}

base::Result<> Advance(pg::Pool& pool, const std::string& network, const Pin& now) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE chain_pins SET final_height = $2, final_hash = $3 "
                    "WHERE network = $1 AND final_height < $2",
                    network,
                    now.final_height,
                    now.final_hash));
        return {};
    });
}

base::Result<> StopSends(pg::Tx& tx, const std::string& network, const std::string& reason) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE chain_pins SET sends_stopped_reason = $2 "
                "WHERE network = $1 AND sends_stopped_reason = ''",
                network,
                reason));
    return {};
}

std::string ChangedText(std::uint64_t height) {
    return "block " + std::to_string(height) +
           " was final and has changed; an administrator compares it with nodes of others, then "
           "runs "
           "cryptoctl final-block accept";
}

// The node has another block in the place of the pin. While it was asked, an administrator may have
// accepted that block, or another replica may have moved the pin on: then nothing is known.
base::Result<> StopUnlessMoved(pg::Pool& pool, const std::string& network, const Pin& judged) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(const auto row,
                              tx.One("SELECT final_height = $2 AND final_hash = $3 AS same "
                                     "FROM chain_pins WHERE network = $1 FOR UPDATE",
                                     network,
                                     judged.final_height,
                                     judged.final_hash));
        if (!row.Get<bool>("same")) {
            return base::Unavailable("pin_moved", "the pin was moved while the node was asked");
        }
        return StopSends(tx, network, ChangedText(judged.final_height));
    });
}

}  // namespace

base::Result<> CheckPin(chain::Chain& chain, pg::Pool& pool) {
    const std::string& network = chain.parameters().network;
    BASE_ASSIGN_OR_RETURN(const auto identity, chain.Identity());
    BASE_ASSIGN_OR_RETURN(const auto head, chain.GetHead());
    const Pin now{identity, head.final.height, head.final.hash};
    BASE_ASSIGN_OR_RETURN(const auto pin, LoadOrMake(pool, network, now));
    if (pin.identity != now.identity) {
        return base::FailedPrecondition(
            "wrong_network",
            "the node is of another chain than the one this database was used with: " +
                now.identity + " instead of " + pin.identity);
    }
    if (pin.final_height > head.newest.height) {
        return base::Unavailable("node_behind",
                                 "the node has not reached the last final block we know");
    }
    BASE_ASSIGN_OR_RETURN(const auto block, chain.GetBlock(pin.final_height));
    if (block.hash != pin.final_hash) {
        BASE_RETURN_IF_ERROR(StopUnlessMoved(pool, network, pin));
        return base::FailedPrecondition("final_block_changed", ChangedText(pin.final_height))
            .Remedy("see cryptoctl final-block show");
    }
    return Advance(pool, network, now);
}

base::Result<std::string> AdvancePin(pg::Tx& tx,
                                     const std::string& network,
                                     std::uint64_t final_height) {
    BASE_ASSIGN_OR_RETURN(const auto changed,
                          tx.Maybe("SELECT p.final_height FROM chain_pins p JOIN follower_blocks b "
                                   "ON b.network = p.network AND b.height = p.final_height "
                                   "WHERE p.network = $1 AND b.hash <> p.final_hash "
                                   "AND p.sends_stopped_reason = ''",
                                   network));
    if (changed) {
        std::string what = ChangedText(changed->Get<std::uint64_t>("final_height"));
        BASE_RETURN_IF_ERROR(StopSends(tx, network, what));
        return what;
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE chain_pins p SET final_height = b.height, final_hash = b.hash "
                "FROM follower_blocks b WHERE p.network = $1 AND p.sends_stopped_reason = '' "
                "AND b.network = $1 AND b.height = (SELECT max(height) FROM follower_blocks "
                "WHERE network = $1 AND height <= $2) AND b.height > p.final_height",
                network,
                final_height));
    return std::string();
}

base::Result<std::string> NoteTakenBack(pg::Tx& tx,
                                        const std::string& network,
                                        std::uint64_t height) {
    // A pin that CheckPin set ahead of the blocks that were read is not judged by these.
    BASE_ASSIGN_OR_RETURN(
        const auto pin,
        tx.Maybe("SELECT p.final_height, p.sends_stopped_reason FROM chain_pins p "
                 "WHERE p.network = $1 AND p.final_height > $2 AND (p.sends_stopped_reason <> '' "
                 "OR EXISTS (SELECT 1 FROM follower_blocks b WHERE b.network = p.network "
                 "AND b.height = p.final_height AND b.hash = p.final_hash))",
                 network,
                 height));
    if (!pin) {
        return std::string();
    }
    BASE_RETURN_IF_ERROR(MarkLost(tx, network, height));
    if (!pin->Get<std::string>("sends_stopped_reason").empty()) {
        return std::string();
    }
    std::string what = ChangedText(pin->Get<std::uint64_t>("final_height"));
    BASE_RETURN_IF_ERROR(StopSends(tx, network, what));
    return what;
}

base::Result<std::string> SendsStoppedReason(pg::Pool& pool, const std::string& network) {
    return pg::Read(pool, [&](pg::Tx& tx) -> base::Result<std::string> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT sends_stopped_reason FROM chain_pins WHERE network = $1", network));
        return row ? row->Get<std::string>("sends_stopped_reason") : std::string();
    });
}

}  // namespace transfer
