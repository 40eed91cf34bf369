#include "transfer/store_slots.h"

#include <algorithm>

#include "transfer/rows.h"
#include "transfer/store_coins.h"
#include "transfer/store_moves.h"

namespace transfer {

namespace {

// wallet-manager signs no nonce further above its lowest unsigned one.
constexpr std::int64_t kSkippedMax = 256;

// The names in one text: an array of arrays has no place in unnest.
std::string CoinText(const std::vector<chain::Coin>& coins) {
    std::string text;
    for (const std::string& name : CoinNames(coins)) {
        text += (text.empty() ? "" : ",") + name;
    }
    return text;
}

base::Result<> InsertHolds(pg::Tx& tx,
                           const AccountKey& native,
                           std::span<const Reservation> reservations) {
    std::vector<base::IntentId> ids;
    std::vector<std::string> contracts;
    std::vector<std::string> amounts;
    for (const Reservation& entry : reservations) {
        ids.push_back(entry.id);
        contracts.emplace_back();
        amounts.push_back(entry.native_hold.ToDecimal());
        if (entry.token_hold) {
            ids.push_back(entry.id);
            contracts.push_back(entry.token);
            amounts.push_back(entry.token_hold->ToDecimal());
        }
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO holds (intent_id, asset_contract, network, address, amount) "
                "SELECT u.id, u.contract, $1, $2, u.amount "
                "FROM unnest($3::uuid[], $4::text[], $5::numeric[]) AS u (id, contract, amount)",
                native.network,
                native.address,
                ids,
                contracts,
                amounts));
    return {};
}

// Nonces that the chain's count has passed and nobody here has used: a foreign transaction, or a
// node that lied. They are written down as free, so that where it was a lie they are used or filled
// once the true count shows.
base::Result<> RecordSkipped(pg::Tx& tx, const AccountKey& native, std::uint64_t count) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO nonce_slots (network, from_address, nonce, wallet_id, used_by) "
                "SELECT $1, $2, n, $3, 'nobody' FROM generate_series(greatest($4::bigint - $5, "
                "(SELECT coalesce(max(nonce) + 1, 0) FROM nonce_slots WHERE network = $1 "
                "AND from_address = $2)), $4::bigint - 1) AS n ON CONFLICT DO NOTHING",
                native.network,
                native.address,
                native.wallet,
                count,
                kSkippedMax));
    return {};
}

// A slot that another intent was voided out of is taken over; any other clash moves nothing.
base::Result<> InsertNonces(pg::Tx& tx,
                            const AccountKey& native,
                            std::span<const Reservation> reservations) {
    std::vector<base::IntentId> ids;
    std::vector<std::uint64_t> nonces;
    for (const Reservation& entry : reservations) {
        if (entry.nonce) {
            ids.push_back(entry.id);
            nonces.push_back(*entry.nonce);
        }
    }
    BASE_ASSIGN_OR_RETURN(
        const auto slots,
        tx.Exec("INSERT INTO nonce_slots AS s (network, from_address, nonce, wallet_id, "
                "intent_id, used_by) "
                "SELECT $1, $2, u.nonce, $3, u.id, 'intent' "
                "FROM unnest($4::uuid[], $5::bigint[]) AS u (id, nonce) "
                "ON CONFLICT (network, from_address, nonce) DO UPDATE "
                "SET intent_id = excluded.intent_id, used_by = 'intent' "
                "WHERE s.used_by = 'nobody'",
                native.network,
                native.address,
                native.wallet,
                ids,
                nonces));
    return CheckMoved(slots, ids.size());
}

}  // namespace

base::Result<money::UInt256> LockAccount(pg::Tx& tx,
                                         const AccountKey& key,
                                         const chain::Balance& observed) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO accounts (network, address, asset_contract, wallet_id, balance, "
                "block_height) VALUES ($1, $2, $3, $4, $5, $6) "
                "ON CONFLICT (network, address, asset_contract) DO UPDATE "
                "SET balance = $5, block_height = $6, observed_at = now()",
                key.network,
                key.address,
                key.contract,
                key.wallet,
                observed.amount.ToDecimal(),
                observed.block_height));
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT coalesce(sum(amount), 0) AS held FROM holds WHERE network = $1 "
               "AND address = $2 AND asset_contract = $3 AND released_at IS NULL "
               "AND (mined_height IS NULL OR mined_height > $4)",
               key.network,
               key.address,
               key.contract,
               observed.block_height));
    const auto left = money::CheckedSub(observed.amount, UnitsOf(row, "held"));
    return left ? *left : money::UInt256();
}

base::Result<NonceBook> LoadNonces(pg::Tx& tx,
                                   const AccountKey& native,
                                   const chain::Account& chain_counts,
                                   std::size_t limit) {
    NonceBook book;
    BASE_RETURN_IF_ERROR(RecordSkipped(tx, native, chain_counts.final_count));
    BASE_ASSIGN_OR_RETURN(
        const auto freed,
        tx.Exec("SELECT nonce FROM nonce_slots WHERE network = $1 AND from_address = $2 "
                "AND used_by = 'nobody' AND nonce >= $3 ORDER BY nonce LIMIT $4",
                native.network,
                native.address,
                std::max(chain_counts.final_count, chain_counts.newest_count),
                limit));
    for (const pg::Row row : freed) {
        book.freed.push_back(row.Get<std::uint64_t>("nonce"));
    }
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.One("SELECT greatest($3::bigint, coalesce(max(nonce) + 1, 0)) AS next "
                                 "FROM nonce_slots WHERE network = $1 AND from_address = $2",
                                 native.network,
                                 native.address,
                                 chain_counts.final_count));
    book.next = row.Get<std::uint64_t>("next");
    return book;
}

base::Result<> InsertReservations(pg::Tx& tx,
                                  const AccountKey& native,
                                  std::span<const Reservation> reservations) {
    std::vector<base::IntentId> ids;
    std::vector<base::Bytes> payloads;
    std::vector<std::string> terms;
    std::vector<std::string> fees;
    std::vector<std::string> coins;
    for (const Reservation& entry : reservations) {
        ids.push_back(entry.id);
        coins.push_back(CoinText(entry.unsigned_tx.coins));
        payloads.push_back(entry.unsigned_tx.payload);
        terms.push_back(entry.unsigned_tx.terms);
        fees.push_back(entry.unsigned_tx.fee_max.ToDecimal());
    }
    BASE_RETURN_IF_ERROR(InsertNonces(tx, native, reservations));
    BASE_RETURN_IF_ERROR(InsertHolds(tx, native, reservations));
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO attempts (intent_id, number, network, wallet_id, kind, unsigned_tx, "
                "terms, fee_max, coins) SELECT u.id, 1, $1, $2, 'pay', u.payload, u.terms, u.fee, "
                "string_to_array(u.coins, ',') "
                "FROM unnest($3::uuid[], $4::bytea[], $5::text[], $6::numeric[], $7::text[]) "
                "AS u (id, payload, terms, fee, coins)",
                native.network,
                native.wallet,
                ids,
                payloads,
                terms,
                fees,
                coins));
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents SET state = 'RESERVED', attempt_count = 1, reason = '', "
                "detail = '', due_at = now(), progressed_at = now(), needs_operator = false "
                "WHERE id = ANY ($1::uuid[]) AND state = 'AUTHORISED'",
                ids));
    return CheckMoved(moved, ids.size());
}

base::Result<> MarkSigned(pg::Tx& tx, std::span<const SignedFirst> signed_rows) {
    std::vector<base::IntentId> ids;
    std::vector<base::Bytes> unsigned_payloads;
    std::vector<base::Bytes> payloads;
    std::vector<std::string> hashes;
    std::vector<OwnChange> changes;
    for (const SignedFirst& entry : signed_rows) {
        changes.push_back({entry.id, entry.signed_tx.change});
        ids.push_back(entry.id);
        unsigned_payloads.push_back(entry.unsigned_tx);
        payloads.push_back(entry.signed_tx.payload);
        hashes.push_back(entry.signed_tx.tx_hash);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto stored,
        tx.Exec("UPDATE attempts a SET unsigned_tx = u.unsigned_tx, signed_tx = u.signed_tx, "
                "tx_hash = u.hash, signed_at = now(), state = 'signed', next_try_at = now() "
                "FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::text[]) "
                "AS u (id, unsigned_tx, signed_tx, hash) "
                "WHERE a.intent_id = u.id AND a.number = 1 AND a.state = 'requested'",
                ids,
                unsigned_payloads,
                payloads,
                hashes));
    BASE_RETURN_IF_ERROR(CheckMoved(stored, ids.size()));
    BASE_ASSIGN_OR_RETURN(
        const auto moved,
        tx.Exec("UPDATE intents i SET state = 'SIGNED', tx_hash = u.hash, signed_at = now(), "
                "reason = '', detail = '', progressed_at = now(), needs_operator = false "
                "FROM unnest($1::uuid[], $2::text[]) AS u (id, hash) "
                "WHERE i.id = u.id AND i.state = 'RESERVED'",
                ids,
                hashes));
    BASE_RETURN_IF_ERROR(CheckMoved(moved, ids.size()));
    return InsertChange(tx, changes);
}

}  // namespace transfer
