#include "wallet-manager/approval_store.h"

#include "auth/proto_time.h"
#include "base/bytes.h"

namespace wallet_manager {

namespace {

// `state` as of now: an intent that was voided will not be approved any more either.
constexpr std::string_view kSelect =
    "SELECT * FROM (SELECT a.id, a.intent_id, a.user_id, a.digest, a.order_bytes, a.rule, "
    "a.created_at, a.expires_at, a.decided_at, "
    "CASE WHEN a.state = 'pending' AND (a.expires_at <= now() OR i.voided_at IS NOT NULL) "
    "THEN 'expired' ELSE a.state END AS state "
    "FROM approvals a JOIN gate_intents i ON i.intent_id = a.intent_id) approval ";

Approval ReadRow(const pg::Row& row) {
    Approval approval;
    approval.set_approval_id(row.Get<std::string>("id"));
    approval.set_intent_id(row.Get<std::string>("intent_id"));
    approval.set_user_id(row.Get<std::string>("user_id"));
    approval.set_state(row.Get<std::string>("state"));
    approval.set_digest(base::ToText(row.Get<base::Bytes>("digest")));
    approval.set_order(base::ToText(row.Get<base::Bytes>("order_bytes")));
    approval.set_rule(row.Get<std::string>("rule"));
    *approval.mutable_created_at() = auth::ToTimestamp(row.Get<base::Time>("created_at"));
    *approval.mutable_expires_at() = auth::ToTimestamp(row.Get<base::Time>("expires_at"));
    if (const auto decided = row.Get<std::optional<base::Time>>("decided_at")) {
        *approval.mutable_decided_at() = auth::ToTimestamp(*decided);
    }
    return approval;
}

std::string Select(std::string_view condition) {
    return std::string(kSelect) + std::string(condition);
}

}  // namespace

base::Result<std::optional<Approval>> FindApprovalOfIntent(pg::Tx& tx,
                                                           const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(Select("WHERE intent_id = $1"), intent));
    return row ? std::optional<Approval>(ReadRow(*row)) : std::nullopt;
}

base::Result<bool> IsFreshlyApproved(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT 1 AS one FROM approvals WHERE intent_id = $1 AND state = 'approved' "
                 "AND decided_at > now() - INTERVAL '10 minutes'",
                 intent));
    return row.has_value();
}

base::Result<Approval> CreateApproval(pg::Tx& tx, const GateOrder& order, const std::string& rule) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO approvals (id, intent_id, user_id, digest, order_bytes, rule, "
                "expires_at) VALUES ($1, $2, $3, $4, $5, $6, now() + INTERVAL '10 minutes')",
                base::ApprovalId::Random(),
                order.intent,
                order.user,
                auth::ApprovalDigest(order.order),
                base::AsBytes(order.raw.order()),
                rule));
    BASE_ASSIGN_OR_RETURN(const pg::Row row, tx.One(Select("WHERE intent_id = $1"), order.intent));
    return ReadRow(row);
}

base::Result<Approval> GetApproval(pg::Tx& tx,
                                   const base::UserId& user,
                                   const base::ApprovalId& id) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe(Select("WHERE id = $1 AND user_id = $2"), id, user));
    if (!row) {
        return base::NotFound("unknown_approval", "there is no such approval");
    }
    return ReadRow(*row);
}

base::Result<Approval> Decide(pg::Tx& tx, const Decision& decision) {
    // Voiding takes the same lock: what is void can no longer be approved.
    BASE_RETURN_IF_ERROR(
        tx.Exec("SELECT 1 FROM gate_intents WHERE intent_id = "
                "(SELECT intent_id FROM approvals WHERE id = $1 AND user_id = $2) "
                "FOR NO KEY UPDATE",
                decision.approval,
                decision.user));
    BASE_ASSIGN_OR_RETURN(const Approval approval,
                          GetApproval(tx, decision.user, decision.approval));
    if (approval.digest() != decision.digest) {
        return base::FailedPrecondition("plan_changed",
                                        "the digest is not that of the plan which waits");
    }
    if (approval.state() == "expired") {
        return base::FailedPrecondition("expired", "nobody can approve this any more");
    }
    if (approval.state() != "pending") {
        return base::FailedPrecondition("already_decided",
                                        "this payment was " + approval.state() + " before");
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE approvals SET state = $2, decided_at = now() "
                "WHERE id = $1 AND state = 'pending'",
                decision.approval,
                decision.approve ? "approved" : "denied"));
    return GetApproval(tx, decision.user, decision.approval);
}

base::Result<ApprovalPage> ListApprovals(pg::Tx& tx, const ApprovalQuery& query) {
    std::optional<base::ApprovalId> after;
    if (!query.cursor.empty()) {
        const auto parsed = base::ApprovalId::Parse(query.cursor);
        if (!parsed) {
            return base::InvalidArgument("bad_cursor",
                                         "the cursor is not from a page of this list");
        }
        after = *parsed;
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec(Select("WHERE user_id = $1 AND ($2 = '' OR state = $2) AND ($3::uuid IS NULL OR "
                       "(created_at, id) < (SELECT created_at, id FROM approvals "
                       "WHERE id = $3::uuid AND user_id = $1)) "
                       "ORDER BY created_at DESC, id DESC LIMIT $4"),
                query.user,
                query.state,
                after,
                query.limit + 1));
    ApprovalPage page;
    for (const pg::Row row : rows) {
        if (static_cast<int>(page.approvals.size()) == query.limit) {
            page.next_cursor = page.approvals.back().approval_id();
            break;
        }
        page.approvals.push_back(ReadRow(row));
    }
    return page;
}

}  // namespace wallet_manager
