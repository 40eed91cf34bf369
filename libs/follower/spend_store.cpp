#include "follower/spend_store.h"

#include <cstdint>

#include "base/clock.h"
#include "base/ids.h"

namespace follower {

namespace {

// The statement's end: of `u`, what no attempt and no fill is.
std::string UnlessKnown(std::string statement) {
    statement.append(
        "WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.network = $1 AND a.tx_hash = u.hash) "
        "AND NOT EXISTS (SELECT 1 FROM fills f WHERE f.network = $1 AND f.tx_hash = u.hash) "
        "ON CONFLICT DO NOTHING");
    return statement;
}

// Account-model chains name their senders.
base::Result<> BookSenders(pg::Tx& tx,
                           const std::string& network,
                           std::span<const chain::BlockContent> blocks,
                           const std::map<std::string, Watched>& watched) {
    std::vector<std::string> hashes;
    std::vector<base::WalletId> wallets;
    std::vector<base::UserId> users;
    std::vector<std::uint64_t> heights;
    std::vector<base::Time> times;
    for (const chain::BlockContent& content : blocks) {
        for (const chain::Sender& sender : content.senders) {
            const auto owner = watched.find(sender.address);
            if (owner == watched.end()) {
                continue;
            }
            hashes.push_back(sender.tx_hash);
            wallets.push_back(owner->second.wallet);
            users.push_back(owner->second.user);
            heights.push_back(content.block.height);
            times.push_back(content.block.time);
        }
    }
    if (hashes.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(tx.Exec(
        UnlessKnown("INSERT INTO unknown_spends (network, tx_hash, wallet_id, user_id, "
                    "block_height, block_time) SELECT $1, u.hash, u.wallet, u.owner, u.height, "
                    "u.at FROM unnest($2::text[], $3::uuid[], $4::uuid[], $5::bigint[], "
                    "$6::timestamptz[]) AS u (hash, wallet, owner, height, at) "),
        network,
        hashes,
        wallets,
        users,
        heights,
        times));
    return {};
}

// On UTXO chains whose coin was spent is whose transaction it is.
base::Result<> BookSpenders(pg::Tx& tx,
                            const std::string& network,
                            std::span<const chain::BlockContent> blocks) {
    std::vector<std::uint64_t> heights;
    std::vector<base::Time> times;
    for (const chain::BlockContent& content : blocks) {
        heights.push_back(content.block.height);
        times.push_back(content.block.time);
    }
    BASE_RETURN_IF_ERROR(tx.Exec(
        UnlessKnown("INSERT INTO unknown_spends (network, tx_hash, wallet_id, user_id, "
                    "block_height, block_time) SELECT DISTINCT $1, u.hash, u.wallet, u.owner, "
                    "u.height, b.at FROM (SELECT c.spent_by, c.wallet_id, w.user_id, "
                    "c.spent_height FROM coins c JOIN watched_addresses w ON w.network = $1 "
                    "AND w.address = c.address WHERE c.network = $1 "
                    "AND c.spent_height = ANY ($2::bigint[])) AS u (hash, wallet, owner, height) "
                    "JOIN unnest($2::bigint[], $3::timestamptz[]) AS b (height, at) "
                    "USING (height) "),
        network,
        heights,
        times));
    return {};
}

}  // namespace

base::Result<> BookUnknownSpends(pg::Tx& tx,
                                 const std::string& network,
                                 std::span<const chain::BlockContent> blocks,
                                 const std::map<std::string, Watched>& watched) {
    if (blocks.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(BookSenders(tx, network, blocks, watched));
    for (const chain::BlockContent& content : blocks) {
        if (!content.spent.empty()) {
            return BookSpenders(tx, network, blocks);
        }
    }
    return {};
}

base::Result<> TakeBackSpends(pg::Tx& tx, const std::string& network, std::uint64_t height) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "DELETE FROM unknown_spends WHERE network = $1 AND block_height > $2", network, height));
    return {};
}

base::Result<std::vector<std::string>> LoadUndescribed(pg::Tx& tx,
                                                       const std::string& network,
                                                       std::size_t limit) {
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT DISTINCT tx_hash FROM unknown_spends "
                                  "WHERE network = $1 AND NOT described "
                                  "AND describe_at <= now() LIMIT $2",
                                  network,
                                  limit));
    std::vector<std::string> hashes;
    for (const pg::Row row : rows) {
        hashes.push_back(row.Get<std::string>("tx_hash"));
    }
    return hashes;
}

base::Result<> Describe(pg::Tx& tx, const std::string& network, const chain::TxView& view) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE unknown_spends SET described = true, recipient = $3, amount = $4, "
                "lines = $5::text[] WHERE network = $1 AND tx_hash = $2",
                network,
                view.tx_hash,
                view.to,
                view.value.ToDecimal(),
                view.decoded));
    return {};
}

base::Result<> PostponeDescription(pg::Tx& tx,
                                   const std::string& network,
                                   const std::string& tx_hash,
                                   std::chrono::milliseconds again_in) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE unknown_spends SET describe_at = now() + $3 * interval '1 millisecond' "
                "WHERE network = $1 AND tx_hash = $2",
                network,
                tx_hash,
                again_in.count()));
    return {};
}

}  // namespace follower
