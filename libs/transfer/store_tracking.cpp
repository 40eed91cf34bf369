#include "transfer/store_tracking.h"

#include <map>
#include <utility>

#include "transfer/rows.h"
#include "transfer/store_coins.h"
#include "transfer/store_moves.h"

namespace transfer {

base::Result<std::vector<Tracked>> LoadTracked(pg::Tx& tx,
                                               const std::string& network,
                                               const std::string& holder,
                                               const TrackingLimits& limits) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT i.id, i.sequence, i.wallet_id, i.from_address, i.state, s.nonce, a.number, "
                "a.tx_hash, "
                "a.kind, a.automatic, coalesce(i.landed_attempt, 0) AS landed, "
                "coalesce(i.block_height, 0) AS block_height, i.block_hash, "
                "coalesce(i.receipt_ok, true) AS receipt_ok, i.conflict_height, i.reason, "
                "a.signed_at < now() - $3 * interval '1 millisecond' AS old, "
                "coalesce((i.plan #> '{fee,evm}') ? 'gas_price', false) AS fee_fixed "
                "FROM (SELECT i.* FROM intents i JOIN leases l ON l.network = i.network "
                "AND l.name = 'wallet:' || i.wallet_id AND l.holder = $2 "
                "AND l.expires_at > now() WHERE i.network = $1 "
                "AND i.state IN ('SUBMITTED', 'MINED') AND i.sequence > $5 ORDER BY i.sequence "
                "LIMIT $4) i "
                "JOIN attempts a ON a.intent_id = i.id AND a.signed_tx IS NOT NULL "
                "LEFT JOIN nonce_slots s ON s.intent_id = i.id ORDER BY i.sequence, a.number",
                network,
                holder,
                limits.bump_after.count(),
                limits.rows,
                limits.after));
    std::vector<Tracked> list;
    for (const pg::Row row : rows) {
        const auto id = row.Get<base::IntentId>("id");
        if (list.empty() || !(list.back().id == id)) {
            Tracked tracked;
            tracked.id = id;
            tracked.sequence = row.Get<std::uint64_t>("sequence");
            tracked.wallet = row.Get<base::WalletId>("wallet_id");
            tracked.from = row.Get<std::string>("from_address");
            tracked.state = StateOf(row, "state");
            tracked.nonce = row.Get<std::optional<std::uint64_t>>("nonce");
            tracked.landed = row.Get<std::uint32_t>("landed");
            tracked.block_height = row.Get<std::uint64_t>("block_height");
            tracked.block_hash = row.Get<std::string>("block_hash");
            tracked.receipt_ok = row.Get<bool>("receipt_ok");
            tracked.conflict_height = row.Get<std::optional<std::uint64_t>>("conflict_height");
            tracked.reason = row.Get<std::string>("reason");
            tracked.fee_fixed = row.Get<bool>("fee_fixed");
            list.push_back(std::move(tracked));
        }
        Tracked& tracked = list.back();
        tracked.attempts.push_back({row.Get<std::uint32_t>("number"),
                                    row.Get<std::string>("tx_hash"),
                                    row.Get<std::string>("kind")});
        tracked.automatic_bumps += row.Get<bool>("automatic") && tracked.attempts.size() > 1;
        tracked.bump_due = row.Get<bool>("old") || tracked.reason == "underpriced";
    }
    return list;
}

base::Result<> MarkMined(pg::Tx& tx, std::span<const Mined> mined) {
    if (mined.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> attempts;
    std::vector<std::string> hashes;
    std::vector<std::uint64_t> heights;
    std::vector<std::string> blocks;
    std::vector<std::int16_t> succeeded;
    std::vector<std::string> fees;
    for (const Mined& entry : mined) {
        ids.push_back(entry.id);
        attempts.push_back(entry.attempt);
        hashes.push_back(entry.tx_hash);
        heights.push_back(entry.status.block_height);
        blocks.push_back(entry.status.block_hash);
        succeeded.push_back(entry.status.succeeded ? 1 : 0);
        fees.push_back(entry.status.fee_paid.ToDecimal());
    }
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents i SET state = 'MINED', landed_attempt = u.attempt, "
                "tx_hash = u.hash, block_height = u.height, block_hash = u.block, "
                "receipt_ok = u.ok = 1, fee_paid = u.fee, mined_at = now(), reason = '', "
                "detail = '', conflict_height = NULL, progressed_at = now(), "
                "needs_operator = false "
                "FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[], $5::text[], "
                "$6::smallint[], $7::numeric[]) AS u (id, attempt, hash, height, block, ok, fee) "
                "WHERE i.id = u.id AND i.state = 'SUBMITTED'",
                ids,
                attempts,
                hashes,
                heights,
                blocks,
                succeeded,
                fees));
    BASE_RETURN_IF_ERROR(CheckMoved(moved, ids.size()));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds h SET mined_height = u.height "
                "FROM unnest($1::uuid[], $2::bigint[]) AS u (id, height) WHERE h.intent_id = u.id",
                ids,
                heights));
    return {};
}

base::Result<> MarkReorganised(pg::Tx& tx, std::span<const base::IntentId> span) {
    if (span.empty()) {
        return {};
    }
    const std::vector<base::IntentId> ids(span.begin(), span.end());
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents SET state = 'SUBMITTED', reason = 'reorganised', "
                "detail = 'its block left the main chain; it was sent again', "
                "landed_attempt = NULL, block_height = NULL, block_hash = '', receipt_ok = NULL, "
                "fee_paid = NULL, mined_at = NULL, progressed_at = now() "
                "WHERE id = ANY ($1::uuid[]) AND state = 'MINED'",
                ids));
    BASE_RETURN_IF_ERROR(CheckMoved(moved, ids.size()));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds SET mined_height = NULL WHERE intent_id = ANY ($1::uuid[])", ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts SET next_try_at = now(), claimed_until = NULL "
                "WHERE intent_id = ANY ($1::uuid[]) AND state IN ('signed', 'live')",
                ids));
    return {};
}

base::Result<> MarkEnded(pg::Tx& tx, std::span<const Ended> ended) {
    if (ended.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> states;
    std::vector<std::string> reasons;
    std::vector<std::string> proofs;
    for (const Ended& entry : ended) {
        ids.push_back(entry.id);
        states.emplace_back(StateName(entry.state));
        reasons.push_back(entry.reason);
        proofs.push_back("slot spent at final height " + std::to_string(entry.height));
    }
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents i SET state = u.state, reason = u.reason, detail = '', "
                "ended_at = now(), progressed_at = now(), needs_operator = false "
                "FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u (id, state, reason) "
                "WHERE i.id = u.id AND i.state = CASE u.state WHEN 'CONFLICTED' "
                "THEN 'SUBMITTED' ELSE 'MINED' END",
                ids,
                states,
                reasons));
    BASE_RETURN_IF_ERROR(CheckMoved(moved, ids.size()));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts a SET state = CASE WHEN a.number = i.landed_attempt "
                "THEN 'landed' ELSE 'dead' END, dead_proof = CASE WHEN a.number = "
                "i.landed_attempt THEN '' ELSE u.proof END, claimed_until = NULL "
                "FROM unnest($1::uuid[], $2::text[]) AS u (id, proof) "
                "JOIN intents i ON i.id = u.id "
                "WHERE a.intent_id = u.id AND a.state <> 'dead'",
                ids,
                proofs));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempt_orders SET state = 'refused', error = jsonb_build_object("
                "'kind', 'failed_precondition', 'reason', 'already_confirmed', 'detail', 'the "
                "payment has ended', "
                "'metadata', '{}'::jsonb) WHERE intent_id = ANY ($1::uuid[]) AND state = 'open'",
                ids));
    BASE_RETURN_IF_ERROR(ReleaseCoins(tx, ids));
    // What a foreign transaction took is in the balance already.
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds h SET released_at = now() FROM intents i "
                "WHERE h.intent_id = ANY ($1::uuid[]) AND i.id = h.intent_id "
                "AND i.state = 'CONFLICTED' AND h.released_at IS NULL",
                ids));
    return {};
}

base::Result<> MarkSuspected(pg::Tx& tx,
                             std::span<const base::IntentId> ids,
                             std::optional<std::uint64_t> height) {
    if (ids.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET conflict_height = $2 "
                "WHERE id = ANY ($1::uuid[]) AND state = 'SUBMITTED'",
                std::vector<base::IntentId>(ids.begin(), ids.end()),
                height));
    return {};
}

base::Result<> SetReason(pg::Tx& tx,
                         const base::IntentId& id,
                         const std::string& reason,
                         const std::string& detail) {
    return SetReasons(tx, {{id, reason}}, detail);
}

base::Result<> SetReasons(pg::Tx& tx, const Reasons& reasons, const std::string& detail) {
    if (reasons.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> texts;
    for (const auto& [id, reason] : reasons) {
        ids.push_back(id);
        texts.push_back(reason);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents i SET reason = u.reason, detail = $3 "
                "FROM unnest($1::uuid[], $2::text[]) AS u (id, reason) "
                "WHERE i.id = u.id AND i.ended_at IS NULL AND i.reason <> u.reason",
                ids,
                texts,
                detail));
    return {};
}

base::Result<> StoreHead(pg::Tx& tx, const std::string& network, const chain::Head& head) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO chain_heads (network, height, hash, final_height, block_time) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (network) DO UPDATE SET height = $2, "
                "hash = $3, final_height = $4, block_time = $5, seen_at = now()",
                network,
                head.newest.height,
                head.newest.hash,
                head.final.height,
                head.newest.time));
    return {};
}

base::Result<std::vector<TrackedFill>> LoadFills(pg::Tx& tx,
                                                 const std::string& network,
                                                 const std::string& holder,
                                                 const TrackingLimits& limits) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT f.wallet_id, f.from_address, f.nonce, f.number, f.tx_hash, "
                "f.unsigned_tx, f.signed_at < now() - $3 * interval '1 millisecond' AS old FROM "
                "fills f "
                "JOIN leases l ON l.network = f.network AND l.name = 'wallet:' || f.wallet_id "
                "AND l.holder = $2 AND l.expires_at > now() "
                "WHERE f.network = $1 AND f.state = 'live' ORDER BY f.from_address, f.nonce, "
                "f.number LIMIT $4",
                network,
                holder,
                limits.bump_after.count(),
                limits.rows));
    std::vector<TrackedFill> fills;
    for (const pg::Row row : rows) {
        fills.push_back({row.Get<base::WalletId>("wallet_id"),
                         row.Get<std::string>("from_address"),
                         row.Get<std::uint64_t>("nonce"),
                         row.Get<std::uint32_t>("number"),
                         row.Get<std::string>("tx_hash"),
                         row.Get<bool>("old"),
                         row.Get<base::Bytes>("unsigned_tx")});
    }
    return fills;
}

base::Result<> MarkFillLanded(pg::Tx& tx,
                              const std::string& network,
                              const TrackedFill& fill,
                              const chain::TxStatus& status) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE fills SET state = 'landed', block_height = $5, fee_paid = $6 "
                "WHERE network = $1 AND from_address = $2 AND nonce = $3 AND number = $4",
                network,
                fill.from,
                fill.nonce,
                fill.number,
                status.block_height,
                status.fee_paid.ToDecimal()));
    return {};
}

base::Result<> MarkFillDead(pg::Tx& tx, const std::string& network, const TrackedFill& fill) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE fills SET state = 'dead' "
                "WHERE network = $1 AND from_address = $2 AND nonce = $3 AND number = $4",
                network,
                fill.from,
                fill.nonce,
                fill.number));
    return {};
}

}  // namespace transfer
