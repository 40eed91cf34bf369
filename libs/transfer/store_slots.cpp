#include "transfer/store_slots.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/text.h"
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
                           const std::string& network,
                           std::span<const Reservation> reservations) {
    std::vector<base::IntentId> ids;
    std::vector<std::string> addresses;
    std::vector<std::string> contracts;
    std::vector<std::string> amounts;
    const auto add =
        [&](const Reservation& entry, const std::string& contract, const money::UInt256& amount) {
            ids.push_back(entry.id);
            addresses.push_back(entry.from);
            contracts.push_back(contract);
            amounts.push_back(amount.ToDecimal());
        };
    for (const Reservation& entry : reservations) {
        add(entry, "", entry.native_hold);
        if (entry.token_hold) {
            add(entry, entry.token, *entry.token_hold);
        }
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO holds (intent_id, asset_contract, network, address, amount) "
                "SELECT u.id, u.contract, $1, u.address, u.amount "
                "FROM unnest($2::uuid[], $3::text[], $4::text[], $5::numeric[]) "
                "AS u (id, address, contract, amount)",
                network,
                ids,
                addresses,
                contracts,
                amounts));
    return {};
}

// The looks turned into one array a column.
struct NonceColumns {
    std::vector<std::string> addresses;
    std::vector<base::WalletId> wallets;
    std::vector<std::uint64_t> counts;
    std::vector<std::uint64_t> floors;  // no freed nonce below is any good

    explicit NonceColumns(std::span<const NonceLook> looks) {
        for (const NonceLook& look : looks) {
            addresses.push_back(look.native.address);
            wallets.push_back(look.native.wallet);
            counts.push_back(look.adopted);
            floors.push_back(std::max(look.counts.final_count, look.counts.newest_count));
        }
    }
};

// Nonces that the chain's count has passed and nobody here has used: a foreign transaction, or
// nodes that lied. They are written down as free, so that where it was a lie they are used or
// filled once the true count shows.
base::Result<> RecordSkipped(pg::Tx& tx, const std::string& network, const NonceColumns& columns) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO nonce_slots (network, from_address, nonce, wallet_id, used_by) "
                "SELECT $1, u.address, n, u.wallet, 'nobody' "
                "FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS u (address, wallet, count) "
                "CROSS JOIN LATERAL generate_series(greatest(u.count - $5, "
                "(SELECT coalesce(max(s.nonce) + 1, 0) FROM nonce_slots s WHERE s.network = $1 "
                "AND s.from_address = u.address)), u.count - 1) AS n ON CONFLICT DO NOTHING",
                network,
                columns.addresses,
                columns.wallets,
                columns.counts,
                kSkippedMax));
    return {};
}

// A slot that another intent was voided out of is taken over; any other clash moves nothing.
base::Result<> InsertNonces(pg::Tx& tx,
                            const std::string& network,
                            std::span<const Reservation> reservations) {
    std::vector<base::IntentId> ids;
    std::vector<base::WalletId> wallets;
    std::vector<std::string> addresses;
    std::vector<std::uint64_t> nonces;
    for (const Reservation& entry : reservations) {
        if (entry.nonce) {
            ids.push_back(entry.id);
            wallets.push_back(entry.wallet);
            addresses.push_back(entry.from);
            nonces.push_back(*entry.nonce);
        }
    }
    if (ids.empty()) {
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const auto slots,
        tx.Exec("INSERT INTO nonce_slots AS s (network, from_address, nonce, wallet_id, "
                "intent_id, used_by) "
                "SELECT $1, u.address, u.nonce, u.wallet, u.id, 'intent' "
                "FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bigint[]) "
                "AS u (id, wallet, address, nonce) "
                "ON CONFLICT (network, from_address, nonce) DO UPDATE "
                "SET intent_id = excluded.intent_id, used_by = 'intent' "
                "WHERE s.used_by = 'nobody'",
                network,
                ids,
                wallets,
                addresses,
                nonces));
    return CheckMoved(slots, ids.size());
}

}  // namespace

base::Result<std::vector<money::UInt256>> LockAccounts(pg::Tx& tx,
                                                       std::span<const AccountLook> looks) {
    if (looks.empty()) {
        return std::vector<money::UInt256>();
    }
    const std::string& network = looks.front().key.network;
    std::vector<std::string> addresses;
    std::vector<std::string> contracts;
    std::vector<base::WalletId> wallets;
    std::vector<std::string> balances;
    std::vector<std::uint64_t> heights;
    for (const AccountLook& look : looks) {
        addresses.push_back(look.key.address);
        contracts.push_back(look.key.contract);
        wallets.push_back(look.key.wallet);
        balances.push_back(look.observed.amount.ToDecimal());
        heights.push_back(look.observed.block_height);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO accounts (network, address, asset_contract, wallet_id, balance, "
                "block_height) SELECT $1, u.address, u.contract, u.wallet, u.balance, u.height "
                "FROM unnest($2::text[], $3::text[], $4::uuid[], $5::numeric[], $6::bigint[]) "
                "AS u (address, contract, wallet, balance, height) "
                "ORDER BY u.address, u.contract "
                "ON CONFLICT (network, address, asset_contract) DO UPDATE "
                "SET balance = excluded.balance, block_height = excluded.block_height, "
                "observed_at = now()",
                network,
                addresses,
                contracts,
                wallets,
                balances,
                heights));
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT (SELECT coalesce(sum(amount), 0) FROM holds h WHERE h.network = $1 "
                "AND h.address = u.address AND h.asset_contract = u.contract "
                "AND h.released_at IS NULL AND h.mined_height IS NULL) + "
                "(SELECT coalesce(sum(amount), 0) FROM holds h WHERE h.network = $1 "
                "AND h.address = u.address AND h.asset_contract = u.contract "
                "AND h.released_at IS NULL AND h.mined_height > u.height) AS held "
                "FROM unnest($2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY "
                "AS u (address, contract, height, place) ORDER BY u.place",
                network,
                addresses,
                contracts,
                heights));
    std::vector<money::UInt256> left;
    for (std::size_t index = 0; index < looks.size(); ++index) {
        const auto rest =
            money::CheckedSub(looks[index].observed.amount, UnitsOf(rows[index], "held"));
        left.push_back(rest ? *rest : money::UInt256());
    }
    return left;
}

base::Result<money::UInt256> LockAccount(pg::Tx& tx,
                                         const AccountKey& key,
                                         const chain::Balance& observed) {
    const AccountLook look{key, observed};
    BASE_ASSIGN_OR_RETURN(const auto left, LockAccounts(tx, std::span(&look, 1)));
    return left.front();
}

base::Result<money::UInt256> HeldForLanding(pg::Tx& tx,
                                            const AccountKey& key,
                                            std::uint64_t newest_count) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT coalesce(sum(h.amount), 0) AS held FROM holds h "
               "JOIN intents i ON i.id = h.intent_id AND i.state = 'SUBMITTED' "
               "LEFT JOIN nonce_slots s ON s.intent_id = h.intent_id "
               "WHERE h.network = $1 AND h.address = $2 AND h.asset_contract = $3 "
               "AND h.released_at IS NULL AND h.mined_height IS NULL "
               "AND EXISTS (SELECT 1 FROM attempts a WHERE a.intent_id = h.intent_id "
               "AND a.state IN ('signed', 'live')) "
               "AND CASE WHEN s.nonce IS NOT NULL THEN s.nonce < $4 ELSE NOT EXISTS "
               "(SELECT 1 FROM coin_locks l JOIN coins c USING (network, tx_hash, output) "
               "WHERE l.intent_id = h.intent_id AND c.spent_height IS NULL) END",
               key.network,
               key.address,
               key.contract,
               newest_count));
    return UnitsOf(row, "held");
}

base::Result<std::vector<NonceBook>> LoadNonces(pg::Tx& tx,
                                                std::span<const NonceLook> looks,
                                                std::size_t limit) {
    std::vector<NonceBook> books;
    if (looks.empty()) {
        return books;
    }
    const std::string& network = looks.front().native.network;
    const NonceColumns columns(looks);
    BASE_RETURN_IF_ERROR(RecordSkipped(tx, network, columns));
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT greatest(u.count, (SELECT coalesce(max(s.nonce) + 1, 0) "
                "FROM nonce_slots s WHERE s.network = $1 AND s.from_address = u.address)) "
                "AS next, array_to_string(ARRAY(SELECT f.nonce FROM nonce_slots f "
                "WHERE f.network = $1 AND f.from_address = u.address AND f.used_by = 'nobody' "
                "AND f.nonce >= u.floor ORDER BY f.nonce LIMIT $5), ',') AS freed "
                "FROM unnest($2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY "
                "AS u (address, count, floor, place) ORDER BY u.place",
                network,
                columns.addresses,
                columns.counts,
                columns.floors,
                limit));
    for (const pg::Row row : rows) {
        NonceBook& book = books.emplace_back();
        book.next = row.Get<std::uint64_t>("next");
        const std::string freed = row.Get<std::string>("freed");
        for (const std::string_view nonce : base::Split(freed, ',')) {
            if (!nonce.empty()) {
                BASE_ASSIGN_OR_RETURN(const auto number,
                                      base::ParseUnsigned<std::uint64_t>(nonce, UINT64_MAX));
                book.freed.push_back(number);
            }
        }
    }
    return books;
}

base::Result<> InsertReservations(pg::Tx& tx,
                                  const std::string& network,
                                  std::span<const Reservation> reservations) {
    if (reservations.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<base::WalletId> wallets;
    std::vector<base::Bytes> payloads;
    std::vector<std::string> terms;
    std::vector<std::string> fees;
    std::vector<std::string> coins;
    for (const Reservation& entry : reservations) {
        ids.push_back(entry.id);
        wallets.push_back(entry.wallet);
        coins.push_back(CoinText(entry.unsigned_tx.coins));
        payloads.push_back(entry.unsigned_tx.payload);
        terms.push_back(entry.unsigned_tx.terms);
        fees.push_back(entry.unsigned_tx.fee_max.ToDecimal());
    }
    BASE_RETURN_IF_ERROR(InsertNonces(tx, network, reservations));
    BASE_RETURN_IF_ERROR(InsertHolds(tx, network, reservations));
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO attempts (intent_id, number, network, wallet_id, kind, unsigned_tx, "
                "terms, fee_max, coins) SELECT u.id, 1, $1, u.wallet, 'pay', u.payload, u.terms, "
                "u.fee, string_to_array(u.coins, ',') "
                "FROM unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::text[], $6::numeric[], "
                "$7::text[]) AS u (id, wallet, payload, terms, fee, coins)",
                network,
                ids,
                wallets,
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
    if (signed_rows.empty()) {
        return {};
    }
    std::vector<base::IntentId> ids;
    std::vector<base::Bytes> unsigned_payloads;
    std::vector<base::Bytes> payloads;
    std::vector<std::string> hashes;
    std::vector<SignedOutputs> payments;
    for (const SignedFirst& entry : signed_rows) {
        payments.push_back({entry.id, entry.signed_tx.outputs});
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
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO paid_recipients (network, from_address, to_address) "
                "SELECT i.network, i.from_address, r.recipient ->> 'address' FROM intents i "
                "CROSS JOIN LATERAL jsonb_array_elements(i.recipients) AS r (recipient) "
                "WHERE i.id = ANY ($1::uuid[]) ON CONFLICT DO NOTHING",
                ids));
    return InsertChange(tx, payments);
}

}  // namespace transfer
