#include "transfer/store_found.h"

#include "transfer/store_coins.h"

namespace transfer {

base::Result<bool> IsOlderThanRestore(pg::Tx& tx, const base::IntentId& intent) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT EXISTS (SELECT 1 FROM intents i JOIN restores r "
               "ON i.order_issued_at < coalesce(r.accepted_at, 'infinity') WHERE i.id = $1) "
               "AS older",
               intent));
    return row.Get<bool>("older");
}

base::Result<UnknownSpends> LoadUnknownSpends(pg::Tx& tx,
                                              const std::string& network,
                                              const base::WalletId& wallet,
                                              const base::IntentId& intent,
                                              std::size_t limit) {
    UnknownSpends spends;
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.One("SELECT (SELECT nonce FROM nonce_slots WHERE intent_id = $2) AS nonce, "
               "(SELECT coalesce(max(height), 0) FROM follower_blocks WHERE network = $1) "
               "AS height",
               network,
               intent));
    spends.nonce = row.Get<std::optional<std::uint64_t>>("nonce");
    spends.followed_height = row.Get<std::uint64_t>("height");
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT tx_hash FROM unknown_spends WHERE network = $1 "
                                  "AND wallet_id = $2 ORDER BY block_height DESC LIMIT $3",
                                  network,
                                  wallet,
                                  limit));
    for (const pg::Row spend : rows) {
        spends.hashes.push_back(spend.Get<std::string>("tx_hash"));
    }
    return spends;
}

base::Result<> StoreFoundTerms(pg::Tx& tx,
                               const base::IntentId& intent,
                               const chain::Unsigned& found) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE attempts SET terms = $2, fee_max = $3, coins = $4::text[] "
                "WHERE intent_id = $1 AND number = 1 AND state = 'requested'",
                intent,
                found.terms,
                found.fee_max.ToDecimal(),
                CoinNames(found.coins)));
    return {};
}

base::Result<> ForgetUnknownSpends(pg::Tx& tx,
                                   const std::string& network,
                                   const std::vector<std::string>& hashes) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("DELETE FROM unknown_spends WHERE network = $1 AND tx_hash = ANY ($2::text[])",
                network,
                hashes));
    return {};
}

}  // namespace transfer
