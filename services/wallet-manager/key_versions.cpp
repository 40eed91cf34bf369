#include "wallet-manager/key_versions.h"

namespace wallet_manager {

namespace {

base::Error WrongKey(std::uint32_t version) {
    const std::string id = std::to_string(version);
    return base::FailedPrecondition("wrong_encryption_key",
                                    "key id " + id +
                                        " is stored, and the key given for it does not match its "
                                        "check value; nothing was changed")
        .Remedy("restore the former key " + id);
}

base::Result<> CheckKek(pg::Tx& tx, const signer::Kek& kek, const std::string& replica) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO key_versions (kek_id, check_value, is_primary) "
                "VALUES ($1, $2, NOT EXISTS (SELECT 1 FROM key_versions WHERE is_primary)) "
                "ON CONFLICT (kek_id) DO NOTHING",
                kek.version,
                kek.check_value));
    BASE_ASSIGN_OR_RETURN(
        const pg::Row row,
        tx.One("SELECT check_value FROM key_versions WHERE kek_id = $1", kek.version));
    if (row.Get<base::Bytes>("check_value") != kek.check_value) {
        return WrongKey(kek.version);
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO replica_keys (replica, kek_id) VALUES ($1, $2) "
                "ON CONFLICT (replica, kek_id) DO UPDATE SET seen_at = now()",
                replica,
                kek.version));
    return {};
}

}  // namespace

base::Result<> CheckKeks(pg::Pool& pool, const signer::KekList& keks, const std::string& replica) {
    return pg::Transact(pool, [&](pg::Tx& tx) -> base::Result<> {
        for (const signer::Kek& kek : keks.keks) {
            BASE_RETURN_IF_ERROR(CheckKek(tx, kek, replica));
        }
        BASE_ASSIGN_OR_RETURN(const std::uint32_t primary, PrimaryKek(tx));
        for (const signer::Kek& kek : keks.keks) {
            if (kek.version == primary) {
                return {};
            }
        }
        return base::FailedPrecondition(
            "encryption_key_missing",
            "keys are sealed with key id " + std::to_string(primary) + ", which is not configured");
    });
}

base::Result<std::uint32_t> PrimaryKek(pg::Tx& tx) {
    BASE_ASSIGN_OR_RETURN(const pg::Row row,
                          tx.One("SELECT kek_id FROM key_versions WHERE is_primary"));
    return row.Get<std::uint32_t>("kek_id");
}

}  // namespace wallet_manager
