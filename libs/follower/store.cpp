#include "follower/store.h"

#include <algorithm>

#include "transfer/rows.h"

namespace follower {

namespace {

// Baselines below this many blocks are of no use to any rollback.
constexpr std::uint64_t kBaselinesKept = 256;

}  // namespace

base::Result<std::map<std::string, Watched>> LoadWatched(pg::Tx& tx,
                                                         const std::string& network,
                                                         std::uint64_t& epoch) {
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT address, wallet_id, user_id, epoch "
                                  "FROM watched_addresses WHERE network = $1",
                                  network));
    std::map<std::string, Watched> watched;
    for (const pg::Row row : rows) {
        watched[row.Get<std::string>("address")] = {row.Get<base::WalletId>("wallet_id"),
                                                    row.Get<base::UserId>("user_id")};
        epoch = std::max(epoch, row.Get<std::uint64_t>("epoch"));
    }
    return watched;
}

base::Result<> StoreWatched(pg::Tx& tx,
                            const std::string& network,
                            std::span<const transfer::OwnAddress> addresses) {
    std::vector<std::string> texts;
    std::vector<base::WalletId> wallets;
    std::vector<base::UserId> users;
    std::vector<std::uint64_t> epochs;
    for (const transfer::OwnAddress& own : addresses) {
        texts.push_back(own.address);
        wallets.push_back(own.wallet);
        users.push_back(own.user);
        epochs.push_back(own.epoch);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO watched_addresses (network, address, wallet_id, user_id, epoch) "
                "SELECT $1, * FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::bigint[]) "
                "ON CONFLICT (network, address) DO UPDATE SET wallet_id = excluded.wallet_id, "
                "user_id = excluded.user_id, epoch = excluded.epoch",
                network,
                texts,
                wallets,
                users,
                epochs));
    return {};
}

base::Result<std::vector<FollowedBlock>> LoadBlocks(pg::Tx& tx,
                                                    const std::string& network,
                                                    std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT height, hash FROM follower_blocks WHERE network = $1 "
                                  "ORDER BY height DESC LIMIT $2",
                                  network,
                                  limit));
    std::vector<FollowedBlock> blocks;
    for (const pg::Row row : rows) {
        blocks.push_back({row.Get<std::uint64_t>("height"), row.Get<std::string>("hash")});
    }
    return blocks;
}

base::Result<> ApplyBlock(pg::Tx& tx,
                          const std::string& network,
                          const chain::BlockContent& content,
                          const std::map<std::string, Watched>& watched) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO follower_blocks (network, height, hash, parent_hash) "
                "VALUES ($1, $2, $3, $4)",
                network,
                content.block.height,
                content.block.hash,
                content.block.parent_hash));
    return BookPayments(tx, network, content, watched);
}

base::Result<> BookPayments(pg::Tx& tx,
                            const std::string& network,
                            const chain::BlockContent& content,
                            const std::map<std::string, Watched>& watched) {
    const chain::Block& block = content.block;
    for (const chain::Incoming& incoming : content.incoming) {
        const auto owner = watched.find(incoming.to);
        if (owner == watched.end() || incoming.amount.IsZero()) {
            continue;
        }
        BASE_RETURN_IF_ERROR(tx.Exec(
            "INSERT INTO incoming_transfers AS t (network, tx_hash, position, wallet_id, user_id, "
            "address, from_address, asset_contract, asset_program, asset_symbol, asset_decimals, "
            "amount, state, block_height, block_hash, block_time) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'CONFIRMED', $13, $14, "
            "$15) ON CONFLICT (network, tx_hash, position, wallet_id) DO UPDATE "
            "SET state = 'CONFIRMED', reason = '', block_height = excluded.block_height, "
            "block_hash = excluded.block_hash, block_time = excluded.block_time "
            "WHERE t.state = 'REVERSED'",
            network,
            incoming.tx_hash,
            incoming.position,
            owner->second.wallet,
            owner->second.user,
            incoming.to,
            incoming.from,
            incoming.asset.contract,
            incoming.asset.program,
            incoming.asset.symbol,
            incoming.asset.decimals,
            incoming.amount.ToDecimal(),
            block.height,
            block.hash,
            block.time));
    }
    return {};
}

base::Result<> PruneBlocks(pg::Tx& tx, const std::string& network, std::uint64_t below) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM follower_blocks WHERE network = $1 AND height < $2", network, below));
    return {};
}

base::Result<std::size_t> TakeBackAbove(pg::Tx& tx,
                                        const std::string& network,
                                        std::uint64_t height) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT count(*) AS finals FROM incoming_transfers WHERE network = $1 "
               "AND block_height > $2 AND state = 'FINAL'",
               network,
               height));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE incoming_transfers SET state = 'REVERSED', reason = 'reorganised' "
                "WHERE network = $1 AND block_height > $2 AND state <> 'REVERSED'",
                network,
                height));
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM native_baselines WHERE network = $1 "
                "AND block_height > $2",
                network,
                height));
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM follower_blocks WHERE network = $1 AND height > $2", network, height));
    return row.Get<std::size_t>("finals");
}

base::Result<> MarkFinal(pg::Tx& tx, const std::string& network, std::uint64_t height) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE incoming_transfers SET state = 'FINAL' "
                "WHERE network = $1 AND state = 'CONFIRMED' "
                "AND block_height <= $2",
                network,
                height));
    return {};
}

base::Result<std::vector<BalanceDue>> LoadBalancesDue(pg::Tx& tx,
                                                      const std::string& network,
                                                      std::uint64_t height,
                                                      std::uint64_t interval,
                                                      std::size_t limit) {
    // What an own transaction took: its fee, and its value where the payment itself landed. In the
    // modes that pay the fee from the amount, a bump has lowered the value by the difference.
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT w.address, w.wallet_id, w.user_id, b.block_height AS seen_at, "
                "coalesce(b.balance, 0) + coalesce((SELECT sum(t.amount) FROM incoming_transfers t "
                "WHERE t.network = $1 AND t.address = w.address AND t.asset_contract = '' "
                "AND t.state <> 'REVERSED' AND t.block_height > b.block_height "
                "AND t.block_height <= $2), 0) - coalesce((SELECT sum(i.fee_paid + CASE "
                "WHEN i.state <> 'FINAL' THEN 0 WHEN i.plan -> 'action' ->> 'mode' = 'exact' "
                "THEN (i.quote ->> 'native_value')::numeric "
                "ELSE (i.quote ->> 'native_value')::numeric - (l.fee_max - f.fee_max) END) "
                "FROM intents i JOIN attempts l ON l.intent_id = i.id AND l.number = "
                "i.landed_attempt JOIN attempts f ON f.intent_id = i.id AND f.number = 1 "
                "WHERE i.wallet_id = w.wallet_id AND i.from_address = w.address "
                "AND i.block_height > b.block_height AND i.block_height <= $2), 0) "
                "- coalesce((SELECT sum(x.fee_paid) FROM fills x WHERE x.network = $1 "
                "AND x.from_address = w.address AND x.state = 'landed' "
                "AND x.block_height > b.block_height AND x.block_height <= $2), 0) AS expected, "
                "NOT EXISTS (SELECT 1 FROM intents c WHERE c.wallet_id = w.wallet_id "
                "AND c.action IN ('swap', 'unwrap') AND c.block_height > b.block_height) "
                "AS explained "
                "FROM watched_addresses w LEFT JOIN LATERAL (SELECT n.block_height, n.balance "
                "FROM native_baselines n WHERE n.network = $1 AND n.address = w.address "
                "ORDER BY n.block_height DESC LIMIT 1) b ON true "
                "WHERE w.network = $1 AND (b.block_height IS NULL OR b.block_height + $3 <= $2) "
                "AND NOT EXISTS (SELECT 1 FROM intents o WHERE o.wallet_id = w.wallet_id "
                "AND o.network = $1 AND o.state IN ('SIGNED', 'SUBMITTED', 'MINED')) "
                "AND NOT EXISTS (SELECT 1 FROM fills y WHERE y.network = $1 "
                "AND y.wallet_id = w.wallet_id AND y.state IN ('requested', 'live')) "
                "ORDER BY b.block_height NULLS FIRST LIMIT $4",
                network,
                height,
                interval,
                limit));
    std::vector<BalanceDue> list;
    for (const pg::Row row : rows) {
        BalanceDue due;
        due.address = row.Get<std::string>("address");
        due.owner = {row.Get<base::WalletId>("wallet_id"), row.Get<base::UserId>("user_id")};
        due.seen_at = row.Get<std::optional<std::uint64_t>>("seen_at");
        const auto expected = money::UInt256::Parse(row.Get<std::string>("expected"));
        // Below zero: something left that we do not know of. Only rises are booked.
        due.explained = row.Get<bool>("explained") && expected.has_value();
        due.expected = expected ? *expected : money::UInt256();
        list.push_back(std::move(due));
    }
    return list;
}

base::Result<bool> StoreBalance(pg::Tx& tx,
                                const money::Asset& native,
                                const FollowedBlock& foot,
                                const BalanceSeen& seen) {
    BASE_ASSIGN_OR_RETURN(
        const auto newest,
        tx.Maybe("SELECT 1 AS here FROM follower_blocks WHERE network = $1 AND height = $2 "
                 "AND hash = $3",
                 native.network,
                 foot.height,
                 foot.hash));
    if (!newest) {
        return false;
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO native_baselines (network, address, block_height, balance) "
                "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                native.network,
                seen.due.address,
                foot.height,
                seen.balance.amount.ToDecimal()));
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM native_baselines WHERE network = $1 "
                "AND address = $2 AND block_height < $3::bigint - $4::bigint",
                native.network,
                seen.due.address,
                foot.height,
                kBaselinesKept));
    if (!seen.rise.IsZero()) {
        BASE_RETURN_IF_ERROR(tx.Exec(
            "INSERT INTO incoming_transfers (network, tx_hash, position, wallet_id, user_id, "
            "address, asset_symbol, asset_decimals, amount, state, reason, block_height, "
            "block_hash, block_time) VALUES ($1, '', 'balance:' || $9, $3, $4, $5, $6, $7, $8, "
            "'CONFIRMED', 'unattributed', $2, $9, now()) ON CONFLICT DO NOTHING",
            native.network,
            foot.height,
            seen.due.owner.wallet,
            seen.due.owner.user,
            seen.due.address,
            native.symbol,
            native.decimals,
            seen.rise.ToDecimal(),
            foot.hash));
    }
    return true;
}

}  // namespace follower
