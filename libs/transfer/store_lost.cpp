#include "transfer/store_lost.h"

#include <cstdint>
#include <utility>

#include "transfer/rows.h"

namespace transfer {

base::Result<std::size_t> MarkLost(pg::Tx& tx, const std::string& network, std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE attempts a SET state = 'live', next_try_at = now(), claimed_until = NULL "
                "FROM intents i WHERE i.network = $1 AND i.ended_at IS NOT NULL "
                "AND i.block_height > $2 AND a.intent_id = i.id "
                "AND a.number = i.landed_attempt AND a.state = 'landed' RETURNING a.intent_id",
                network,
                height));
    std::vector<base::IntentId> ids;
    for (const pg::Row row : rows) {
        ids.push_back(row.Get<base::IntentId>("intent_id"));
    }
    // What they take is not in the balance that the chain shows now.
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds SET mined_height = NULL WHERE intent_id = ANY ($1::uuid[])", ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET reason = 'reorganised', "
                "detail = 'its block left the main chain; it is sent again' "
                "WHERE id = ANY ($1::uuid[]) AND state = 'FINAL'",
                ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE fills SET state = 'live', next_try_at = now() "
                "WHERE network = $1 AND state = 'landed' AND block_height > $2",
                network,
                height));
    return ids.size();
}

base::Result<std::vector<Tracked>> LoadLost(pg::Tx& tx,
                                            const std::string& network,
                                            std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT i.id, i.wallet_id, i.from_address, i.state, i.landed, a.number, "
                "a.tx_hash, a.kind FROM (SELECT i.id, i.wallet_id, i.from_address, i.state, "
                "l.number AS landed, i.sequence FROM attempts l JOIN intents i "
                "ON i.id = l.intent_id AND i.ended_at IS NOT NULL AND i.landed_attempt = l.number "
                "WHERE l.network = $1 AND l.state = 'live' ORDER BY i.sequence LIMIT $2) i "
                "JOIN attempts a ON a.intent_id = i.id AND a.signed_tx IS NOT NULL "
                "ORDER BY i.sequence, a.number",
                network,
                limit));
    std::vector<Tracked> list;
    for (const pg::Row row : rows) {
        const auto id = row.Get<base::IntentId>("id");
        if (list.empty() || !(list.back().id == id)) {
            Tracked lost;
            lost.id = id;
            lost.wallet = row.Get<base::WalletId>("wallet_id");
            lost.from = row.Get<std::string>("from_address");
            lost.state = StateOf(row, "state");
            lost.landed = row.Get<std::uint32_t>("landed");
            list.push_back(std::move(lost));
        }
        list.back().attempts.push_back({row.Get<std::uint32_t>("number"),
                                        row.Get<std::string>("tx_hash"),
                                        row.Get<std::string>("kind")});
    }
    return list;
}

base::Result<> MarkLandedAgain(pg::Tx& tx, const LandedAgain& landed) {
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec(
            "UPDATE attempts a SET state = CASE WHEN a.number = $2 THEN 'landed' ELSE 'dead' "
            "END, dead_proof = CASE WHEN a.number = $2 THEN '' ELSE 'another attempt landed' END, "
            "claimed_until = NULL FROM intents i WHERE i.id = $1 AND a.intent_id = $1 "
            "AND a.number IN ($2, i.landed_attempt) AND EXISTS (SELECT 1 FROM attempts l "
            "WHERE l.intent_id = $1 AND l.number = i.landed_attempt AND l.state = 'live')",
            landed.id,
            landed.attempt));
    if (moved.affected() == 0) {
        return {};  // another process was first
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET landed_attempt = $2, tx_hash = $3, block_height = $4, "
                "block_hash = $5, fee_paid = $6, receipt_ok = $7, "
                "reason = CASE WHEN $8 THEN 'outcome_changed' WHEN state = 'FINAL' THEN '' "
                "ELSE reason END, "
                "detail = CASE WHEN $8 THEN 'after its block had left the main chain it "
                "landed with another outcome' ELSE '' END WHERE id = $1",
                landed.id,
                landed.attempt,
                landed.tx_hash,
                landed.status.block_height,
                landed.status.block_hash,
                landed.status.fee_paid.ToDecimal(),
                landed.status.succeeded,
                landed.other_end));
    BASE_RETURN_IF_ERROR(tx.Exec("UPDATE holds SET mined_height = $2 WHERE intent_id = $1",
                                 landed.id,
                                 landed.status.block_height));
    return {};
}

}  // namespace transfer
