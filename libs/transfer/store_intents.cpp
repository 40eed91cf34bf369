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

base::Result<> InsertIntents(pg::Tx& tx,
                             const std::string& network,
                             std::span<const Insertion> insertions) {
    Columns c;
    for (const Insertion& insertion : insertions) {
        c.Add(insertion);
    }
    BASE_RETURN_IF_ERROR(tx.Exec(
        "INSERT INTO intents (network, id, parent_id, user_id, wallet_id, from_address, action, "
        "asset_contract, asset_program, asset_symbol, asset_decimals, recipients, plan, memo, "
        "fee_cap, amount, fee_estimate, quote, quoted_at, order_bytes, order_signature, "
        "order_issued_at, order_expires_at, parameters_digest, reason, detail) "
        "SELECT $1, id, parent, usr, wallet, sender, action, contract, program, symbol, decimals, "
        "recipients::jsonb, plan::jsonb, memo, fee_cap, amount, estimate, quote::jsonb, "
        "CASE WHEN quote IS NOT NULL THEN now() END, bytes, signature, issued, expires, digest, "
        "reason, detail "
        "FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], "
        "$8::text[], $9::text[], $10::text[], $11::smallint[], $12::text[], $13::text[], "
        "$14::text[], $15::numeric[], $16::numeric[], $17::numeric[], $18::text[], $19::bytea[], "
        "$20::bytea[], $21::timestamptz[], $22::timestamptz[], $23::bytea[], $24::text[], "
        "$25::text[]) AS u (id, parent, usr, wallet, sender, action, contract, program, symbol, "
        "decimals, recipients, plan, memo, fee_cap, amount, estimate, quote, bytes, signature, "
        "issued, expires, digest, reason, detail) "
        "ON CONFLICT (id) DO NOTHING",
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
    return {};
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
    if (!row) {
        return std::optional<Found>();
    }
    Found found;
    found.state = StateOf(*row, "state");
    found.parameters_digest = base::ToArray<32>(row->Get<base::Bytes>("parameters_digest"));
    found.user = row->Get<base::UserId>("user_id");
    found.wallet = row->Get<base::WalletId>("wallet_id");
    found.order = row->Get<base::Bytes>("order_bytes");
    return std::optional(std::move(found));
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

base::Result<Queue> LoadQueue(pg::Tx& tx,
                              const base::WalletId& wallet,
                              std::size_t limit,
                              std::chrono::milliseconds quote_age_max) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT i.id, i.sequence, i.state, i.user_id, i.order_bytes, i.order_signature, "
                "i.plan, "
                "i.recipients, i.amount, "
                "i.quote, i.cancel_requested, i.reason, i.order_expires_at <= now() AS lapsed, "
                "coalesce(i.quoted_at > now() - $3 * interval '1 millisecond', false) "
                "AS quote_fresh, a.number, a.unsigned_tx "
                "FROM intents i LEFT JOIN attempts a ON a.intent_id = i.id "
                "AND a.state = 'requested' "
                "WHERE i.wallet_id = $1 AND i.due_at <= now() "
                "AND i.state IN ('RECEIVED', 'AWAIT_HUMAN', 'AUTHORISED', 'RESERVED') "
                "ORDER BY i.sequence LIMIT $2",
                wallet,
                limit,
                quote_age_max.count()));
    Queue queue;
    for (const pg::Row row : rows) {
        queue.due.push_back(ReadQueued(row));
    }
    queue.more = queue.due.size() == limit;
    return queue;
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
