#include "wallet-manager/wallet_store.h"

#include <string_view>

#include "auth/proto_time.h"

namespace wallet_manager {

namespace {

constexpr std::string_view kSelect =
    "SELECT w.id, w.user_id, w.chain, w.network, w.address, w.encrypted_private_key, w.kind, "
    "w.path, w.label, w.is_default, w.removed_at IS NOT NULL AS is_removed, w.created_at, "
    "w.kind = 'hd' AND s.exported_at IS NULL AS backup_due, "
    "w.funding_wanted_at IS NOT NULL AND w.funded_at IS NULL AS funding_due, "
    "coalesce((SELECT p.reason FROM pauses p WHERE (p.scope, p.subject) IN "
    "(('wallet', w.id::text), ('user', w.user_id::text), ('network', w.network), ('global', '')) "
    "LIMIT 1), '') AS paused_reason "
    "FROM wallets w LEFT JOIN wallet_seeds s ON s.user_id = w.user_id ";

std::string Select(std::string_view condition) {
    return std::string(kSelect) + std::string(condition);
}

WalletRow ReadRow(const pg::Row& row) {
    WalletRow wallet;
    wallet.id = row.Get<base::WalletId>("id");
    wallet.user = row.Get<base::UserId>("user_id");
    wallet.chain = row.Get<std::string>("chain");
    wallet.network = row.Get<std::string>("network");
    wallet.address = row.Get<std::string>("address");
    wallet.envelope = row.Get<std::string>("encrypted_private_key");
    wallet.kind = row.Get<std::string>("kind");
    wallet.path = row.Get<std::string>("path");
    wallet.label = row.Get<std::string>("label");
    wallet.is_default = row.Get<bool>("is_default");
    wallet.is_removed = row.Get<bool>("is_removed");
    wallet.backup_due = row.Get<bool>("backup_due");
    wallet.funding_due = row.Get<bool>("funding_due");
    wallet.paused_reason = row.Get<std::string>("paused_reason");
    wallet.created_at = row.Get<base::Time>("created_at");
    return wallet;
}

std::optional<WalletRow> ReadMaybe(const std::optional<pg::Row>& row) {
    return row ? std::optional<WalletRow>(ReadRow(*row)) : std::nullopt;
}

}  // namespace

platform::wallet::v1::Wallet ToProto(const WalletRow& row) {
    platform::wallet::v1::Wallet wallet;
    wallet.set_wallet_id(row.id.ToString());
    wallet.set_user_id(row.user.ToString());
    wallet.set_network(row.network);
    wallet.set_chain(row.chain);
    wallet.set_address(row.address);
    wallet.set_is_default(row.is_default);
    wallet.set_label(row.label);
    wallet.set_kind(row.kind);
    wallet.set_path(row.path);
    *wallet.mutable_created_at() = auth::ToTimestamp(row.created_at);
    wallet.set_paused(!row.paused_reason.empty());
    wallet.set_paused_reason(row.paused_reason);
    wallet.set_backup_due(row.backup_due);
    return wallet;
}

signer::KeyRef KeyRefOf(const WalletRow& row) {
    return {row.id.ToString(), row.user.ToString(), row.network, row.address, row.envelope};
}

base::Result<std::optional<WalletRow>> FindDefaultWallet(pg::Tx& tx,
                                                         const base::UserId& user,
                                                         const std::string& network) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe(Select("WHERE w.user_id = $1 AND w.network = $2 AND "
                                          "w.is_default AND w.removed_at IS NULL"),
                                   user,
                                   network));
    return ReadMaybe(row);
}

base::Result<std::optional<WalletRow>> FindLiveAddress(pg::Tx& tx,
                                                       const std::string& network,
                                                       const std::string& address) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe(Select("WHERE w.network = $1 AND w.address = $2 AND w.removed_at IS NULL"),
                 network,
                 address));
    return ReadMaybe(row);
}

base::Result<WalletRow> GetWallet(pg::Tx& tx,
                                  const base::UserId& user,
                                  const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe(
            Select("WHERE w.id = $1 AND w.user_id = $2 AND w.removed_at IS NULL"), wallet, user));
    if (!row) {
        return base::NotFound("unknown_wallet", "there is no such wallet");
    }
    return ReadRow(*row);
}

base::Result<std::optional<WalletRow>> FindWalletEvenRemoved(pg::Tx& tx,
                                                             const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(const auto row, tx.Maybe(Select("WHERE w.id = $1"), wallet));
    return ReadMaybe(row);
}

base::Result<std::map<base::WalletId, WalletRow>> FindWalletsEvenRemoved(
    pg::Tx& tx, const std::set<base::WalletId>& wallets) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec(Select("WHERE w.id = ANY ($1::uuid[])"),
                                  std::vector<base::WalletId>(wallets.begin(), wallets.end())));
    std::map<base::WalletId, WalletRow> found;
    for (const pg::Row row : rows) {
        WalletRow wallet = ReadRow(row);
        found.emplace(wallet.id, std::move(wallet));
    }
    return found;
}

base::Result<std::vector<WalletRow>> ListWallets(pg::Tx& tx,
                                                 const base::UserId& user,
                                                 const std::string& network) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec(Select("WHERE w.user_id = $1 AND ($2 = '' OR w.network = $2) AND "
                       "w.removed_at IS NULL ORDER BY w.is_default DESC, w.created_at, w.id "
                       "LIMIT 1000"),
                user,
                network));
    std::vector<WalletRow> wallets;
    for (const pg::Row row : rows) {
        wallets.push_back(ReadRow(row));
    }
    return wallets;
}

base::Result<std::uint32_t> CountHdKeys(pg::Tx& tx,
                                        const base::UserId& user,
                                        const std::string& network) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT (SELECT count(*) FROM wallets WHERE user_id = $1 "
                                 "AND network = $2 AND kind = 'hd') + (SELECT count(*) FROM "
                                 "wallet_addresses WHERE user_id = $1 AND network = $2) AS keys",
                                 user,
                                 network));
    return row.Get<std::uint32_t>("keys");
}

base::Result<std::int64_t> NextEpoch(pg::Tx& tx, const std::string& network) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("INSERT INTO address_epochs AS e (network, epoch) VALUES ($1, 1) "
               "ON CONFLICT (network) DO UPDATE SET epoch = e.epoch + 1 RETURNING epoch",
               network));
    return row.Get<std::int64_t>("epoch");
}

base::Result<> InsertWallet(pg::Tx& tx, const NewWallet& wallet) {
    const WalletRow& row = wallet.row;
    BASE_ASSIGN_OR_RETURN(const std::int64_t epoch, NextEpoch(tx, row.network));
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO wallets (id, user_id, chain, network, address, "
                "encrypted_private_key, kind, path, label, is_default, address_epoch, "
                "nonce_floor, funding_wanted_at, birthday_height) VALUES ($1, $2, $3, $4, $5, $6, "
                "$7, $8, $9, $10, "
                "$11, CASE WHEN $7 = 'hd' THEN 0 END, CASE WHEN $12::boolean THEN now() END, $13)",
                row.id,
                row.user,
                row.chain,
                row.network,
                row.address,
                row.envelope,
                row.kind,
                row.path,
                row.label,
                row.is_default,
                epoch,
                wallet.funding_wanted,
                row.birthday_height));
    return {};
}

base::Result<> MarkRemoved(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "UPDATE wallets SET removed_at = now() WHERE id = $1 AND removed_at IS NULL", wallet));
    return {};
}

base::Result<> ForgetNonceFloor(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_RETURN_IF_ERROR(tx.Exec("UPDATE wallets SET nonce_floor = NULL WHERE id = $1", wallet));
    return {};
}

base::Result<bool> HasOpenIntents(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT EXISTS (SELECT 1 FROM gate_intents WHERE wallet_id = $1 AND "
               "order_digest IS NOT NULL AND voided_at IS NULL AND outcome IS NULL) AS open",
               wallet));
    return row.Get<bool>("open");
}

base::Result<std::optional<SeedRow>> FindSeed(pg::Tx& tx, const base::UserId& user) {
    BASE_ASSIGN_OR_RETURN(
        const auto row,
        tx.Maybe("SELECT sealed_mnemonic FROM wallet_seeds WHERE user_id = $1", user));
    return row ? std::optional<SeedRow>(SeedRow{row->Get<std::string>("sealed_mnemonic")})
               : std::nullopt;
}

base::Result<SeedRow> KeepSeed(pg::Tx& tx, const base::UserId& user, const std::string& envelope) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO wallet_seeds (user_id, sealed_mnemonic) "
                "VALUES ($1, $2) ON CONFLICT DO NOTHING",
                user,
                envelope));
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT sealed_mnemonic FROM wallet_seeds WHERE user_id = $1", user));
    return SeedRow{row.Get<std::string>("sealed_mnemonic")};
}

base::Result<> MarkSeedExported(pg::Tx& tx, const base::UserId& user) {
    BASE_RETURN_IF_ERROR(tx.Exec(
        "UPDATE wallet_seeds SET exported_at = now() WHERE user_id = $1 AND exported_at IS NULL",
        user));
    return {};
}

base::Result<bool> ClaimFunding(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("UPDATE wallets SET funding_claimed_at = now() WHERE id = $1 "
                                  "AND funding_wanted_at IS NOT NULL AND funded_at IS NULL "
                                  "AND (funding_claimed_at IS NULL OR "
                                  "funding_claimed_at < now() - INTERVAL '30 seconds')",
                                  wallet));
    return rows.affected() == 1;
}

base::Result<> ReleaseFunding(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE wallets SET funding_claimed_at = NULL WHERE id = $1", wallet));
    return {};
}

base::Result<> MarkFunded(pg::Tx& tx, const base::WalletId& wallet) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE wallets SET funded_at = now() WHERE id = $1 "
                "AND funded_at IS NULL AND funding_claimed_at IS NOT NULL",
                wallet));
    return {};
}

base::Result<std::vector<platform::wallet::v1::OwnAddress>> ListAddressesAfter(
    pg::Tx& tx, const std::string& network, std::uint64_t epoch, int limit) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT address, id, user_id, address_epoch, birthday_height FROM wallets "
                "WHERE network = $1 AND address_epoch > $2 AND removed_at IS NULL UNION ALL "
                "SELECT a.address, a.wallet_id, a.user_id, a.address_epoch, NULL "
                "FROM wallet_addresses a JOIN wallets w ON w.id = a.wallet_id "
                "WHERE a.network = $1 AND a.address_epoch > $2 AND w.removed_at IS NULL "
                "ORDER BY address_epoch LIMIT $3",
                network,
                epoch,
                limit));
    std::vector<platform::wallet::v1::OwnAddress> addresses;
    for (const pg::Row row : rows) {
        auto& address = addresses.emplace_back();
        address.set_address(row.Get<std::string>("address"));
        address.set_wallet_id(row.Get<std::string>("id"));
        address.set_user_id(row.Get<std::string>("user_id"));
        address.set_epoch(row.Get<std::uint64_t>("address_epoch"));
        if (!row.IsNull("birthday_height")) {
            address.set_birthday_height(row.Get<std::uint64_t>("birthday_height"));
        }
    }
    return addresses;
}

}  // namespace wallet_manager
