#include "transfer/store_expiry.h"

#include <utility>

#include "transfer/plan_json.h"
#include "transfer/rows.h"
#include "transfer/store_coins.h"
#include "transfer/store_moves.h"

namespace transfer {

base::Result<std::vector<Mortal>> LoadMortals(pg::Tx& tx,
                                              std::span<const base::IntentId> ids,
                                              std::chrono::milliseconds resign_after) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT i.id, i.sequence, i.plan, i.amount, i.from_address, a.number, a.state, "
                "coalesce(a.tx_hash, '') AS tx_hash, a.terms, "
                "coalesce(a.signed_at, a.sign_requested_at) < "
                "now() - $2 * interval '1 millisecond' AS old "
                "FROM intents i JOIN attempts a ON a.intent_id = i.id "
                "AND a.number = i.attempt_count "
                "WHERE i.id = ANY ($1::uuid[]) AND i.state = 'SUBMITTED' ORDER BY i.sequence",
                std::vector<base::IntentId>(ids.begin(), ids.end()),
                resign_after.count()));
    std::vector<Mortal> mortals;
    for (const pg::Row row : rows) {
        Mortal mortal;
        mortal.id = row.Get<base::IntentId>("id");
        mortal.sequence = row.Get<std::uint64_t>("sequence");
        BASE_ASSIGN_OR_RETURN(mortal.plan, ReadPlan(row.Get<std::string>("plan")));
        mortal.amount = UnitsOf(row, "amount");
        mortal.number = row.Get<std::uint32_t>("number");
        mortal.state = row.Get<std::string>("state");
        mortal.sent = {row.Get<std::string>("from_address"),
                       row.Get<std::string>("tx_hash"),
                       row.Get<std::string>("terms")};
        mortal.resign_due = row.Get<bool>("old");
        mortals.push_back(std::move(mortal));
    }
    return mortals;
}

base::Result<std::optional<bool>> BooksAgree(pg::Tx& tx, const BooksQuestion& question) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT coalesce((SELECT max(height) FROM follower_blocks WHERE network = $1), 0) "
               ">= $4 AS read_on, "
               "$5::numeric + coalesce((SELECT sum(amount) FROM incoming_transfers "
               "WHERE network = $1 AND address = $2 AND asset_contract = '' "
               "AND state <> 'REVERSED' AND block_height > $3 AND block_height <= $4), 0) = "
               "$6::numeric + coalesce((SELECT sum(coalesce(fee_paid, 0) + CASE "
               "WHEN receipt_ok AND asset_contract = '' "
               "AND recipients -> 0 ->> 'address' <> from_address "
               "THEN amount ELSE 0 END) FROM intents WHERE network = $1 AND from_address = $2 "
               "AND id <> $7 AND block_height > $3 AND block_height <= $4), 0) AS equal",
               question.network,
               question.address,
               question.before.block_height,
               question.after.block_height,
               question.before.amount.ToDecimal(),
               question.after.amount.ToDecimal(),
               question.without));
    return row.Get<bool>("read_on") ? std::optional(row.Get<bool>("equal")) : std::optional<bool>();
}

base::Result<> MarkDead(pg::Tx& tx,
                        const Mortal& mortal,
                        std::string_view reason,
                        const std::string& proof) {
    BASE_ASSIGN_OR_RETURN(
        const auto dead,
        tx.Exec("UPDATE attempts SET state = 'dead', dead_proof = $3, claimed_until = NULL "
                "WHERE intent_id = $1 AND number = $2 AND state IN ('signed', 'live')",
                mortal.id,
                mortal.number,
                proof));
    BASE_RETURN_IF_ERROR(CheckMoved(dead, 1));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET reason = $2, detail = 'its transaction was "
                "not included and never will be', needs_operator = false, progressed_at = now() "
                "WHERE id = $1 AND state = 'SUBMITTED'",
                mortal.id,
                std::string(reason)));
    return {};
}

base::Result<> MarkUnproven(pg::Tx& tx, const Mortal& mortal, const std::string& detail) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET needs_operator = true, reason = 'death_unproven', detail = $2 "
                "WHERE id = $1 AND state = 'SUBMITTED' "
                "AND (NOT needs_operator OR reason <> 'death_unproven')",
                mortal.id,
                detail));
    return {};
}

base::Result<> MarkExpired(pg::Tx& tx,
                           const Mortal& mortal,
                           const std::string& reason,
                           const std::string& detail) {
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents SET state = 'EXPIRED', reason = $2, detail = $3, "
                "ended_at = now(), progressed_at = now(), needs_operator = false "
                "WHERE id = $1 AND state = 'SUBMITTED' AND NOT EXISTS (SELECT 1 FROM attempts "
                "WHERE intent_id = $1 AND state <> 'dead')",
                mortal.id,
                reason,
                detail));
    BASE_RETURN_IF_ERROR(CheckMoved(moved, 1));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds SET released_at = now() "
                "WHERE intent_id = $1 AND released_at IS NULL",
                mortal.id));
    return ReleaseCoins(tx, {mortal.id});
}

base::Result<> StoreAmount(pg::Tx& tx, const base::IntentId& id, const money::UInt256& amount) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET amount = $2 WHERE id = $1", id, amount.ToDecimal()));
    return {};
}

}  // namespace transfer
