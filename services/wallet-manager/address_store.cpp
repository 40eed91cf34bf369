#include "wallet-manager/address_store.h"

namespace wallet_manager {

base::Result<> InsertAddress(pg::Tx& tx, const WalletRow& wallet, const AddressRow& row) {
    BASE_ASSIGN_OR_RETURN(const std::int64_t epoch, NextEpoch(tx, wallet.network));
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO wallet_addresses (network, address, wallet_id, user_id, path, "
                "encrypted_private_key, address_epoch) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                wallet.network,
                row.address,
                wallet.id,
                wallet.user,
                row.path,
                row.envelope,
                epoch));
    return {};
}

base::Result<std::vector<AddressRow>> ListFurtherAddresses(pg::Tx& tx,
                                                           const base::WalletId& wallet,
                                                           int limit) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT address, path, created_at FROM wallet_addresses "
                                  "WHERE wallet_id = $1 ORDER BY address_epoch DESC LIMIT $2",
                                  wallet,
                                  limit));
    std::vector<AddressRow> addresses;
    for (const pg::Row row : rows) {
        addresses.push_back({row.Get<std::string>("address"),
                             row.Get<std::string>("path"),
                             "",
                             row.Get<base::Time>("created_at")});
    }
    return addresses;
}

base::Result<std::vector<signer::KeyRef>> FindFurtherKeys(
    pg::Tx& tx, const WalletRow& wallet, const std::vector<std::string>& addresses) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT address, encrypted_private_key FROM wallet_addresses "
                                  "WHERE network = $1 AND wallet_id = $2 AND address = ANY "
                                  "($3::text[]) ORDER BY address_epoch",
                                  wallet.network,
                                  wallet.id,
                                  addresses));
    std::vector<signer::KeyRef> keys;
    for (const pg::Row row : rows) {
        keys.push_back({wallet.id.ToString(),
                        wallet.user.ToString(),
                        wallet.network,
                        row.Get<std::string>("address"),
                        row.Get<std::string>("encrypted_private_key")});
    }
    return keys;
}

}  // namespace wallet_manager
