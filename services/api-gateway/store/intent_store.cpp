#include "api-gateway/store/intent_store.h"

#include <cstdint>

#include "base/bytes.h"

namespace gateway {

namespace {

std::string_view TableOf(const Slot& slot) {
    return slot.key ? "idempotency_keys" : "duplicate_guards";
}

// The second half of the primary key; $2 in every statement.
std::string_view KeyColumn(const Slot& slot) {
    return slot.key ? "key" : "request_hash";
}

pg::Param KeyValue(const Slot& slot) {
    return slot.key ? pg::Param(*slot.key) : pg::Param(slot.request_hash);
}

// "UPDATE idempotency_keys SET ... WHERE user_id = $1 AND key = $2 AND ..."
std::string Where(const Slot& slot) {
    return " WHERE user_id = $1 AND " + std::string(KeyColumn(slot)) + " = $2 ";
}

Twin ReadTwin(const pg::Row& row, const Slot& slot) {
    Twin twin;
    twin.claim.intent = row.Get<base::IntentId>("intent_id");
    twin.claim.claimed_at = row.Get<std::string>("claimed");
    twin.same_request = base::Equal(row.Get<base::Bytes>("request_hash"), slot.request_hash);
    twin.taken = row.Get<bool>("taken");
    twin.shown = row.Get<bool>("shown");
    twin.claimed_age = std::chrono::milliseconds(row.Get<std::int64_t>("claimed_age"));
    twin.age = std::chrono::milliseconds(row.Get<std::int64_t>("age"));
    return twin;
}

base::Result<std::optional<Twin>> Find(pg::Tx& tx, const Slot& slot) {
    const std::string flags = slot.key ? "taken_at IS NOT NULL AS taken, false AS shown, "
                                       : "false AS taken, shown_at IS NOT NULL AS shown, ";
    const std::string sql =
        "SELECT intent_id, request_hash, claimed_at::text AS claimed, " + flags +
        "(extract(epoch FROM clock_timestamp() - claimed_at) * 1000)::bigint AS claimed_age, "
        "(extract(epoch FROM clock_timestamp() - created_at) * 1000)::bigint AS age FROM " +
        std::string(TableOf(slot)) + Where(slot);
    BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(sql, slot.user, KeyValue(slot)));
    return row ? std::optional(ReadTwin(*row, slot)) : std::nullopt;
}

base::Result<std::optional<Claim>> ReadClaim(base::Result<std::optional<pg::Row>> row,
                                             base::IntentId intent) {
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return std::optional<Claim>();
    }
    return std::optional(Claim{intent, (*row)->Get<std::string>("claimed"), false});
}

base::Result<std::optional<Claim>> Insert(pg::Tx& tx, const Slot& slot, base::IntentId intent) {
    if (slot.key) {
        return ReadClaim(
            tx.Maybe("INSERT INTO idempotency_keys (user_id, key, request_hash, chain, intent_id) "
                     "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING "
                     "RETURNING claimed_at::text AS claimed",
                     slot.user,
                     *slot.key,
                     slot.request_hash,
                     slot.chain,
                     intent),
            intent);
    }
    return ReadClaim(
        tx.Maybe("INSERT INTO duplicate_guards (user_id, request_hash, chain, intent_id) "
                 "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING "
                 "RETURNING claimed_at::text AS claimed",
                 slot.user,
                 slot.request_hash,
                 slot.chain,
                 intent),
        intent);
}

// In the transaction that made the row, which an error takes back.
base::Result<> CheckRestored(pg::Tx& tx, const Slot& slot) {
    if (!slot.refuse_restored) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT EXISTS (SELECT 1 FROM restores WHERE closed_at IS NULL) AS open"));
    if (row.Get<bool>("open")) {
        return base::MakeError(base::ErrorKind::kAborted,
                               "restored",
                               "the database was restored and does not know this request: it may "
                               "have been paid before");
    }
    return {};
}

}  // namespace

base::Result<std::optional<Twin>> FindTwin(pg::Pool& pool, const Slot& slot) {
    return pg::Read(pool, [&](pg::Tx& tx) { return Find(tx, slot); });
}

base::Result<Claimed> ClaimSlot(pg::Pool& pool, const Slot& slot, base::IntentId intent) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Claimed> {
        BASE_ASSIGN_OR_RETURN(auto own, Insert(tx, slot, intent));
        if (own) {
            BASE_RETURN_IF_ERROR(CheckRestored(tx, slot));
            own->fresh = true;
            return Claimed{std::move(own), std::nullopt};
        }
        BASE_ASSIGN_OR_RETURN(auto twin, Find(tx, slot));
        if (!twin) {
            // It was forgotten between the two statements; the caller may simply repeat.
            return base::MakeError(
                base::ErrorKind::kAborted, "in_progress", "an equal request has just been refused");
        }
        return Claimed{std::nullopt, std::move(twin)};
    });
}

base::Result<std::optional<Claim>> TakeOver(pg::Pool& pool,
                                            const Slot& slot,
                                            const Twin& twin,
                                            base::IntentId intent) {
    const bool renewed = intent != twin.claim.intent;
    const std::string reset = slot.key || !renewed ? "" : ", created_at = now(), shown_at = NULL";
    const std::string sql = "UPDATE " + std::string(TableOf(slot)) +
                            " SET intent_id = $3, claimed_at = clock_timestamp()" + reset +
                            Where(slot) +
                            "AND intent_id = $4 AND claimed_at = $5::timestamptz "
                            "RETURNING claimed_at::text AS claimed";
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::optional<Claim>> {
        // The row is known, but what came of it may have been lost.
        BASE_RETURN_IF_ERROR(CheckRestored(tx, slot));
        return ReadClaim(
            tx.Maybe(
                sql, slot.user, KeyValue(slot), intent, twin.claim.intent, twin.claim.claimed_at),
            intent);
    });
}

base::Result<Claim> ReplaceGuard(pg::Pool& pool, const Slot& slot, base::IntentId intent) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<Claim> {
        BASE_RETURN_IF_ERROR(CheckRestored(tx, slot));
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.One("INSERT INTO duplicate_guards (user_id, request_hash, chain, intent_id) "
                   "VALUES ($1, $2, $3, $4) ON CONFLICT (user_id, request_hash) DO UPDATE "
                   "SET intent_id = excluded.intent_id, created_at = now(), "
                   "claimed_at = clock_timestamp(), shown_at = NULL "
                   "RETURNING claimed_at::text AS claimed",
                   slot.user,
                   slot.request_hash,
                   slot.chain,
                   intent));
        return Claim{intent, row.Get<std::string>("claimed"), true};
    });
}

base::Result<> MarkTaken(pg::Pool& pool, const Slot& slot, const Claim& claim) {
    if (!slot.key) {
        return {};
    }
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE idempotency_keys SET taken_at = now() "
                    "WHERE user_id = $1 AND key = $2 AND intent_id = $3",
                    slot.user,
                    *slot.key,
                    claim.intent));
        return {};
    });
}

base::Result<> ForgetSlot(pg::Pool& pool, const Slot& slot, const Claim& claim) {
    if (!claim.fresh) {
        return {};
    }
    const std::string sql = "DELETE FROM " + std::string(TableOf(slot)) + Where(slot) +
                            "AND intent_id = $3 AND claimed_at = $4::timestamptz";
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec(sql, slot.user, KeyValue(slot), claim.intent, claim.claimed_at));
        return {};
    });
}

base::Result<> MarkShown(pg::Pool& pool,
                         base::UserId user,
                         const std::vector<base::IntentId>& intents) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE duplicate_guards SET shown_at = now() "
                    "WHERE user_id = $1 AND intent_id = ANY ($2::uuid[]) "
                    "AND shown_at IS NULL",
                    user,
                    intents));
        return {};
    });
}

base::Result<std::vector<OpenKey>> ListOpenKeys(pg::Pool& pool, unsigned limit) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<std::vector<OpenKey>> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("SELECT user_id, key, chain, intent_id FROM idempotency_keys "
                    "WHERE ended_at IS NULL AND created_at < now() - INTERVAL '1 day' "
                    "AND (checked_at IS NULL OR checked_at < now() - INTERVAL '1 day') "
                    "ORDER BY checked_at NULLS FIRST LIMIT $1",
                    limit));
        std::vector<OpenKey> keys;
        for (const pg::Row row : rows) {
            keys.push_back({row.Get<base::UserId>("user_id"),
                            row.Get<std::string>("key"),
                            row.Get<std::string>("chain"),
                            row.Get<base::IntentId>("intent_id")});
        }
        return keys;
    });
}

base::Result<> MarkChecked(pg::Pool& pool, const OpenKey& key, bool ended) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE idempotency_keys SET checked_at = now(), "
                    "ended_at = CASE WHEN $3 THEN now() END "
                    "WHERE user_id = $1 AND key = $2 AND ended_at IS NULL",
                    key.user,
                    key.key,
                    ended));
        return {};
    });
}

}  // namespace gateway
