#include "follower/pool_store.h"

namespace follower {

base::Result<Owners> LoadOwners(pg::Tx& tx,
                                const std::string& network,
                                const std::set<std::string>& addresses) {
    Owners owners;
    BASE_ASSIGN_OR_RETURN(const auto newest,
                          tx.One("SELECT coalesce(max(epoch), 0) AS epoch FROM watched_addresses "
                                 "WHERE network = $1",
                                 network));
    owners.epoch = newest.Get<std::uint64_t>("epoch");
    const std::vector<std::string> asked(addresses.begin(), addresses.end());
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT address, wallet_id, user_id FROM watched_addresses "
                                  "WHERE network = $1 AND address = ANY ($2::text[])",
                                  network,
                                  asked));
    for (const pg::Row row : rows) {
        owners.by_address[row.Get<std::string>("address")] = {row.Get<base::WalletId>("wallet_id"),
                                                              row.Get<base::UserId>("user_id")};
    }
    return owners;
}

base::Result<std::set<Payer>> LoadPayers(pg::Tx& tx,
                                         const std::string& network,
                                         std::span<const chain::SpentCoin> spends) {
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<std::string> spenders;
    for (const chain::SpentCoin& spent : spends) {
        hashes.push_back(spent.tx_hash);
        outputs.push_back(spent.index);
        spenders.push_back(spent.spender);
    }
    std::set<Payer> payers;
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT DISTINCT u.spender, c.wallet_id "
                "FROM unnest($2::text[], $3::integer[], $4::text[]) AS u (hash, output, spender) "
                "JOIN coins c ON c.network = $1 AND c.tx_hash = u.hash AND c.output = u.output",
                network,
                hashes,
                outputs,
                spenders));
    for (const pg::Row row : rows) {
        payers.emplace(row.Get<std::string>("spender"), row.Get<base::WalletId>("wallet_id"));
    }
    return payers;
}

base::Result<> BookPooled(pg::Tx& tx,
                          const money::Asset& native,
                          std::span<const PooledCoin> coins) {
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<base::WalletId> wallets;
    std::vector<base::UserId> users;
    std::vector<std::string> addresses;
    std::vector<std::string> amounts;
    for (const PooledCoin& coin : coins) {
        hashes.push_back(coin.made.coin.tx_hash);
        outputs.push_back(coin.made.coin.index);
        wallets.push_back(coin.owner.wallet);
        users.push_back(coin.owner.user);
        addresses.push_back(coin.made.address);
        amounts.push_back(coin.made.coin.amount.ToDecimal());
    }
    if (hashes.empty()) {
        return {};
    }
    // The anti-join spares the rows that are there a lock and a write; a block may come in between.
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO incoming_transfers AS t (network, tx_hash, position, wallet_id, "
                "user_id, address, asset_symbol, asset_decimals, amount, state) "
                "SELECT $1, u.hash, u.output::text, u.wallet, u.owner, u.address, $2, $3, "
                "u.amount, 'PENDING' FROM unnest($4::text[], $5::integer[], $6::uuid[], "
                "$7::uuid[], $8::text[], $9::numeric[]) "
                "AS u (hash, output, wallet, owner, address, amount) "
                "WHERE NOT EXISTS (SELECT 1 FROM incoming_transfers o WHERE o.network = $1 "
                "AND o.tx_hash = u.hash AND o.position = u.output::text "
                "AND o.wallet_id = u.wallet AND o.state <> 'REVERSED') "
                "ON CONFLICT (network, tx_hash, position, wallet_id) DO UPDATE "
                "SET state = 'PENDING', reason = '', block_height = NULL, block_hash = '', "
                "block_time = NULL WHERE t.state = 'REVERSED'",
                native.network,
                native.symbol,
                native.decimals,
                hashes,
                outputs,
                wallets,
                users,
                addresses,
                amounts));
    return {};
}

base::Result<std::set<std::string>> LoadPooled(pg::Tx& tx, const std::string& network) {
    BASE_ASSIGN_OR_RETURN(const auto rows,
                          tx.Exec("SELECT DISTINCT tx_hash FROM incoming_transfers "
                                  "WHERE network = $1 AND state = 'PENDING'",
                                  network));
    std::set<std::string> hashes;
    for (const pg::Row row : rows) {
        hashes.insert(row.Get<std::string>("tx_hash"));
    }
    return hashes;
}

base::Result<> DropPooled(pg::Tx& tx,
                          const std::string& network,
                          const std::vector<std::string>& hashes) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE incoming_transfers SET state = 'REVERSED', reason = 'dropped' "
                "WHERE network = $1 AND state = 'PENDING' AND tx_hash = ANY ($2::text[])",
                network,
                hashes));
    return {};
}

}  // namespace follower
