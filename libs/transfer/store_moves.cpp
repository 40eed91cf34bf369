#include "transfer/store_moves.h"

#include <cstdint>
#include <vector>

#include "transfer/plan_json.h"

namespace transfer {

base::Result<> CheckMoved(const pg::Rows& rows, std::size_t expected) {
    if (rows.affected() != expected) {
        return base::MakeError(base::ErrorKind::kAborted,
                               "intent_moved",
                               "an intent is no longer in the state it was loaded in");
    }
    return {};
}

base::Result<> Postpone(pg::Tx& tx, std::span<const Waiting> waiting) {
    if (waiting.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> reasons;
    std::vector<std::string> details;
    std::vector<std::int64_t> delays;
    std::vector<std::int16_t> operators;
    for (const Waiting& entry : waiting) {
        ids.push_back(entry.id);
        reasons.push_back(entry.reason);
        details.push_back(entry.detail);
        delays.push_back(entry.again_in.count());
        operators.push_back(entry.needs_operator ? 1 : 0);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents i SET reason = u.reason, detail = u.detail, "
                "due_at = now() + u.delay * interval '1 millisecond', "
                "needs_operator = i.needs_operator OR u.operator = 1 "
                "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::smallint[]) "
                "AS u (id, reason, detail, delay, operator) "
                "WHERE i.id = u.id AND i.ended_at IS NULL",
                ids,
                reasons,
                details,
                delays,
                operators));
    return CheckMoved(rows, ids.size());
}

base::Result<> StoreQuotes(pg::Tx& tx, std::span<const Quoted> quoted) {
    if (quoted.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> quotes;
    std::vector<std::string> amounts;
    std::vector<std::string> fees;
    for (const Quoted& entry : quoted) {
        ids.push_back(entry.id);
        quotes.push_back(WriteQuote(entry.quote));
        amounts.push_back(entry.quote.amount.ToDecimal());
        fees.push_back(entry.quote.fee_expected.ToDecimal());
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents i SET quote = u.quote::jsonb, quoted_at = now(), "
                "amount = u.amount, fee_estimate = coalesce(i.fee_estimate, u.fee) "
                "FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[]) "
                "AS u (id, quote, amount, fee) WHERE i.id = u.id "
                "AND i.state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED')",
                ids,
                quotes,
                amounts,
                fees));
    return CheckMoved(rows, ids.size());
}

base::Result<> DropQuotes(pg::Tx& tx, const std::vector<base::IntentId>& ids) {
    if (ids.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET quoted_at = NULL WHERE id = ANY ($1::uuid[])", ids));
    return {};
}

base::Result<> MarkAwaitHuman(pg::Tx& tx,
                              std::span<const AwaitingHuman> awaiting,
                              std::chrono::milliseconds again_in) {
    if (awaiting.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<base::ApprovalId> approvals;
    std::vector<std::string> reasons;
    std::vector<std::string> details;
    for (const AwaitingHuman& entry : awaiting) {
        ids.push_back(entry.id);
        approvals.push_back(entry.approval);
        reasons.push_back(entry.reason);
        details.push_back(entry.detail);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents i SET state = 'AWAIT_HUMAN', approval_id = u.approval, "
                "reason = u.reason, detail = u.detail, order_renewed = false, "
                "progressed_at = now(), due_at = now() + $5 * interval '1 millisecond' "
                "FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) "
                "AS u (id, approval, reason, detail) "
                "WHERE i.id = u.id AND i.state IN ('RECEIVED', 'AWAIT_HUMAN')",
                ids,
                approvals,
                reasons,
                details,
                again_in.count()));
    return CheckMoved(rows, ids.size());
}

base::Result<> MarkAuthorised(pg::Tx& tx, std::span<const base::IntentId> ids) {
    if (ids.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents SET state = 'AUTHORISED', reason = '', detail = '', "
                "progressed_at = now(), needs_operator = false "
                "WHERE id = ANY ($1::uuid[]) AND state IN ('RECEIVED', 'AWAIT_HUMAN')",
                std::vector<base::IntentId>(ids.begin(), ids.end())));
    return CheckMoved(rows, ids.size());
}

base::Result<> EndUnsigned(pg::Tx& tx, std::span<const UnsignedEnd> ends) {
    if (ends.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::string> states;
    std::vector<std::string> reasons;
    std::vector<std::string> details;
    std::vector<std::int16_t> voided;
    for (const UnsignedEnd& end : ends) {
        ids.push_back(end.id);
        states.emplace_back(StateName(end.state));
        reasons.push_back(end.reason);
        details.push_back(end.detail);
        voided.push_back(end.voided ? 1 : 0);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents i SET state = u.state, reason = u.reason, detail = u.detail, "
                "voided_at = CASE WHEN u.voided = 1 THEN now() END, ended_at = now(), "
                "progressed_at = now(), needs_operator = false "
                "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[]) "
                "AS u (id, state, reason, detail, voided) WHERE i.id = u.id "
                "AND i.state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED')",
                ids,
                states,
                reasons,
                details,
                voided));
    BASE_RETURN_IF_ERROR(CheckMoved(rows, ids.size()));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts SET state = 'dead', dead_proof = 'voided' "
                "WHERE intent_id = ANY ($1::uuid[]) AND state = 'requested'",
                ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds SET released_at = now() "
                "WHERE intent_id = ANY ($1::uuid[]) AND released_at IS NULL",
                ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE nonce_slots SET used_by = 'nobody', intent_id = NULL "
                "WHERE intent_id = ANY ($1::uuid[])",
                ids));
    BASE_RETURN_IF_ERROR(tx.Exec("DELETE FROM coin_locks WHERE intent_id = ANY ($1::uuid[])", ids));
    return {};
}

}  // namespace transfer
