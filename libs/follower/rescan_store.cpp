#include "follower/rescan_store.h"

#include <cstddef>
#include <vector>

namespace follower {

namespace {

std::vector<std::string> AddressesOf(const Rescan& rescan) {
    std::vector<std::string> addresses;
    for (const auto& [address, owner] : rescan.addresses) {
        addresses.push_back(address);
    }
    return addresses;
}

}  // namespace

base::Result<> OpenRescans(pg::Tx& tx,
                           const std::string& network,
                           std::span<const transfer::OwnAddress> addresses) {
    std::vector<std::string> texts;
    std::vector<std::uint64_t> birthdays;
    for (const transfer::OwnAddress& own : addresses) {
        if (own.birthday_height) {
            texts.push_back(own.address);
            birthdays.push_back(*own.birthday_height);
        }
    }
    if (texts.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO rescans (network, address, from_height, next_height) "
                "SELECT $1, u.address, u.birthday, u.birthday "
                "FROM unnest($2::text[], $3::bigint[]) AS u (address, birthday) "
                "ON CONFLICT (network, address) DO UPDATE SET from_height = excluded.from_height, "
                "next_height = excluded.next_height, detail = '', finished_at = NULL, "
                "tried_at = '-infinity', retry_at = '-infinity'",
                network,
                texts,
                birthdays));
    return {};
}

base::Result<Rescan> LoadRescan(pg::Tx& tx, const std::string& network) {
    // Whoever waits for the same block comes along: it is read once.
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT r.address, r.next_height, w.wallet_id, w.user_id FROM rescans r "
                "JOIN watched_addresses w USING (network, address) WHERE r.network = $1 "
                "AND r.finished_at IS NULL AND r.next_height = (SELECT o.next_height "
                "FROM rescans o JOIN watched_addresses v USING (network, address) "
                "WHERE o.network = $1 AND o.finished_at IS NULL AND o.retry_at <= now() "
                "ORDER BY o.tried_at, o.next_height LIMIT 1)",
                network));
    Rescan rescan;
    for (const pg::Row row : rows) {
        rescan.next_height = row.Get<std::uint64_t>("next_height");
        rescan.addresses[row.Get<std::string>("address")] = {row.Get<base::WalletId>("wallet_id"),
                                                             row.Get<base::UserId>("user_id")};
    }
    BASE_ASSIGN_OR_RETURN(const auto any,
                          tx.One("SELECT EXISTS (SELECT 1 FROM rescans WHERE network = $1 "
                                 "AND finished_at IS NULL) AS open",
                                 network));
    rescan.open = any.Get<bool>("open");
    return rescan;
}

base::Result<bool> OnFollowedChain(pg::Tx& tx,
                                   const std::string& network,
                                   std::span<const chain::BlockContent> blocks) {
    std::vector<std::uint64_t> heights;
    std::vector<std::string> hashes;
    for (const chain::BlockContent& content : blocks) {
        heights.push_back(content.block.height);
        hashes.push_back(content.block.hash);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One(
            "SELECT count(*) AS others FROM unnest($2::bigint[], $3::text[]) AS u (height, hash) "
            "JOIN follower_blocks b ON b.network = $1 AND b.height = u.height "
            "AND b.hash <> u.hash",
            network,
            heights,
            hashes));
    return row.Get<std::size_t>("others") == 0;
}

base::Result<> AdvanceRescan(pg::Tx& tx,
                             const std::string& network,
                             const Rescan& rescan,
                             std::uint64_t next_height) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE rescans SET next_height = $3, detail = '', tried_at = now(), finished_at = "
                "CASE WHEN $3 > (SELECT max(b.height) FROM follower_blocks b "
                "WHERE b.network = $1) THEN now() END "
                "WHERE network = $1 AND address = ANY ($2::text[]) AND finished_at IS NULL",
                network,
                AddressesOf(rescan),
                next_height));
    return {};
}

base::Result<> NoteRescanTrouble(pg::Tx& tx,
                                 const std::string& network,
                                 const Rescan& rescan,
                                 const RescanTrouble& trouble) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE rescans SET detail = $3, tried_at = now(), "
                "retry_at = now() + $4 * interval '1 millisecond' WHERE network = $1 "
                "AND address = ANY ($2::text[]) AND finished_at IS NULL",
                network,
                AddressesOf(rescan),
                trouble.detail,
                trouble.again_in.count()));
    return {};
}

}  // namespace follower
