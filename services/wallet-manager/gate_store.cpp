#include "wallet-manager/gate_store.h"

#include <map>

#include "secret/secret.h"
#include "wallet-manager/anchor_store.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

namespace {

IntentRow ReadIntent(const pg::Row& row) {
    IntentRow intent;
    intent.network = row.Get<std::string>("network");
    intent.wallet = row.Get<std::optional<base::WalletId>>("wallet_id");
    intent.user = row.Get<std::optional<base::UserId>>("user_id");
    intent.order_digest = row.Get<std::optional<base::Bytes>>("order_digest");
    intent.is_signed = row.Get<bool>("is_signed");
    intent.is_voided = row.Get<bool>("is_voided");
    intent.has_ended = row.Get<bool>("has_ended");
    return intent;
}

AttemptRow ReadAttempt(const pg::Row& row) {
    AttemptRow attempt;
    attempt.order_digest =
        base::ToArray<sizeof(crypto::Hash256)>(row.Get<base::Bytes>("order_digest"));
    attempt.unsigned_tx = row.Get<base::Bytes>("unsigned_tx");
    attempt.signed_tx = row.Get<std::optional<base::Bytes>>("signed_tx").value_or(base::Bytes());
    attempt.tx_hash = row.Get<std::optional<std::string>>("tx_hash").value_or("");
    return attempt;
}

std::vector<base::IntentId> IntentsOf(const Orders& orders) {
    std::vector<base::IntentId> ids;
    for (const GateOrder* order : orders) {
        ids.push_back(order->intent);
    }
    return ids;
}

std::vector<base::Bytes> DigestsOf(const Orders& orders) {
    std::vector<base::Bytes> digests;
    for (const GateOrder* order : orders) {
        digests.push_back(base::ToBytes(order->digest));
    }
    return digests;
}

base::Error Conflict() {
    return base::FailedPrecondition("order_conflict",
                                    "this intent id belongs to another wallet or network");
}

}  // namespace

base::Result<MaybeIntents> LockIntents(pg::Tx& tx, const Orders& orders) {
    std::vector<base::IntentId> ids;
    std::vector<std::string> networks;
    std::vector<base::WalletId> wallets;
    std::vector<base::UserId> users;
    for (const GateOrder* order : orders) {
        ids.push_back(order->intent);
        networks.push_back(order->order.network());
        wallets.push_back(order->wallet);
        users.push_back(order->user);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_intents (intent_id, network, wallet_id, user_id) "
                "SELECT u.id, u.network, w.id, w.user_id "
                "FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) "
                "AS u (id, network, wallet, owner) JOIN wallets w ON w.id = u.wallet "
                "AND w.user_id = u.owner AND w.network = u.network "
                "ORDER BY u.id ON CONFLICT DO NOTHING",
                ids,
                networks,
                wallets,
                users));
    BASE_ASSIGN_OR_RETURN(auto rows, FindIntents(tx, ids));
    for (std::size_t index = 0; index < orders.size(); ++index) {
        const auto& row = rows[index];
        const GateOrder& order = *orders[index];
        if (!row) {
            continue;
        }
        const bool tombstone = !row->wallet.has_value();
        if (row->network != order.order.network() ||
            (!tombstone && (*row->wallet != order.wallet || *row->user != order.user))) {
            return Conflict();
        }
    }
    return rows;
}

base::Result<MaybeIntents> FindIntents(pg::Tx& tx, const std::vector<base::IntentId>& intents) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT intent_id, network, wallet_id, user_id, order_digest, "
                "signed_at IS NOT NULL AS is_signed, voided_at IS NOT NULL AS is_voided, "
                "outcome IS NOT NULL AS has_ended FROM gate_intents "
                "WHERE intent_id = ANY ($1::uuid[]) ORDER BY intent_id FOR NO KEY UPDATE",
                intents));
    std::map<base::IntentId, IntentRow> found;
    for (const pg::Row row : rows) {
        found[row.Get<base::IntentId>("intent_id")] = ReadIntent(row);
    }
    MaybeIntents list;
    for (const base::IntentId& intent : intents) {
        const auto entry = found.find(intent);
        list.push_back(entry == found.end() ? std::nullopt : std::optional(entry->second));
    }
    return list;
}

base::Result<std::optional<IntentRow>> FindIntent(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const auto rows, FindIntents(tx, {intent}));
    return rows.front();
}

base::Result<std::vector<std::optional<Authorisation>>> FindAuthorisations(pg::Tx& tx,
                                                                           const Orders& orders) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT a.allowed, a.reason, a.detail, a.amount "
                "FROM unnest($1::uuid[], $2::bytea[]) WITH ORDINALITY AS u (id, digest, place) "
                "LEFT JOIN gate_authorisations a ON a.intent_id = u.id "
                "AND a.order_digest = u.digest ORDER BY u.place",
                IntentsOf(orders),
                DigestsOf(orders)));
    std::vector<std::optional<Authorisation>> list;
    for (const pg::Row row : rows) {
        if (row.IsNull("allowed")) {
            list.emplace_back();
        } else {
            list.emplace_back(Authorisation{row.Get<bool>("allowed"),
                                            row.Get<std::string>("reason"),
                                            row.Get<std::string>("detail"),
                                            row.Get<std::string>("amount")});
        }
    }
    return list;
}

base::Result<> StoreAuthorisations(pg::Tx& tx,
                                   const Orders& orders,
                                   const std::vector<Authorisation>& verdicts) {
    if (orders.empty()) {
        return {};
    }
    std::vector<std::string> kinds;
    std::vector<std::int16_t> allowed;
    std::vector<std::string> reasons;
    std::vector<std::string> details;
    std::vector<std::string> amounts;
    Orders payments;
    for (std::size_t index = 0; index < orders.size(); ++index) {
        const Authorisation& verdict = verdicts[index];
        kinds.emplace_back(OrderKindName(orders[index]->kind));
        allowed.push_back(verdict.allowed ? 1 : 0);
        reasons.push_back(verdict.reason);
        details.push_back(verdict.detail);
        amounts.push_back(verdict.amount);
        if (verdict.allowed && orders[index]->kind == OrderKind::kPayment) {
            payments.push_back(orders[index]);
        }
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_authorisations "
                "(intent_id, order_digest, kind, allowed, reason, detail, amount) "
                "SELECT u.id, u.digest, u.kind, u.allowed = 1, u.reason, u.detail, u.amount "
                "FROM unnest($1::uuid[], $2::bytea[], $3::text[], $4::smallint[], $5::text[], "
                "$6::text[], $7::numeric[]) "
                "AS u (id, digest, kind, allowed, reason, detail, amount)",
                IntentsOf(orders),
                DigestsOf(orders),
                kinds,
                allowed,
                reasons,
                details,
                amounts));
    if (payments.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE gate_intents i SET order_digest = u.digest "
                "FROM unnest($1::uuid[], $2::bytea[]) AS u (id, digest) WHERE i.intent_id = u.id",
                IntentsOf(payments),
                DigestsOf(payments)));
    return {};
}

base::Result<int> CountReplacementOrders(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT count(*) AS orders FROM gate_authorisations "
                                 "WHERE intent_id = $1 AND kind <> 'payment' AND allowed",
                                 intent));
    return row.Get<int>("orders");
}

base::Result<bool> VoidIntent(pg::Tx& tx,
                              const base::IntentId& intent,
                              const std::string& network,
                              const std::string& reason) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("INSERT INTO gate_intents AS i (intent_id, network, voided_at, void_reason) "
                 "VALUES ($1, $2, now(), $3) ON CONFLICT (intent_id) DO UPDATE "
                 "SET voided_at = coalesce(i.voided_at, now()), "
                 "void_reason = coalesce(i.void_reason, $3) "
                 "WHERE i.signed_at IS NULL RETURNING network",
                 intent,
                 network,
                 reason));
    if (!row) {
        return false;
    }
    if (row->Get<std::string>("network") != network) {
        return Conflict();
    }
    BASE_RETURN_IF_ERROR(tx.Exec("DELETE FROM gate_slots WHERE intent_id = $1", intent));
    BASE_RETURN_IF_ERROR(FreeAnchor(tx, intent));
    BASE_RETURN_IF_ERROR(Settle(tx, {intent}, false));
    return true;
}

base::Result<std::set<base::IntentId>> StoreOutcomes(pg::Tx& tx,
                                                     const std::string& network,
                                                     const std::vector<IntentOutcome>& outcomes) {
    std::vector<base::IntentId> ids;
    std::vector<std::string> states;
    std::set<base::IntentId> written;
    for (const IntentOutcome& outcome : outcomes) {
        ids.push_back(outcome.intent);
        states.push_back(outcome.state);
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("UPDATE gate_intents i SET outcome = u.state, outcome_at = now() "
                "FROM unnest($1::uuid[], $2::text[]) AS u (id, state) "
                "WHERE i.intent_id = u.id AND i.network = $3 AND i.outcome IS NULL "
                "RETURNING i.intent_id",
                ids,
                states,
                network));
    for (const pg::Row row : rows) {
        written.insert(row.Get<base::IntentId>("intent_id"));
    }
    for (const IntentOutcome& outcome : outcomes) {
        if (outcome.state == "EXPIRED") {
            BASE_RETURN_IF_ERROR(FreeAnchor(tx, outcome.intent));
        }
    }
    return written;
}

base::Result<std::optional<AttemptRow>> FindAttempt(pg::Tx& tx,
                                                    const base::IntentId& intent,
                                                    std::uint32_t attempt) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT order_digest, unsigned_tx, signed_tx, tx_hash FROM "
                                   "gate_attempts WHERE intent_id = $1 AND attempt = $2",
                                   intent,
                                   attempt));
    return row ? std::optional(ReadAttempt(*row)) : std::nullopt;
}

base::Result<std::vector<AttemptBefore>> FindAttempts(pg::Tx& tx,
                                                      const std::vector<AttemptOf>& attempts) {
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> numbers;
    std::vector<base::Bytes> digests;
    for (const AttemptOf& attempt : attempts) {
        ids.push_back(attempt.order->intent);
        numbers.push_back(attempt.attempt);
        digests.push_back(base::ToBytes(attempt.order->digest));
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT a.order_digest, a.unsigned_tx, a.signed_tx, a.tx_hash, "
                "(SELECT count(*) FROM gate_attempts n WHERE n.intent_id = u.id "
                "AND n.order_digest = u.digest) AS of_order "
                "FROM unnest($1::uuid[], $2::integer[], $3::bytea[]) WITH ORDINALITY "
                "AS u (id, number, digest, place) LEFT JOIN gate_attempts a "
                "ON a.intent_id = u.id AND a.attempt = u.number ORDER BY u.place",
                ids,
                numbers,
                digests));
    std::vector<AttemptBefore> list;
    for (const pg::Row row : rows) {
        AttemptBefore& before = list.emplace_back();
        before.of_order = row.Get<int>("of_order");
        if (!row.IsNull("order_digest")) {
            before.row = ReadAttempt(row);
        }
    }
    return list;
}

base::Result<bool> IsSignedLately(pg::Tx& tx,
                                  const base::IntentId& intent,
                                  std::uint32_t attempt,
                                  std::chrono::milliseconds age) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT coalesce(max(signed_at) > now() - $3 * interval '1 millisecond', false) "
               "AS lately FROM gate_attempts WHERE intent_id = $1 AND attempt < $2",
               intent,
               attempt,
               age.count()));
    return row.Get<bool>("lately");
}

base::Result<> RecordAttempts(pg::Tx& tx, const std::vector<AttemptOf>& attempts) {
    if (attempts.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> numbers;
    std::vector<std::string> networks;
    std::vector<base::Bytes> digests;
    std::vector<base::Bytes> payloads;
    for (const AttemptOf& attempt : attempts) {
        ids.push_back(attempt.order->intent);
        numbers.push_back(attempt.attempt);
        networks.push_back(attempt.order->order.network());
        digests.push_back(base::ToBytes(attempt.order->digest));
        payloads.push_back(attempt.unsigned_tx);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_attempts AS a "
                "(intent_id, attempt, network, order_digest, unsigned_tx) "
                "SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::bytea[], "
                "$5::bytea[]) ON CONFLICT (intent_id, attempt) DO UPDATE "
                "SET order_digest = excluded.order_digest, unsigned_tx = excluded.unsigned_tx, "
                "requested_at = now() WHERE a.signed_tx IS NULL",
                ids,
                numbers,
                networks,
                digests,
                payloads));
    return {};
}

base::Result<bool> StoreSignatures(pg::Tx& tx, const std::vector<SignedAttempt>& made) {
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> numbers;
    std::vector<base::Bytes> unsigned_payloads;
    std::vector<base::Bytes> payloads;
    std::vector<std::string> hashes;
    for (const SignedAttempt& attempt : made) {
        ids.push_back(attempt.intent);
        numbers.push_back(attempt.attempt);
        unsigned_payloads.push_back(attempt.unsigned_tx);
        payloads.push_back(attempt.signed_tx);
        hashes.push_back(attempt.tx_hash);
    }
    BASE_ASSIGN_OR_RETURN(const pg::Rows intents,
                          tx.Exec("UPDATE gate_intents SET signed_at = coalesce(signed_at, now()) "
                                  "WHERE intent_id = ANY ($1::uuid[]) AND voided_at IS NULL",
                                  ids));
    if (intents.affected() != ids.size()) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows attempts,
        tx.Exec("UPDATE gate_attempts a SET signed_tx = u.signed_tx, tx_hash = u.hash, "
                "signed_at = now() FROM unnest($1::uuid[], $2::integer[], $3::bytea[], "
                "$4::bytea[], $5::text[]) AS u (id, number, unsigned_tx, signed_tx, hash) "
                "WHERE a.intent_id = u.id AND a.attempt = u.number "
                "AND a.unsigned_tx = u.unsigned_tx AND a.signed_tx IS NULL",
                ids,
                numbers,
                unsigned_payloads,
                payloads,
                hashes));
    if (attempts.affected() != ids.size()) {
        return false;
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE gate_slots SET signed = true "
                "WHERE intent_id = ANY ($1::uuid[]) AND NOT signed",
                ids));
    return true;
}

bool ConcernsAll(const base::Error& error) {
    return error.reason == "database_unavailable" || error.reason == "commit_in_doubt";
}

void Wipe(base::Bytes& bytes) {
    secret::Wipe(bytes);
    bytes.clear();
}

}  // namespace wallet_manager
