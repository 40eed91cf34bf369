#include "transfer/account_book.h"

#include "transfer/rows.h"

namespace transfer {

base::Result<money::UInt256> AccountBook::Held(const std::string& address,
                                               const std::string& contract,
                                               std::uint64_t block_height) const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<money::UInt256> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.One("SELECT (SELECT coalesce(sum(amount), 0) FROM holds WHERE network = $1 "
                   "AND address = $2 AND asset_contract = $3 AND released_at IS NULL "
                   "AND mined_height IS NULL) + "
                   "(SELECT coalesce(sum(amount), 0) FROM holds WHERE network = $1 "
                   "AND address = $2 AND asset_contract = $3 AND released_at IS NULL "
                   "AND mined_height > $4) AS held",
                   network_,
                   address,
                   contract,
                   block_height));
        return UnitsOf(row, "held");
    });
}

base::Result<std::optional<StoredBalance>> AccountBook::LastBalance(
    const std::string& address, const std::string& contract) const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<std::optional<StoredBalance>> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("SELECT balance, block_height, observed_at FROM accounts WHERE network = $1 "
                     "AND address = $2 AND asset_contract = $3",
                     network_,
                     address,
                     contract));
        if (!row) {
            return std::optional<StoredBalance>();
        }
        return std::optional(
            StoredBalance{{UnitsOf(*row, "balance"), row->Get<std::uint64_t>("block_height")},
                          row->Get<base::Time>("observed_at")});
    });
}

base::Result<std::vector<std::string>> AccountBook::KnownContracts(
    const std::string& address) const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<std::vector<std::string>> {
        BASE_ASSIGN_OR_RETURN(
            const auto rows,
            tx.Exec("SELECT asset_contract FROM incoming_transfers WHERE network = $1 "
                    "AND address = $2 AND asset_contract <> '' "
                    "UNION SELECT asset_contract FROM accounts WHERE network = $1 "
                    "AND address = $2 AND asset_contract <> '' ORDER BY 1 LIMIT 200",
                    network_,
                    address));
        std::vector<std::string> contracts;
        for (const pg::Row row : rows) {
            contracts.push_back(row.Get<std::string>("asset_contract"));
        }
        return contracts;
    });
}

base::Result<bool> AccountBook::HasPaid(const std::string& from, const std::string& to) const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<bool> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.One("SELECT EXISTS (SELECT 1 FROM paid_recipients WHERE network = $1 "
                   "AND from_address = $2 AND to_address = $3) AS paid",
                   network_,
                   from,
                   to));
        return row.Get<bool>("paid");
    });
}

base::Result<std::vector<std::string>> AccountBook::PaidAddresses(
    const base::WalletId& wallet) const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<std::vector<std::string>> {
        BASE_ASSIGN_OR_RETURN(const auto rows,
                              tx.Exec("SELECT DISTINCT address FROM coins WHERE network = $1 "
                                      "AND wallet_id = $2 AND block_height IS NOT NULL",
                                      network_,
                                      wallet));
        std::vector<std::string> addresses;
        for (const pg::Row row : rows) {
            addresses.push_back(row.Get<std::string>("address"));
        }
        return addresses;
    });
}

base::Result<std::uint64_t> AccountBook::FollowedHeight() const {
    return pg::Read(pool_, [&](pg::Tx& tx) -> base::Result<std::uint64_t> {
        BASE_ASSIGN_OR_RETURN(const auto row,
                              tx.One("SELECT coalesce(max(height), 0) AS height "
                                     "FROM follower_blocks WHERE network = $1",
                                     network_));
        return row.Get<std::uint64_t>("height");
    });
}

}  // namespace transfer
