#include "transfer/store_attempts.h"

#include <variant>

#include <nlohmann/json.hpp>

#include "transfer/plan_json.h"
#include "transfer/rows.h"
#include "transfer/store_coins.h"
#include "transfer/store_moves.h"

namespace transfer {

namespace {

constexpr const char* kSubjectColumns =
    "i.id, i.state, i.plan, i.order_bytes AS first_order, i.order_signature AS first_signature, "
    "i.quote, i.attempt_count, f.signed_tx AS first_signed_tx, f.fee_max AS first_fee_max, "
    "n.unsigned_tx, n.terms, n.fee_max, n.kind = 'cancel' AS newest_pays_self, "
    "EXISTS (SELECT 1 FROM attempts r WHERE r.intent_id = i.id AND r.state = 'requested') "
    "AS attempt_open, "
    "(SELECT count(*) FROM attempts b WHERE b.intent_id = i.id AND b.number > 1 AND b.automatic) "
    "AS bumps ";

// The first attempt is f, the newest signed one n.
constexpr const char* kSubjectTables =
    "intents i JOIN attempts f ON f.intent_id = i.id AND f.number = 1 "
    "JOIN attempts n ON n.intent_id = i.id AND n.number = (SELECT max(m.number) FROM attempts m "
    "WHERE m.intent_id = i.id AND m.signed_tx IS NOT NULL) ";

std::string KindName(chain::AttemptKind kind) {
    switch (kind) {
        case chain::AttemptKind::kPay:
            return "pay";
        case chain::AttemptKind::kSpeedUp:
            return "speed_up";
        case chain::AttemptKind::kCancel:
            return "cancel";
    }
    return "pay";
}

base::Result<Subject> ReadSubject(const pg::Row& row) {
    Subject subject;
    subject.id = row.Get<base::IntentId>("id");
    subject.state = StateOf(row, "state");
    BASE_ASSIGN_OR_RETURN(subject.plan, ReadPlan(row.Get<std::string>("plan")));
    subject.first_order = {row.Get<base::Bytes>("first_order"),
                           row.Get<base::Bytes>("first_signature")};
    subject.first_signed_tx = row.Get<base::Bytes>("first_signed_tx");
    BASE_ASSIGN_OR_RETURN(const auto quote, ReadQuote(row.Get<std::string>("quote")));
    subject.native_value = quote.native_value;
    subject.first_fee_max = UnitsOf(row, "first_fee_max");
    subject.newest_pays_self = row.Get<bool>("newest_pays_self");
    subject.newest = {row.Get<base::Bytes>("unsigned_tx"),
                      row.Get<std::string>("terms"),
                      UnitsOf(row, "fee_max")};
    subject.attempt_count = row.Get<std::uint32_t>("attempt_count");
    subject.attempt_open = row.Get<bool>("attempt_open");
    subject.bumps = row.Get<std::uint32_t>("bumps");
    return subject;
}

std::string WriteError(const base::Error& error) {
    nlohmann::json metadata = nlohmann::json::object();
    for (const auto& [key, value] : error.metadata) {
        metadata[key] = value;
    }
    return nlohmann::json{{"kind", base::ErrorKindName(error.kind)},
                          {"reason", error.reason},
                          {"detail", error.detail},
                          {"metadata", std::move(metadata)}}
        .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Error ReadError(const std::string& text) {
    const auto object = nlohmann::json::parse(text, nullptr, false);
    if (object.is_discarded()) {
        return base::Internal("the stored refusal cannot be read");
    }
    base::Error error =
        base::FailedPrecondition(object.value("reason", ""), object.value("detail", ""));
    const auto kind = object.value("kind", "");
    for (int index = 0; index <= static_cast<int>(base::ErrorKind::kInternal); ++index) {
        if (base::ErrorKindName(static_cast<base::ErrorKind>(index)) == kind) {
            error.kind = static_cast<base::ErrorKind>(index);
        }
    }
    for (const auto& [key, value] : object.at("metadata").items()) {
        error.metadata[key] = value.get<std::string>();
    }
    return error;
}

}  // namespace

base::Result<> InsertOrder(pg::Tx& tx, const std::string& network, const Replacement& replacement) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO attempt_orders (digest, intent_id, network, wallet_id, kind, "
                "order_bytes, order_signature, order_expires_at, fee_cap, fee_wish) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (digest) DO NOTHING",
                crypto::Sha256(replacement.order.order),
                replacement.intent,
                network,
                replacement.wallet,
                KindName(replacement.kind),
                replacement.order.order,
                replacement.order.signature,
                replacement.expires,
                replacement.fee_cap.ToDecimal(),
                WriteFeeWish(replacement.fee)));
    return {};
}

base::Result<OrderOutcome> FindOrder(pg::Tx& tx, const crypto::Hash256& digest) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT state, error FROM attempt_orders WHERE digest = $1", digest));
    OrderOutcome outcome;
    outcome.state = row.Get<std::string>("state");
    if (!row.IsNull("error")) {
        outcome.error = ReadError(row.Get<std::string>("error"));
    }
    return outcome;
}

base::Result<std::vector<OpenOrder>> LoadOpenOrders(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT o.digest, o.kind, o.order_bytes, o.order_signature, o.fee_cap, "
                "o.fee_wish, o.order_expires_at <= now() AS lapsed, " +
                    std::string(kSubjectColumns) + "FROM attempt_orders o JOIN " + kSubjectTables +
                    "ON i.id = o.intent_id WHERE o.wallet_id = $1 AND o.state = 'open' "
                    "AND o.attempt_number IS NULL AND o.due_at <= now() "
                    "ORDER BY o.created_at LIMIT 64",
                wallet));
    std::vector<OpenOrder> orders;
    for (const pg::Row row : rows) {
        OpenOrder open;
        open.digest = base::ToArray<32>(row.Get<base::Bytes>("digest"));
        open.kind = row.Get<std::string>("kind") == "cancel" ? chain::AttemptKind::kCancel
                                                             : chain::AttemptKind::kSpeedUp;
        open.order = {row.Get<base::Bytes>("order_bytes"), row.Get<base::Bytes>("order_signature")};
        open.fee_cap = UnitsOf(row, "fee_cap");
        BASE_ASSIGN_OR_RETURN(open.fee, ReadFeeWish(row.Get<std::string>("fee_wish")));
        open.lapsed = row.Get<bool>("lapsed");
        BASE_ASSIGN_OR_RETURN(open.subject, ReadSubject(row));
        orders.push_back(std::move(open));
    }
    return orders;
}

base::Result<> PostponeOrder(pg::Tx& tx,
                             const crypto::Hash256& digest,
                             std::chrono::milliseconds again_in) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempt_orders SET due_at = now() + $2 * interval '1 millisecond' "
                "WHERE digest = $1 AND state = 'open'",
                digest,
                again_in.count()));
    return {};
}

base::Result<> RefuseOrder(pg::Tx& tx, const crypto::Hash256& digest, const base::Error& error) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempt_orders SET state = 'refused', error = $2::jsonb "
                "WHERE digest = $1 AND state = 'open'",
                digest,
                WriteError(error)));
    return {};
}

base::Result<std::optional<Subject>> LoadSubject(pg::Tx& tx, const base::IntentId& id) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT " + std::string(kSubjectColumns) + "FROM " +
                                       kSubjectTables + "WHERE i.id = $1",
                                   id));
    if (!row) {
        return std::optional<Subject>();
    }
    BASE_ASSIGN_OR_RETURN(auto subject, ReadSubject(*row));
    return std::optional(std::move(subject));
}

money::UInt256 NativeNeed(const Subject& subject,
                          chain::AttemptKind kind,
                          const chain::Unsigned& unsigned_tx) {
    if (kind == chain::AttemptKind::kCancel || subject.newest_pays_self) {
        return unsigned_tx.fee_max;
    }
    const auto* transfer = std::get_if<chain::Transfer>(&subject.plan.action);
    // Where recipient and fee share one sum, that sum stays.
    const bool shared = transfer != nullptr && transfer->mode != chain::TransferMode::kExact &&
                        subject.plan.asset.IsNative();
    const auto need = money::CheckedAdd(subject.native_value,
                                        shared ? subject.first_fee_max : unsigned_tx.fee_max);
    return need ? *need : money::UInt256::Max();
}

base::Result<money::UInt256> HoldGrowth(pg::Tx& tx, const NewAttempt& attempt) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.One("SELECT greatest(0, $2::numeric - coalesce(max(amount), 0)) "
                                 "AS growth FROM holds "
                                 "WHERE intent_id = $1 AND asset_contract = ''",
                                 attempt.intent,
                                 attempt.native_need.ToDecimal()));
    return UnitsOf(row, "growth");
}

base::Result<> InsertAttempt(pg::Tx& tx,
                             const std::string& network,
                             const base::WalletId& wallet,
                             const NewAttempt& attempt) {
    BASE_ASSIGN_OR_RETURN(const auto growth, HoldGrowth(tx, attempt));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE holds SET amount = amount + $2::numeric "
                "WHERE intent_id = $1 AND asset_contract = ''",
                attempt.intent,
                growth.ToDecimal()));
    // The number of an attempt that was never signed is not used again: wallet-manager may have its
    // bytes, of another kind, and answers each number with the same ones.
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO attempts (intent_id, number, network, wallet_id, kind, "
                "automatic, order_digest, unsigned_tx, terms, fee_max, coins) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text[])",
                attempt.intent,
                attempt.number,
                network,
                wallet,
                KindName(attempt.kind),
                !attempt.order_digest.has_value(),
                attempt.order_digest,
                attempt.unsigned_tx.payload,
                attempt.unsigned_tx.terms,
                attempt.unsigned_tx.fee_max.ToDecimal(),
                CoinNames(attempt.unsigned_tx.coins)));
    if (attempt.order_digest) {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE attempt_orders SET attempt_number = $2 WHERE digest = $1",
                    *attempt.order_digest,
                    attempt.number));
    }
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents SET attempt_count = $2, reason = $3, detail = '' WHERE id = $1 "
                "AND attempt_count = $2 - 1 AND state IN ('SIGNED', 'SUBMITTED')",
                attempt.intent,
                attempt.number,
                KindName(attempt.kind)));
    return CheckMoved(moved, 1);
}

base::Result<std::vector<Requested>> LoadRequested(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT a.number, a.kind, a.order_digest, a.unsigned_tx AS payload, "
                "o.order_bytes, o.order_signature, " +
                    std::string(kSubjectColumns) + "FROM attempts a JOIN " + kSubjectTables +
                    "ON i.id = a.intent_id "
                    "LEFT JOIN attempt_orders o ON o.digest = a.order_digest "
                    "WHERE a.wallet_id = $1 AND a.state = 'requested' AND a.number > 1 "
                    "AND a.next_try_at <= now() LIMIT 64",
                wallet));
    std::vector<Requested> list;
    for (const pg::Row row : rows) {
        BASE_ASSIGN_OR_RETURN(auto subject, ReadSubject(row));
        Requested requested;
        requested.intent = subject.id;
        requested.state = subject.state;
        requested.number = row.Get<std::uint32_t>("number");
        requested.kind = row.Get<std::string>("kind");
        requested.call.attempt = requested.number;
        requested.call.unsigned_tx = row.Get<base::Bytes>("payload");
        requested.call.first_signed_tx = std::move(subject.first_signed_tx);
        if (row.IsNull("order_digest")) {
            requested.call.order = std::move(subject.first_order);
        } else {
            requested.order_digest = base::ToArray<32>(row.Get<base::Bytes>("order_digest"));
            requested.call.order = {row.Get<base::Bytes>("order_bytes"),
                                    row.Get<base::Bytes>("order_signature")};
            requested.call.first_order = std::move(subject.first_order);
        }
        list.push_back(std::move(requested));
    }
    return list;
}

base::Result<> PostponeAttempt(pg::Tx& tx,
                               const Requested& requested,
                               std::chrono::milliseconds again_in) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts SET next_try_at = now() + $3 * interval '1 millisecond' "
                "WHERE intent_id = $1 AND number = $2 AND state = 'requested'",
                requested.intent,
                requested.number,
                again_in.count()));
    return {};
}

base::Result<> MarkFurtherSigned(pg::Tx& tx,
                                 const Requested& requested,
                                 base::ByteView unsigned_tx,
                                 const chain::Signed& signed_tx) {
    BASE_ASSIGN_OR_RETURN(
        const auto stored,
        tx.Exec("UPDATE attempts SET unsigned_tx = $3, signed_tx = $4, tx_hash = $5, "
                "signed_at = now(), state = 'signed', next_try_at = now() "
                "WHERE intent_id = $1 AND number = $2 AND state = 'requested'",
                requested.intent,
                requested.number,
                unsigned_tx,
                signed_tx.payload,
                signed_tx.tx_hash));
    BASE_RETURN_IF_ERROR(CheckMoved(stored, 1));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET tx_hash = $2 "
                "WHERE id = $1 AND state IN ('SIGNED', 'SUBMITTED')",
                requested.intent,
                signed_tx.tx_hash));
    if (requested.order_digest) {
        BASE_RETURN_IF_ERROR(tx.Exec("UPDATE attempt_orders SET state = 'done' WHERE digest = $1",
                                     *requested.order_digest));
    }
    return {};
}

base::Result<> AdoptAttempt(pg::Tx& tx, const std::string& network, const Recalled& recalled) {
    const NewAttempt& attempt = recalled.attempt;
    BASE_RETURN_IF_ERROR(InsertAttempt(tx, network, recalled.wallet, attempt));
    Requested requested;
    requested.intent = attempt.intent;
    requested.number = attempt.number;
    return MarkFurtherSigned(tx, requested, attempt.unsigned_tx.payload, recalled.signed_tx);
}

base::Result<> DropRequested(pg::Tx& tx, const Requested& requested, const base::Error& error) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts SET state = 'dead', dead_proof = $3 "
                "WHERE intent_id = $1 AND number = $2 AND state = 'requested'",
                requested.intent,
                requested.number,
                "never signed: " + error.reason));
    if (requested.order_digest) {
        return RefuseOrder(tx, *requested.order_digest, error);
    }
    return {};
}

}  // namespace transfer
