#include "transfer/store_coins.h"

namespace transfer {

std::vector<std::string> CoinNames(std::span<const chain::Coin> coins) {
    std::vector<std::string> names;
    names.reserve(coins.size());
    for (const chain::Coin& coin : coins) {
        names.push_back(coin.tx_hash + ":" + std::to_string(coin.index));
    }
    return names;
}

base::Result<bool> TakeCoins(pg::Tx& tx, const CoinUse& use) {
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<std::uint32_t> places;
    for (const chain::Coin& coin : use.coins) {
        hashes.push_back(coin.tx_hash);
        outputs.push_back(coin.index);
        places.push_back(static_cast<std::uint32_t>(places.size()));
    }
    BASE_ASSIGN_OR_RETURN(
        const auto taken,
        tx.Exec("INSERT INTO coin_locks (network, tx_hash, output, wallet_id, intent_id, anchor) "
                "SELECT $1, u.hash, u.output, $2, $3, $4::boolean AND u.place = 0 "
                "FROM unnest($5::text[], $6::integer[], $7::integer[]) AS u (hash, output, place) "
                "JOIN coins c ON c.network = $1 AND c.tx_hash = u.hash AND c.output = u.output "
                "LEFT JOIN intents i ON i.id = c.made_by "
                "WHERE c.wallet_id = $2 AND c.spent_height IS NULL "
                "AND (c.block_height IS NOT NULL OR (i.attempt_count = 1 "
                "AND i.state IN ('SIGNED', 'SUBMITTED', 'MINED'))) ON CONFLICT DO NOTHING",
                use.network,
                use.wallet,
                use.intent,
                use.first_attempt,
                hashes,
                outputs,
                places));
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.One("SELECT count(*) AS held FROM coin_locks l "
                                 "JOIN unnest($2::text[], $3::integer[]) AS u (hash, output) "
                                 "ON l.tx_hash = u.hash AND l.output = u.output "
                                 "WHERE l.network = $1 AND l.intent_id = $4",
                                 use.network,
                                 hashes,
                                 outputs,
                                 use.intent));
    if (row.Get<std::size_t>("held") == hashes.size()) {
        return true;
    }
    if (taken.affected() > 0 && use.first_attempt) {
        BASE_RETURN_IF_ERROR(tx.Exec("DELETE FROM coin_locks WHERE intent_id = $1", use.intent));
    }
    return false;
}

base::Result<> InsertChange(pg::Tx& tx, std::span<const SignedOutputs> payments) {
    std::vector<base::IntentId> ids;
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<std::string> addresses;
    std::vector<std::string> amounts;
    for (const SignedOutputs& payment : payments) {
        for (const chain::NewCoin& made : payment.coins) {
            ids.push_back(payment.intent);
            hashes.push_back(made.coin.tx_hash);
            outputs.push_back(made.coin.index);
            addresses.push_back(made.address);
            amounts.push_back(made.coin.amount.ToDecimal());
        }
    }
    if (ids.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO coins (network, tx_hash, output, wallet_id, address, amount, made_by, "
                "own_chain) SELECT i.network, u.hash, u.output, i.wallet_id, u.address, u.amount, "
                "i.id, 1 + coalesce((SELECT max(c.own_chain) FROM coin_locks l "
                "JOIN coins c ON c.network = l.network AND c.tx_hash = l.tx_hash "
                "AND c.output = l.output WHERE l.intent_id = i.id "
                "AND c.block_height IS NULL), 0) FROM unnest($1::uuid[], $2::text[], "
                "$3::integer[], $4::text[], $5::numeric[]) "
                "AS u (id, hash, output, address, amount) JOIN intents i ON i.id = u.id "
                "JOIN watched_addresses w ON w.network = i.network AND w.address = u.address "
                "AND w.wallet_id = i.wallet_id "
                "ON CONFLICT (network, tx_hash, output) DO NOTHING",
                ids,
                hashes,
                outputs,
                addresses,
                amounts));
    return {};
}

base::Result<> ReleaseCoins(pg::Tx& tx, const std::vector<base::IntentId>& ids) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM coin_locks l USING intents i LEFT JOIN attempts a "
                "ON a.intent_id = i.id AND a.number = i.landed_attempt "
                "WHERE l.intent_id = i.id AND i.id = ANY ($1::uuid[]) AND NOT "
                "(l.tx_hash || ':' || l.output = ANY (coalesce(a.coins, '{}'::text[])))",
                ids));
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM coins c USING attempts a WHERE a.intent_id = ANY ($1::uuid[]) "
                "AND a.state = 'dead' AND c.network = a.network AND c.tx_hash = a.tx_hash "
                "AND c.block_height IS NULL",
                ids));
    return {};
}

base::Result<std::string> LoadFollowedHash(pg::Tx& tx, const std::string& network) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT hash FROM follower_blocks WHERE network = $1 "
                                   "ORDER BY height DESC LIMIT 1",
                                   network));
    return row ? row->Get<std::string>("hash") : std::string();
}

base::Result<bool> HasChild(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.One("SELECT EXISTS (SELECT 1 FROM attempts a JOIN coin_locks l "
                                 "ON l.network = a.network AND l.tx_hash = a.tx_hash "
                                 "WHERE a.intent_id = $1 AND l.intent_id <> $1) AS built_on",
                                 intent));
    return row.Get<bool>("built_on");
}

base::Result<std::map<base::IntentId, Stranger>> LoadAnchorStrangers(
    pg::Tx& tx, const std::vector<base::IntentId>& ids) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT l.intent_id, c.spent_by, c.spent_height FROM coin_locks l "
                "JOIN coins c ON c.network = l.network AND c.tx_hash = l.tx_hash "
                "AND c.output = l.output "
                "WHERE l.intent_id = ANY ($1::uuid[]) AND l.anchor "
                "AND c.spent_height IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempts a "
                "WHERE a.network = l.network AND a.tx_hash = c.spent_by)",
                ids));
    std::map<base::IntentId, Stranger> strangers;
    for (const pg::Row row : rows) {
        strangers[row.Get<base::IntentId>("intent_id")] = {row.Get<std::string>("spent_by"),
                                                           row.Get<std::uint64_t>("spent_height")};
    }
    return strangers;
}

base::Result<std::set<base::IntentId>> LoadCoinConflicts(pg::Tx& tx,
                                                         const std::vector<base::IntentId>& ids,
                                                         const ConflictRules& rules) {
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("WITH gone AS (SELECT l.intent_id, l.anchor, l.tx_hash || ':' || l.output AS coin "
                "FROM coin_locks l JOIN coins c ON c.network = l.network "
                "AND c.tx_hash = l.tx_hash AND c.output = l.output "
                "WHERE l.intent_id = ANY ($1::uuid[]) AND c.spent_height <= $2 "
                "AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.intent_id = l.intent_id "
                "AND a.tx_hash = c.spent_by) "
                "UNION SELECT l.intent_id, l.anchor, l.tx_hash || ':' || l.output "
                "FROM coin_locks l JOIN attempts p "
                "ON p.network = l.network AND p.tx_hash = l.tx_hash "
                "WHERE l.intent_id = ANY ($1::uuid[]) AND p.state = 'dead' "
                "AND NOT $3::boolean) "
                // Every attempt spends the anchor.
                "SELECT DISTINCT g.intent_id FROM gone g WHERE NOT EXISTS (SELECT 1 "
                "FROM attempts a WHERE a.intent_id = g.intent_id AND a.state <> 'dead' "
                "AND NOT EXISTS (SELECT 1 FROM gone d WHERE d.intent_id = a.intent_id "
                "AND (d.anchor OR d.coin = ANY (a.coins))))",
                ids,
                rules.final_height,
                rules.mortal));
    std::set<base::IntentId> found;
    for (const pg::Row row : rows) {
        found.insert(row.Get<base::IntentId>("intent_id"));
    }
    return found;
}

}  // namespace transfer
