#include "transfer/store_broadcast.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace transfer {

namespace {

// In order of nonce, so that the node takes each.
std::vector<Claimed> ReadClaimed(const pg::Rows& rows) {
    std::vector<std::pair<std::uint64_t, Claimed>> ordered;
    for (const pg::Row row : rows) {
        Claimed claimed;
        claimed.intent = row.Get<base::IntentId>("intent_id");
        claimed.wallet = row.Get<base::WalletId>("wallet_id");
        claimed.number = row.Get<std::uint32_t>("number");
        claimed.tx_hash = row.Get<std::string>("tx_hash");
        claimed.signed_tx = row.Get<base::Bytes>("signed_tx");
        claimed.unsigned_tx = row.Get<base::Bytes>("unsigned_tx");
        claimed.reason = row.Get<std::string>("reason");
        ordered.emplace_back(row.Get<std::optional<std::uint64_t>>("nonce").value_or(0),
                             std::move(claimed));
    }
    std::sort(ordered.begin(), ordered.end(), [](const auto& left, const auto& right) {
        return std::tie(left.first, left.second.number) <
               std::tie(right.first, right.second.number);
    });
    std::vector<Claimed> claimed;
    claimed.reserve(ordered.size());
    for (auto& entry : ordered) {
        claimed.push_back(std::move(entry.second));
    }
    return claimed;
}

// Only a changed reason is worth an event, and only the newest attempt's answer matters.
base::Result<> RecordReasons(pg::Tx& tx, std::span<const Sent> sent) {
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> numbers;
    std::vector<std::string> answers;
    std::vector<std::string> reasons;
    for (const Sent& entry : sent) {
        if (entry.other_reason) {
            ids.push_back(entry.intent);
            numbers.push_back(entry.number);
            answers.push_back(entry.answer);
            reasons.push_back(entry.reason);
        }
    }
    if (ids.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents i SET reason = u.reason, detail = u.answer "
                "FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[]) "
                "AS u (id, number, reason, answer) "
                "WHERE i.id = u.id AND i.state = 'SUBMITTED' AND i.reason <> u.reason "
                "AND NOT EXISTS (SELECT 1 FROM attempts n WHERE n.intent_id = i.id "
                "AND n.number > u.number AND n.signed_tx IS NOT NULL) "
                "AND (u.reason <> '' OR i.reason IN ('node_unavailable', 'node_rejected', "
                "'signed_bytes_edited', "
                "'underpriced', 'insufficient_funds', 'blockhash_expired', "
                "'expiry_height_passed'))",
                ids,
                numbers,
                reasons,
                answers));
    return {};
}

}  // namespace

base::Result<std::vector<Claimed>> ClaimDue(pg::Tx& tx, const Claim& claim) {
    // The lease row is locked with the attempt: a taken-over holder claims nothing.
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("WITH due AS (SELECT a.intent_id, a.number, s.nonce, i.reason FROM attempts a "
                "JOIN intents i ON i.id = a.intent_id AND i.state IN ('SIGNED', 'SUBMITTED') "
                "JOIN leases l ON l.network = a.network AND l.name = 'wallet:' || a.wallet_id "
                "AND l.holder = $2 AND l.expires_at > now() "
                "LEFT JOIN nonce_slots s ON s.intent_id = a.intent_id "
                "WHERE a.network = $1 AND a.state IN ('signed', 'live') "
                "AND a.next_try_at <= now() "
                "AND (a.claimed_until IS NULL OR a.claimed_until < now()) "
                "AND NOT EXISTS (SELECT 1 FROM attempts n WHERE n.intent_id = a.intent_id "
                "AND n.number > a.number AND n.signed_tx IS NOT NULL AND n.last_answer = '') "
                "ORDER BY a.wallet_id, s.nonce, a.number LIMIT $3 "
                "FOR UPDATE OF a SKIP LOCKED FOR SHARE OF l) "
                "UPDATE attempts a SET claimed_until = now() + $4 * interval '1 millisecond' "
                "FROM due WHERE a.intent_id = due.intent_id AND a.number = due.number "
                "RETURNING a.intent_id, a.wallet_id, a.number, a.tx_hash, a.signed_tx, "
                "a.unsigned_tx, due.nonce, due.reason",
                claim.network,
                claim.holder,
                claim.limit,
                claim.lifetime.count()));
    std::vector<Claimed> claimed = ReadClaimed(rows);
    if (claimed.empty()) {
        return claimed;
    }
    std::vector<base::IntentId> ids;
    for (const Claimed& entry : claimed) {
        ids.push_back(entry.intent);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE intents SET state = 'SUBMITTED', first_try_at = now(), "
                "progressed_at = now() WHERE id = ANY ($1::uuid[]) AND state = 'SIGNED'",
                ids));
    return claimed;
}

base::Result<std::vector<Claimed>> ClaimLost(pg::Tx& tx, const Claim& claim) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("WITH due AS (SELECT a.intent_id, a.number, s.nonce, i.reason FROM attempts a "
                "JOIN intents i ON i.id = a.intent_id AND i.ended_at IS NOT NULL "
                "AND i.landed_attempt = a.number "
                "LEFT JOIN nonce_slots s ON s.intent_id = a.intent_id "
                "WHERE a.network = $1 AND a.state = 'live' AND a.next_try_at <= now() "
                "AND (a.claimed_until IS NULL OR a.claimed_until < now()) "
                "ORDER BY a.next_try_at, a.wallet_id, s.nonce LIMIT $2 "
                "FOR UPDATE OF a SKIP LOCKED) "
                "UPDATE attempts a SET claimed_until = now() + $3 * interval '1 millisecond' "
                "FROM due WHERE a.intent_id = due.intent_id AND a.number = due.number "
                "RETURNING a.intent_id, a.wallet_id, a.number, a.tx_hash, a.signed_tx, "
                "a.unsigned_tx, due.nonce, due.reason",
                claim.network,
                claim.limit,
                claim.lifetime.count()));
    return ReadClaimed(rows);
}

base::Result<> RecordSent(pg::Tx& tx, std::span<const Sent> sent) {
    if (sent.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<std::uint32_t> numbers;
    std::vector<std::string> answers;
    std::vector<std::int64_t> delays;
    for (const Sent& entry : sent) {
        ids.push_back(entry.intent);
        numbers.push_back(entry.number);
        answers.push_back(entry.answer);
        delays.push_back(entry.again_in.count());
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts a SET state = 'live', last_try_at = now(), "
                "last_answer = u.answer, try_count = a.try_count + 1, claimed_until = NULL, "
                "next_try_at = now() + u.delay * interval '1 millisecond' "
                "FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::bigint[]) "
                "AS u (id, number, answer, delay) "
                "WHERE a.intent_id = u.id AND a.number = u.number "
                "AND a.state IN ('signed', 'live')",
                ids,
                numbers,
                answers,
                delays));
    return RecordReasons(tx, sent);
}

base::Result<std::vector<FillToSend>> TakeFills(pg::Tx& tx,
                                                const Claim& claim,
                                                std::chrono::milliseconds again_in) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("UPDATE fills f SET next_try_at = now() + $3 * interval '1 millisecond' "
                "FROM leases l WHERE f.network = $1 AND f.state = 'live' "
                "AND f.next_try_at <= now() AND l.network = f.network "
                "AND l.name = 'wallet:' || f.wallet_id AND l.holder = $2 "
                "AND l.expires_at > now() "
                "RETURNING f.from_address, f.nonce, f.number, f.signed_tx",
                claim.network,
                claim.holder,
                again_in.count()));
    std::vector<FillToSend> fills;
    for (const pg::Row row : rows) {
        fills.push_back({row.Get<std::string>("from_address"),
                         row.Get<std::uint64_t>("nonce"),
                         row.Get<std::uint32_t>("number"),
                         row.Get<base::Bytes>("signed_tx")});
    }
    return fills;
}

}  // namespace transfer
