#include "transfer/store_payments.h"

#include <nlohmann/json.hpp>

#include "transfer/plan_json.h"
#include "transfer/rows.h"

namespace transfer {

namespace {

using nlohmann::json;

// The database writes times inside JSON with an offset ("+00:00"), ours are "Z".
base::Result<base::Time> JsonTime(const json& value) {
    std::string text = value.get<std::string>();
    if (const auto offset = text.find("+00:00"); offset != std::string::npos) {
        text = text.substr(0, offset) + "Z";
    }
    return base::ParseRfc3339(text);
}

base::Result<> ReadLists(const pg::Row& row, Payment& payment) {
    BASE_ASSIGN_OR_RETURN(payment.recipients, ReadRecipients(row.Get<std::string>("recipients")));
    for (const json& entry : json::parse(row.Get<std::string>("attempts"))) {
        AttemptView attempt;
        attempt.number = entry.at("number").get<std::uint32_t>();
        attempt.tx_hash = entry.at("tx_hash").get<std::string>();
        attempt.state = entry.at("state").get<std::string>();
        attempt.kind = entry.at("kind").get<std::string>();
        BASE_ASSIGN_OR_RETURN(attempt.signed_at, JsonTime(entry.at("signed_at")));
        payment.attempts.push_back(std::move(attempt));
    }
    for (const json& entry : json::parse(row.Get<std::string>("timeline"))) {
        TimelineEntry step;
        step.state = entry.at("state").get<std::string>();
        step.reason = entry.at("reason").get<std::string>();
        BASE_ASSIGN_OR_RETURN(step.at, JsonTime(entry.at("at")));
        payment.timeline.push_back(std::move(step));
    }
    return {};
}

base::Result<Payment> ReadPayment(const pg::Row& row) {
    Payment payment;
    payment.id = row.Get<std::string>("id");
    payment.user = row.Get<base::UserId>("user_id");
    payment.wallet = row.Get<base::WalletId>("wallet_id");
    payment.network = row.Get<std::string>("network");
    payment.incoming = row.Get<bool>("incoming");
    payment.action = row.Get<std::string>("action");
    payment.from = row.Get<std::string>("from_address");
    payment.asset.network = payment.network;
    payment.asset.contract = row.Get<std::string>("asset_contract");
    payment.asset.program = row.Get<std::string>("asset_program");
    payment.asset.symbol = row.Get<std::string>("asset_symbol");
    payment.asset.decimals = row.Get<unsigned>("asset_decimals");
    payment.amount = UnitsOf(row, "amount");
    payment.state = row.Get<std::string>("state");
    payment.status = row.Get<std::string>("status");
    payment.reason = row.Get<std::string>("reason");
    payment.detail = row.Get<std::string>("detail");
    payment.tx_hash = row.Get<std::string>("tx_hash");
    payment.nonce = row.Get<std::optional<std::uint64_t>>("nonce");
    payment.fee_estimate = OptionalUnitsOf(row, "fee_estimate");
    payment.fee_paid = OptionalUnitsOf(row, "fee_paid");
    payment.block_height = row.Get<std::optional<std::uint64_t>>("block_height");
    payment.block_hash = row.Get<std::string>("block_hash");
    payment.confirmations = row.Get<std::optional<std::uint64_t>>("confirmations").value_or(0);
    payment.replaced_by = row.Get<std::string>("replaced_by");
    payment.approval = row.Get<std::optional<base::ApprovalId>>("approval_id");
    payment.memo = row.Get<std::string>("memo");
    payment.created_at = row.Get<base::Time>("created_at");
    payment.confirmed_at = row.Get<std::optional<base::Time>>("confirmed_at");
    payment.needs_operator = row.Get<bool>("needs_operator");
    BASE_RETURN_IF_ERROR(ReadLists(row, payment));
    return payment;
}

}  // namespace

base::Result<std::optional<Payment>> LoadPayment(pg::Tx& tx,
                                                 const std::string& network,
                                                 const std::string& id) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT * FROM user_payments WHERE id = $1 AND network = $2", id, network));
    if (!row) {
        return std::optional<Payment>();
    }
    BASE_ASSIGN_OR_RETURN(auto payment, ReadPayment(*row));
    return std::optional(std::move(payment));
}

base::Result<std::vector<Payment>> LoadPayments(pg::Tx& tx,
                                                const std::string& network,
                                                const std::vector<base::IntentId>& ids) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT * FROM user_payments WHERE id = ANY ($1::uuid[]) AND network = $2",
                ids,
                network));
    std::vector<Payment> payments;
    for (const pg::Row row : rows) {
        BASE_ASSIGN_OR_RETURN(auto payment, ReadPayment(row));
        payments.push_back(std::move(payment));
    }
    return payments;
}

base::Result<std::optional<Payment>> LoadPaymentByHash(pg::Tx& tx,
                                                       const std::string& network,
                                                       const base::UserId& user,
                                                       const std::string& tx_hash) {
    BASE_ASSIGN_OR_RETURN(
        const auto found,
        tx.Exec("SELECT a.intent_id AS id FROM attempts a JOIN intents i ON i.id = a.intent_id "
                "WHERE a.network = $1 AND a.tx_hash = $3 AND i.user_id = $2 "
                "UNION ALL (SELECT id FROM incoming_transfers "
                "WHERE network = $1 AND tx_hash = $3 AND user_id = $2 "
                "ORDER BY position LIMIT 1)",
                network,
                user,
                tx_hash));
    if (found.empty()) {
        return std::optional<Payment>();
    }
    return LoadPayment(tx, network, found[0].Get<std::string>("id"));
}

base::Result<PaymentPage> LoadPage(pg::Tx& tx, const PageQuery& query) {
    // The ids first, by index; the costly columns only for those of the page.
    const std::string below = query.after ? "AND (created_at, id) < ($5::timestamptz, $6::uuid) "
                                          : "AND $5::timestamptz IS NULL AND $6::uuid IS NULL ";
    const auto part = [&](const char* table) {
        return "(SELECT id, created_at FROM " + std::string(table) +
               " WHERE network = $1 AND user_id = $2 AND wallet_id = $3 " + below +
               "ORDER BY created_at DESC, id DESC LIMIT $4)";
    };
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT p.*, p.created_at::text AS exact FROM user_payments p WHERE p.id IN "
                "(SELECT id FROM (" +
                    part("intents") + " UNION ALL " + part("incoming_transfers") +
                    ") n ORDER BY created_at DESC, id DESC LIMIT $4) "
                    "ORDER BY p.created_at DESC, p.id DESC",
                query.network,
                query.user,
                query.wallet,
                query.limit + 1,
                query.after ? std::optional(query.after->created_at) : std::nullopt,
                query.after ? std::optional(query.after->id) : std::nullopt));
    PaymentPage page;
    for (const pg::Row row : rows) {
        if (page.payments.size() == query.limit) {
            const pg::Row last = rows[query.limit - 1];
            page.next = PageKey{last.Get<std::string>("exact"), last.Get<std::string>("id")};
            break;
        }
        BASE_ASSIGN_OR_RETURN(auto payment, ReadPayment(row));
        page.payments.push_back(std::move(payment));
    }
    return page;
}

base::Result<std::vector<Outcome>> LoadUnreported(pg::Tx& tx,
                                                  const std::string& network,
                                                  std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT id, state FROM intents WHERE network = $1 AND ended_at IS NOT NULL "
                "AND NOT outcome_reported ORDER BY ended_at LIMIT $2",
                network,
                limit));
    std::vector<Outcome> outcomes;
    for (const pg::Row row : rows) {
        outcomes.push_back({row.Get<base::IntentId>("id"), StateOf(row, "state")});
    }
    return outcomes;
}

base::Result<> MarkReported(pg::Tx& tx, const std::vector<base::IntentId>& ids) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET outcome_reported = true WHERE id = ANY ($1::uuid[])", ids));
    return {};
}

base::Result<std::size_t> Publish(pg::Tx& tx, const std::string& network, std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("WITH due AS MATERIALIZED (SELECT id, row_number() OVER (ORDER BY id) AS place "
                "FROM (SELECT id FROM outbox WHERE network = $1 AND event_id IS NULL "
                "ORDER BY id LIMIT $2) oldest), "
                "counted AS (UPDATE event_counter SET last_event_id = last_event_id + "
                "(SELECT count(*) FROM due) WHERE EXISTS (SELECT 1 FROM due) "
                "RETURNING last_event_id) "
                "UPDATE outbox o SET published_at = now(), event_id = "
                "counted.last_event_id - (SELECT count(*) FROM due) + due.place "
                "FROM due, counted WHERE o.id = due.id",
                network,
                limit));
    return rows.affected();
}

base::Result<std::uint64_t> NewestEvent(pg::Tx& tx) {
    BASE_ASSIGN_OR_RETURN(const auto row, tx.One("SELECT last_event_id FROM event_counter"));
    return row.Get<std::uint64_t>("last_event_id");
}

base::Result<std::vector<Change>> LoadChanges(pg::Tx& tx,
                                              const std::string& network,
                                              std::uint64_t after,
                                              std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT event_id, user_id, wallet_id, subject_id FROM outbox WHERE network = $1 "
                "AND event_id > $2 ORDER BY event_id LIMIT $3",
                network,
                after,
                limit));
    std::vector<Change> changes;
    for (const pg::Row row : rows) {
        changes.push_back({row.Get<std::uint64_t>("event_id"),
                           row.Get<base::UserId>("user_id"),
                           row.Get<base::WalletId>("wallet_id"),
                           row.Get<std::string>("subject_id")});
    }
    return changes;
}

}  // namespace transfer
