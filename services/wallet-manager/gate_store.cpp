#include "wallet-manager/gate_store.h"

#include <string_view>

#include "secret/secret.h"
#include "wallet-manager/anchor_store.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

namespace {

constexpr std::string_view kSelectIntent =
    "SELECT network, wallet_id, user_id, order_digest, signed_at IS NOT NULL AS is_signed, "
    "voided_at IS NOT NULL AS is_voided, outcome IS NOT NULL AS has_ended "
    "FROM gate_intents WHERE intent_id = $1 FOR NO KEY UPDATE";

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

base::Error Conflict() {
    return base::FailedPrecondition("order_conflict",
                                    "this intent id belongs to another wallet or network");
}

}  // namespace

base::Result<IntentRow> LockIntent(pg::Tx& tx, const GateOrder& order) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_intents (intent_id, network, wallet_id, user_id) "
                "SELECT $1, $2, w.id, w.user_id FROM wallets w "
                "WHERE w.id = $3 AND w.user_id = $4 AND w.network = $2 ON CONFLICT DO NOTHING",
                order.intent,
                order.order.network(),
                order.wallet,
                order.user));
    BASE_ASSIGN_OR_RETURN(const auto row, FindIntent(tx, order.intent));
    if (!row) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    const bool tombstone = !row->wallet.has_value();
    if (row->network != order.order.network() ||
        (!tombstone && (*row->wallet != order.wallet || *row->user != order.user))) {
        return Conflict();
    }
    return *row;
}

base::Result<std::optional<IntentRow>> FindIntent(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(kSelectIntent, intent));
    return row ? std::optional<IntentRow>(ReadIntent(*row)) : std::nullopt;
}

base::Result<std::optional<Authorisation>> FindAuthorisation(pg::Tx& tx,
                                                             const base::IntentId& intent,
                                                             const crypto::Hash256& digest) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT allowed, reason, detail, amount FROM "
                                   "gate_authorisations WHERE intent_id = $1 AND order_digest = $2",
                                   intent,
                                   digest));
    if (!row) {
        return std::optional<Authorisation>();
    }
    return std::optional<Authorisation>(Authorisation{row->Get<bool>("allowed"),
                                                      row->Get<std::string>("reason"),
                                                      row->Get<std::string>("detail"),
                                                      row->Get<std::string>("amount")});
}

base::Result<> StoreAuthorisation(pg::Tx& tx,
                                  const GateOrder& order,
                                  const Authorisation& verdict) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_authorisations "
                "(intent_id, order_digest, kind, allowed, reason, detail, amount) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                order.intent,
                order.digest,
                OrderKindName(order.kind),
                verdict.allowed,
                verdict.reason,
                verdict.detail,
                verdict.amount));
    if (!verdict.allowed || order.kind != OrderKind::kPayment) {
        return {};
    }
    BASE_RETURN_IF_ERROR(tx.Exec("UPDATE gate_intents SET order_digest = $2 WHERE intent_id = $1",
                                 order.intent,
                                 order.digest));
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
    BASE_RETURN_IF_ERROR(Settle(tx, intent, false));
    return true;
}

base::Result<bool> StoreOutcome(pg::Tx& tx,
                                const base::IntentId& intent,
                                const std::string& network,
                                const std::string& state) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("UPDATE gate_intents SET outcome = $3, outcome_at = now() "
                                  "WHERE intent_id = $1 AND network = $2 AND outcome IS NULL",
                                  intent,
                                  network,
                                  state));
    if (state == "EXPIRED") {
        BASE_RETURN_IF_ERROR(FreeAnchor(tx, intent));
    }
    return rows.affected() == 1;
}

base::Result<std::optional<AttemptRow>> FindAttempt(pg::Tx& tx,
                                                    const base::IntentId& intent,
                                                    std::uint32_t attempt) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT order_digest, unsigned_tx, signed_tx, tx_hash FROM "
                                   "gate_attempts WHERE intent_id = $1 AND attempt = $2",
                                   intent,
                                   attempt));
    if (!row) {
        return std::optional<AttemptRow>();
    }
    AttemptRow found;
    found.order_digest =
        base::ToArray<sizeof(crypto::Hash256)>(row->Get<base::Bytes>("order_digest"));
    found.unsigned_tx = row->Get<base::Bytes>("unsigned_tx");
    found.signed_tx = row->Get<std::optional<base::Bytes>>("signed_tx").value_or(base::Bytes());
    found.tx_hash = row->Get<std::optional<std::string>>("tx_hash").value_or("");
    return std::optional<AttemptRow>(std::move(found));
}

base::Result<bool> IsSignedBefore(pg::Tx& tx,
                                  const base::IntentId& intent,
                                  std::uint32_t attempt,
                                  std::chrono::milliseconds age) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT signed_at < now() - $3 * interval '1 millisecond' AS old "
                 "FROM gate_attempts WHERE intent_id = $1 AND attempt = $2 "
                 "AND signed_at IS NOT NULL",
                 intent,
                 attempt,
                 age.count()));
    return row && row->Get<bool>("old");
}

base::Result<int> CountAttempts(pg::Tx& tx,
                                const base::IntentId& intent,
                                const crypto::Hash256& order_digest) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT count(*) AS attempts FROM gate_attempts "
                                 "WHERE intent_id = $1 AND order_digest = $2",
                                 intent,
                                 order_digest));
    return row.Get<int>("attempts");
}

base::Result<> RecordAttempt(pg::Tx& tx,
                             const GateOrder& order,
                             std::uint32_t attempt,
                             const base::Bytes& unsigned_tx) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO gate_attempts AS a "
                "(intent_id, attempt, network, order_digest, unsigned_tx) "
                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (intent_id, attempt) DO UPDATE "
                "SET order_digest = $4, unsigned_tx = $5, requested_at = now() "
                "WHERE a.signed_tx IS NULL",
                order.intent,
                attempt,
                order.order.network(),
                order.digest,
                unsigned_tx));
    return {};
}

base::Result<bool> StoreSignature(pg::Tx& tx, const SignedAttempt& made) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows intent,
                          tx.Exec("UPDATE gate_intents SET signed_at = coalesce(signed_at, now()) "
                                  "WHERE intent_id = $1 AND voided_at IS NULL",
                                  made.intent));
    if (intent.affected() == 0) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows attempt,
        tx.Exec("UPDATE gate_attempts SET signed_tx = $4, tx_hash = $5, signed_at = now() "
                "WHERE intent_id = $1 AND attempt = $2 AND unsigned_tx = $3 "
                "AND signed_tx IS NULL",
                made.intent,
                made.attempt,
                made.unsigned_tx,
                made.signed_tx,
                made.tx_hash));
    if (attempt.affected() == 0) {
        return false;
    }
    BASE_RETURN_IF_ERROR(tx.Exec(
        "UPDATE gate_slots SET signed = true WHERE intent_id = $1 AND NOT signed", made.intent));
    return true;
}

void Wipe(base::Bytes& bytes) {
    secret::Wipe(bytes);
    bytes.clear();
}

}  // namespace wallet_manager
