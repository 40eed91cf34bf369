#include "wallet-manager/key_rotation.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "observe/log.h"
#include "wallet-manager/key_versions.h"

namespace wallet_manager {

namespace {

using observe::Key;

constexpr int kBatchMax = 100;
constexpr std::chrono::seconds kIdleInterval{60};

struct Sealed {
    signer::KeyRef key;
    std::string path;
};

// Keys that another key-encryption key still wraps; removed wallets too, their keys are kept.
base::Result<std::vector<Sealed>> WalletsToWrap(pg::Tx& tx, std::uint32_t primary) {
    BASE_ASSIGN_OR_RETURN(
        const pg::Rows rows,
        tx.Exec("SELECT * FROM (SELECT id, user_id, network, address, path, "
                "encrypted_private_key FROM wallets UNION ALL SELECT wallet_id, user_id, network, "
                "address, path, encrypted_private_key FROM wallet_addresses) k "
                "WHERE split_part(encrypted_private_key, '.', 2) < $1 "
                "OR split_part(encrypted_private_key, '.', 2) > $1 LIMIT $2",
                std::to_string(primary),
                kBatchMax));
    std::vector<Sealed> found;
    for (const pg::Row row : rows) {
        found.push_back({{row.Get<std::string>("id"),
                          row.Get<std::string>("user_id"),
                          row.Get<std::string>("network"),
                          row.Get<std::string>("address"),
                          row.Get<std::string>("encrypted_private_key")},
                         row.Get<std::string>("path")});
    }
    return found;
}

base::Result<std::vector<Sealed>> SeedsToWrap(pg::Tx& tx, std::uint32_t primary) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows rows,
                          tx.Exec("SELECT user_id, sealed_mnemonic FROM wallet_seeds "
                                  "WHERE split_part(sealed_mnemonic, '.', 2) < $1 "
                                  "OR split_part(sealed_mnemonic, '.', 2) > $1 LIMIT $2",
                                  std::to_string(primary),
                                  kBatchMax));
    std::vector<Sealed> found;
    for (const pg::Row row : rows) {
        found.push_back(
            {{"", row.Get<std::string>("user_id"), "", "", row.Get<std::string>("sealed_mnemonic")},
             ""});
    }
    return found;
}

keyvault::Label LabelOf(const signer::KeyRef& key) {
    return {
        key.wallet_id.empty() ? keyvault::SecretType::kMnemonic : keyvault::SecretType::kPrivateKey,
        key.wallet_id,
        key.user_id,
        key.network,
        key.address};
}

// Sleeps, but not past `stop`. False: it is time to end.
bool Rest(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    (void)wake.wait_for(lock, stop, kIdleInterval, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace

// The highest version that every replica seen in the last five minutes holds.
base::Result<std::uint32_t> KeyRotation::MovePrimary(const signer::KekList& keks) const {
    BASE_RETURN_IF_ERROR(CheckKeks(parts_.pool, keks, parts_.replica));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<std::uint32_t> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("SELECT 1 FROM key_versions WHERE is_primary FOR NO KEY UPDATE"));
        BASE_ASSIGN_OR_RETURN(const std::uint32_t primary, PrimaryKek(tx));
        BASE_ASSIGN_OR_RETURN(
            const auto next,
            tx.Maybe("SELECT kek_id FROM replica_keys WHERE seen_at > now() - INTERVAL '5 min' "
                     "AND kek_id > $1 GROUP BY kek_id HAVING count(*) = (SELECT count(DISTINCT "
                     "replica) FROM replica_keys WHERE seen_at > now() - INTERVAL '5 min') "
                     "ORDER BY kek_id DESC LIMIT 1",
                     primary));
        if (!next) {
            return primary;
        }
        const auto version = next->Get<std::uint32_t>("kek_id");
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE key_versions SET is_primary = false WHERE kek_id = $1", primary));
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE key_versions SET is_primary = true WHERE kek_id = $1", version));
        return version;
    });
}

base::Result<std::optional<std::string>> KeyRotation::Rewrap(const signer::KeyRef& key,
                                                             const std::string& path,
                                                             std::uint32_t primary) const {
    const auto moved = parts_.signer.Ask<signer::RewrappedKey>(signer::RewrapKey{key, primary});
    if (!moved && base::IsRetryable(moved.error().kind)) {
        return moved.error();
    }
    if (!moved) {
        observe::Error("a sealed key does not open",
                       {{Key::kWalletId, key.wallet_id},
                        {Key::kUserId, key.user_id},
                        {Key::kErrorCode, moved.error().reason}});
        return std::optional<std::string>();
    }
    BASE_RETURN_IF_ERROR(parts_.journal.Append({LabelOf(key), path, moved->envelope}));
    return std::optional<std::string>(moved->envelope);
}

base::Result<int> KeyRotation::RewrapWallets(std::uint32_t primary) const {
    BASE_ASSIGN_OR_RETURN(const auto rows, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return WalletsToWrap(tx, primary);
                          }));
    int wrapped = 0;
    for (const Sealed& row : rows) {
        BASE_ASSIGN_OR_RETURN(const auto envelope, Rewrap(row.key, row.path, primary));
        if (!envelope) {
            continue;
        }
        const auto store = [&](pg::Tx& tx) -> base::Result<> {
            for (const char* statement : {"UPDATE wallets SET encrypted_private_key = $2 "
                                          "WHERE id = $1 AND encrypted_private_key = $3",
                                          "UPDATE wallet_addresses SET encrypted_private_key = $2 "
                                          "WHERE wallet_id = $1 AND encrypted_private_key = $3"}) {
                BASE_RETURN_IF_ERROR(
                    tx.Exec(statement, row.key.wallet_id, *envelope, row.key.envelope));
            }
            return {};
        };
        BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, store));
        ++wrapped;
    }
    return wrapped;
}

base::Result<int> KeyRotation::RewrapSeeds(std::uint32_t primary) const {
    BASE_ASSIGN_OR_RETURN(const auto rows, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return SeedsToWrap(tx, primary);
                          }));
    int wrapped = 0;
    for (const Sealed& row : rows) {
        BASE_ASSIGN_OR_RETURN(const auto envelope, Rewrap(row.key, row.path, primary));
        if (!envelope) {
            continue;
        }
        BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, [&](pg::Tx& tx) {
            return tx.Exec(
                "UPDATE wallet_seeds SET sealed_mnemonic = $2 "
                "WHERE user_id = $1 AND sealed_mnemonic = $3",
                row.key.user_id,
                *envelope,
                row.key.envelope);
        }));
        ++wrapped;
    }
    return wrapped;
}

base::Result<int> KeyRotation::Step() const {
    BASE_ASSIGN_OR_RETURN(const auto keks, parts_.signer.Ask<signer::KekList>(signer::ListKeks{}));
    BASE_ASSIGN_OR_RETURN(const std::uint32_t primary, MovePrimary(keks));
    BASE_ASSIGN_OR_RETURN(const int wallets, RewrapWallets(primary));
    BASE_ASSIGN_OR_RETURN(const int seeds, RewrapSeeds(primary));
    return wallets + seeds;
}

void KeyRotation::Run(const std::stop_token& stop) const {
    while (!stop.stop_requested()) {
        const auto wrapped = Step();
        if (!wrapped) {
            observe::Warn("key rotation waits",
                          {{Key::kErrorCode, wrapped.error().reason},
                           {Key::kErrorDetail, wrapped.error().detail}});
        } else if (*wrapped > 0) {
            observe::Info("keys wrapped anew", {{Key::kCount, *wrapped}});
            continue;
        }
        if (!Rest(stop)) {
            return;
        }
    }
}

}  // namespace wallet_manager
