#include "transfer/store_intents.h"

#include "transfer/plan_json.h"
#include "transfer/rows.h"

namespace transfer {

namespace {

// The insertions turned into one array a column.
struct Columns {
    std::vector<base::IntentId> id;
    std::vector<std::optional<base::IntentId>> parent;
    std::vector<base::UserId> user;
    std::vector<base::WalletId> wallet;
    std::vector<std::string> from, action, contract, program, symbol, recipients, plan, memo;
    std::vector<unsigned> decimals;
    std::vector<std::string> fee_cap, amount;
    std::vector<std::optional<std::string>> fee_estimate, quote;
    std::vector<base::Bytes> order, signature;
    std::vector<base::Time> issued, expires;
    std::vector<base::Bytes> digest;
    std::vector<std::string> reason, detail;

    void Add(const Insertion& insertion);
};

void Columns::Add(const Insertion& insertion) {
    const NewIntent& intent = insertion.intent;
    const chain::Plan& of = intent.plan;
    id.push_back(intent.id);
    parent.push_back(intent.parent);
    user.push_back(intent.user);
    wallet.push_back(intent.wallet);
    from.push_back(of.from);
    action.emplace_back(ActionName(of.action));
    contract.push_back(of.asset.contract);
    program.push_back(of.asset.program);
    symbol.push_back(of.asset.symbol);
    decimals.push_back(of.asset.decimals);
    recipients.push_back(WriteRecipients(of));
    plan.push_back(WritePlan(of));
    memo.push_back(of.memo);
    fee_cap.push_back(of.fee_cap.ToDecimal());
    amount.push_back((insertion.quote ? insertion.quote->amount : AskedAmount(of)).ToDecimal());
    fee_estimate.push_back(intent.fee_estimate ? std::optional(intent.fee_estimate->ToDecimal())
                           : insertion.quote
                               ? std::optional(insertion.quote->fee_expected.ToDecimal())
                               : std::nullopt);
    quote.push_back(insertion.quote ? std::optional(WriteQuote(*insertion.quote)) : std::nullopt);
    order.push_back(intent.order.order);
    signature.push_back(intent.order.signature);
    issued.push_back(intent.issued);
    expires.push_back(intent.expires);
    digest.push_back(base::ToBytes(intent.parameters_digest));
    reason.push_back(insertion.reason);
    detail.push_back(insertion.detail);
}

base::Result<> ReadRecords(const pg::Row& row, Queued& queued) {
    BASE_ASSIGN_OR_RETURN(queued.plan, ReadPlan(row.Get<std::string>("plan")));
    if (!row.IsNull("quote")) {
        BASE_ASSIGN_OR_RETURN(queued.quote, ReadQuote(row.Get<std::string>("quote")));
    }
    return {};
}

Queued ReadQueued(const pg::Row& row) {
    Queued queued;
    queued.id = row.Get<base::IntentId>("id");
    queued.sequence = row.Get<std::uint64_t>("sequence");
    queued.state = StateOf(row, "state");
    queued.user = row.Get<base::UserId>("user_id");
    queued.order = {row.Get<base::Bytes>("order_bytes"), row.Get<base::Bytes>("order_signature")};
    if (const auto read = ReadRecords(row, queued); !read) {
        queued.damage = read.error();
    }
    queued.recipients = row.Get<std::string>("recipients");
    queued.amount = UnitsOf(row, "amount");
    queued.quote_fresh = row.Get<bool>("quote_fresh");
    queued.lapsed = row.Get<bool>("lapsed");
    queued.cancel_requested = row.Get<bool>("cancel_requested");
    queued.reason = row.Get<std::string>("reason");
    if (!row.IsNull("number")) {
        queued.attempt =
            QueuedAttempt{row.Get<std::uint32_t>("number"), row.Get<base::Bytes>("unsigned_tx")};
    }
    return queued;
}

Found ReadFound(const pg::Row& row) {
    Found found;
    found.state = StateOf(row, "state");
    found.parameters_digest = base::ToArray<32>(row.Get<base::Bytes>("parameters_digest"));
    found.user = row.Get<base::UserId>("user_id");
    found.wallet = row.Get<base::WalletId>("wallet_id");
    found.order = row.Get<base::Bytes>("order_bytes");
    return found;
}

std::set<base::WalletId> WalletsOf(const pg::Rows& rows) {
    std::set<base::WalletId> wallets;
    for (const pg::Row row : rows) {
        wallets.insert(row.Get<base::WalletId>("wallet_id"));
    }
    return wallets;
}

}  // namespace

money::UInt256 AskedAmount(const chain::Plan& plan) {
    money::UInt256 total;
    if (const auto* transfer = std::get_if<chain::Transfer>(&plan.action)) {
        for (const chain::Recipient& recipient : transfer->recipients) {
            const auto sum = money::CheckedAdd(total, recipient.amount);
            total = sum ? *sum : money::UInt256::Max();
        }
    } else if (const auto* swap = std::get_if<chain::Swap>(&plan.action)) {
        total = swap->amount_in;
    } else if (const auto* wrap = std::get_if<chain::Wrap>(&plan.action)) {
        total = wrap->amount;
    } else if (const auto* unwrap = std::get_if<chain::Unwrap>(&plan.action)) {
        total = unwrap->amount;
    }
    return total;
}

base::Result<std::set<base::IntentId>> InsertIntents(pg::Tx& tx,
                                                     const std::string& network,
                                                     std::span<const Insertion> insertions) {
    Columns c;
    for (const Insertion& insertion : insertions) {
        c.Add(insertion);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec(
            "INSERT INTO intents (network, id, parent_id, user_id, wallet_id, from_address, "
            "action, "
            "asset_contract, asset_program, asset_symbol, asset_decimals, recipients, plan, memo, "
            "fee_cap, amount, fee_estimate, quote, quoted_at, order_bytes, order_signature, "
            "order_issued_at, order_expires_at, parameters_digest, reason, detail) "
            "SELECT $1, id, parent, usr, wallet, sender, action, contract, program, symbol, "
            "decimals, "
            "recipients::jsonb, plan::jsonb, memo, fee_cap, amount, estimate, quote::jsonb, "
            "CASE WHEN quote IS NOT NULL THEN now() END, bytes, signature, issued, expires, "
            "digest, "
            "reason, detail "
            "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], "
            "$8::text[], $9::text[], $10::text[], $11::smallint[], $12::text[], $13::text[], "
            "$14::text[], $15::numeric[], $16::numeric[], $17::numeric[], $18::text[], "
            "$19::bytea[], "
            "$20::bytea[], $21::timestamptz[], $22::timestamptz[], $23::bytea[], $24::text[], "
            "$25::text[]) AS u (id, parent, usr, wallet, sender, action, contract, program, "
            "symbol, "
            "decimals, recipients, plan, memo, fee_cap, amount, estimate, quote, bytes, signature, "
            "issued, expires, digest, reason, detail) "
            "ON CONFLICT (id) DO NOTHING RETURNING id",
            network,
            c.id,
            c.parent,
            c.user,
            c.wallet,
            c.from,
            c.action,
            c.contract,
            c.program,
            c.symbol,
            c.decimals,
            c.recipients,
            c.plan,
            c.memo,
            c.fee_cap,
            c.amount,
            c.fee_estimate,
            c.quote,
            c.order,
            c.signature,
            c.issued,
            c.expires,
            c.digest,
            c.reason,
            c.detail));
    std::set<base::IntentId> made;
    for (const pg::Row row : rows) {
        made.insert(row.Get<base::IntentId>("id"));
    }
    return made;
}

base::Result<std::optional<Found>> FindIntent(pg::Tx& tx,
                                              const std::string& network,
                                              const base::IntentId& id) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT state, parameters_digest, user_id, wallet_id, order_bytes FROM intents "
                 "WHERE id = $1 AND network = $2",
                 id,
                 network));
    return row ? std::optional(ReadFound(*row)) : std::nullopt;
}

base::Result<Admission> FindAdmission(pg::Tx& tx,
                                      const std::string& network,
                                      const base::IntentId& id) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT i.state, i.parameters_digest, i.user_id, i.wallet_id, i.order_bytes, "
               "coalesce((SELECT p.sends_stopped_reason FROM chain_pins p "
               "WHERE p.network = $2), '') AS stopped FROM (SELECT $1::uuid AS id) asked "
               "LEFT JOIN intents i ON i.id = asked.id AND i.network = $2",
               id,
               network));
    Admission admission;
    admission.stopped = row.Get<std::string>("stopped");
    if (!row.IsNull("state")) {
        admission.known = ReadFound(row);
    }
    return admission;
}

base::Result<bool> RenewOrder(pg::Tx& tx, const NewIntent& intent) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents SET order_bytes = $2, order_signature = $3, order_issued_at = $4, "
                "order_expires_at = $5, order_renewed = true, due_at = now() "
                "WHERE id = $1 AND state = 'AWAIT_HUMAN'",
                intent.id,
                intent.order.order,
                intent.order.signature,
                intent.issued,
                intent.expires));
    return rows.affected() == 1;
}

base::Result<bool> RequestCancel(pg::Tx& tx, const base::IntentId& id) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents SET cancel_requested = true, due_at = now() WHERE id = $1 "
                "AND state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED')",
                id));
    return rows.affected() == 1;
}

base::Result<Queues> LoadQueues(pg::Tx& tx,
                                const std::vector<base::WalletId>& wallets,
                                const QueueLimits& limits) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT i.wallet_id, i.id, i.sequence, i.state, i.user_id, i.order_bytes, "
                "i.order_signature, i.plan, i.recipients, i.amount, "
                "i.quote, i.cancel_requested, i.reason, i.order_expires_at <= now() AS lapsed, "
                "coalesce(i.quoted_at > now() - $3 * interval '1 millisecond', false) "
                "AS quote_fresh, a.number, a.unsigned_tx "
                "FROM unnest($1::uuid[]) AS w (id) CROSS JOIN LATERAL (SELECT * FROM intents q "
                "WHERE q.wallet_id = w.id AND q.due_at <= now() "
                "AND q.state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED') "
                "ORDER BY q.sequence LIMIT $2) i "
                "LEFT JOIN attempts a ON a.intent_id = i.id AND a.state = 'requested' "
                "ORDER BY i.sequence",
                wallets,
                limits.limit,
                limits.quote_age_max.count()));
    Queues queues;
    for (const pg::Row row : rows) {
        queues[row.Get<base::WalletId>("wallet_id")].push_back(ReadQueued(row));
    }
    return queues;
}

base::Result<std::map<base::WalletId, Chores>> LoadChores(
    pg::Tx& tx, const std::string& network, const std::vector<base::WalletId>& wallets) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT * FROM (SELECT w.id AS wallet_id, "
                "EXISTS (SELECT 1 FROM attempt_orders o WHERE o.wallet_id = w.id "
                "AND o.network = $1 AND o.state = 'open' AND o.due_at <= now()) "
                "OR EXISTS (SELECT 1 FROM attempts a WHERE a.wallet_id = w.id "
                "AND a.network = $1 AND a.state = 'requested' AND a.number > 1 "
                "AND a.next_try_at <= now()) AS further, "
                "EXISTS (SELECT 1 FROM nonce_slots s WHERE s.wallet_id = w.id "
                "AND s.network = $1 AND s.used_by = 'nobody') "
                "OR EXISTS (SELECT 1 FROM fills f WHERE f.wallet_id = w.id "
                "AND f.network = $1 AND f.state = 'requested' AND f.next_try_at <= now()) AS gaps "
                "FROM unnest($2::uuid[]) AS w (id)) chores WHERE further OR gaps",
                network,
                wallets));
    std::map<base::WalletId, Chores> chores;
    for (const pg::Row row : rows) {
        chores[row.Get<base::WalletId>("wallet_id")] = {row.Get<bool>("further"),
                                                        row.Get<bool>("gaps")};
    }
    return chores;
}

base::Result<std::set<base::WalletId>> WalletsDue(pg::Tx& tx, const std::string& network) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT wallet_id FROM intents WHERE network = $1 AND due_at <= now() "
                "AND state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED') "
                "UNION SELECT wallet_id FROM attempt_orders "
                "WHERE network = $1 AND state = 'open' AND due_at <= now() "
                "UNION SELECT wallet_id FROM attempts "
                "WHERE network = $1 AND state = 'requested' AND number > 1 "
                "AND next_try_at <= now() "
                "UNION SELECT wallet_id FROM fills "
                "WHERE network = $1 AND state = 'requested' AND next_try_at <= now()",
                network));
    return WalletsOf(rows);
}

base::Result<std::set<base::WalletId>> WalletsOpen(pg::Tx& tx, const std::string& network) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT wallet_id FROM intents WHERE network = $1 "
                "AND state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED') "
                "UNION SELECT wallet_id FROM intents WHERE network = $1 "
                "AND state IN ('SIGNED', 'SUBMITTED', 'MINED') "
                "UNION SELECT wallet_id FROM fills "
                "WHERE network = $1 AND state IN ('requested', 'live')",
                network));
    return WalletsOf(rows);
}

base::Result<std::size_t> FlagStuck(pg::Tx& tx,
                                    const std::string& network,
                                    std::chrono::milliseconds after) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE intents SET needs_operator = true WHERE network = $1 "
                "AND ended_at IS NULL AND NOT needs_operator AND state <> 'AWAIT_HUMAN' "
                "AND progressed_at < now() - $2 * interval '1 millisecond'",
                network,
                after.count()));
    return rows.affected();
}

}  // namespace transfer
