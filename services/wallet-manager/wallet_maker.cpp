#include "wallet-manager/wallet_maker.h"

#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "wallet-manager/events.h"
#include "wallet-manager/key_versions.h"

namespace wallet_manager {

namespace {

// A path that another replica took at the same moment: the next index is tried.
constexpr int kTriesMax = 4;

base::Result<std::uint32_t> ReadPrimary(pg::Pool& pool) {
    return pg::Transact(pool, [](pg::Tx& tx) { return PrimaryKek(tx); });
}

bool IsTaken(const base::Error& error) {
    return pg::Violates(error, "wallets_one_default") || pg::Violates(error, "wallets_hd_path") ||
           pg::Violates(error, "wallet_addresses_one_path");
}

}  // namespace

// The user's mnemonic, sealed; made at the first wallet.
base::Result<std::string> WalletMaker::EnsureSeed(const WalletWish& wish, std::uint32_t kek) const {
    BASE_ASSIGN_OR_RETURN(const auto seed, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return FindSeed(tx, wish.user);
                          }));
    if (seed) {
        return seed->envelope;
    }
    const std::string user = wish.user.ToString();
    BASE_ASSIGN_OR_RETURN(const auto made,
                          parts_.signer.Ask<signer::SealedSeed>(signer::CreateSeed{user, kek}));
    BASE_RETURN_IF_ERROR(parts_.journal.Append(
        {{keyvault::SecretType::kMnemonic, "", user, "", ""}, "", made.envelope}));
    BASE_ASSIGN_OR_RETURN(const SeedRow kept, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return KeepSeed(tx, wish.user, made.envelope);
                          }));
    return kept.envelope;
}

// On disk before the database or anybody else learns the address.
base::Result<> WalletMaker::Record(const WalletRow& wallet, const AddressRow& row) const {
    return parts_.journal.Append({{keyvault::SecretType::kPrivateKey,
                                   wallet.id.ToString(),
                                   wallet.user.ToString(),
                                   wallet.network,
                                   row.address},
                                  row.path,
                                  row.envelope});
}

base::Result<WalletRow> WalletMaker::Keep(const WalletRow& row) const {
    BASE_RETURN_IF_ERROR(Record(row, {row.address, row.path, row.envelope, {}}));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<WalletRow> {
        BASE_RETURN_IF_ERROR(InsertWallet(tx, {row, parts_.autofund && row.is_default}));
        BASE_RETURN_IF_ERROR(AppendEvent(tx,
                                         row.id,
                                         row.kind == "hd" ? "wallet_created" : "wallet_imported",
                                         {{"network", row.network}, {"address", row.address}}));
        return GetWallet(tx, row.user, row.id);
    });
}

base::Result<WalletRow> WalletMaker::MakeDefault(const WalletWish& wish) const {
    BASE_ASSIGN_OR_RETURN(const std::uint32_t kek, ReadPrimary(parts_.pool));
    BASE_ASSIGN_OR_RETURN(const std::string seed, EnsureSeed(wish, kek));
    WalletRow row;
    row.id = base::WalletId::Random();
    row.user = wish.user;
    row.chain = wish.chain->name;
    row.network = chain::NetworkId(*wish.chain, parts_.mode);
    row.kind = "hd";
    row.label = wish.label;
    row.is_default = true;
    BASE_ASSIGN_OR_RETURN(const std::uint32_t index, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return CountHdKeys(tx, wish.user, row.network);
                          }));
    BASE_ASSIGN_OR_RETURN(
        const signer::SealedKey key,
        parts_.signer.Ask<signer::SealedKey>(signer::DeriveKey{
            wish.user.ToString(), seed, row.id.ToString(), row.network, index, kek}));
    row.address = key.address;
    row.path = key.path;
    row.envelope = key.envelope;
    return Keep(row);
}

base::Result<MadeWallet> WalletMaker::Ensure(const WalletWish& wish) const {
    const std::string network(chain::NetworkId(*wish.chain, parts_.mode));
    for (int i = 0; i < kTriesMax; ++i) {
        BASE_ASSIGN_OR_RETURN(const auto found, pg::Read(parts_.pool, [&](pg::Tx& tx) {
                                  return FindDefaultWallet(tx, wish.user, network);
                              }));
        if (found) {
            return MadeWallet{*found, false};
        }
        auto made = MakeDefault(wish);
        if (made) {
            return MadeWallet{std::move(*made), true};
        }
        if (!IsTaken(made.error())) {
            return made.error();
        }
    }
    return base::MakeError(
        base::ErrorKind::kAborted, "conflict", "other calls were making this wallet");
}

base::Result<AddressRow> WalletMaker::MakeAddress(const WalletRow& wallet) const {
    BASE_ASSIGN_OR_RETURN(const std::uint32_t kek, ReadPrimary(parts_.pool));

    struct Ground {
        std::optional<SeedRow> seed;
        std::uint32_t index = 0;
    };

    BASE_ASSIGN_OR_RETURN(
        const Ground ground, pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<Ground> {
            Ground read;
            BASE_ASSIGN_OR_RETURN(read.seed, FindSeed(tx, wallet.user));
            BASE_ASSIGN_OR_RETURN(read.index, CountHdKeys(tx, wallet.user, wallet.network));
            return read;
        }));
    if (wallet.kind != "hd" || !ground.seed) {
        return base::FailedPrecondition("not_hd", "an imported key has one address");
    }
    BASE_ASSIGN_OR_RETURN(
        const signer::SealedKey key,
        parts_.signer.Ask<signer::SealedKey>(signer::DeriveKey{wallet.user.ToString(),
                                                               ground.seed->envelope,
                                                               wallet.id.ToString(),
                                                               wallet.network,
                                                               ground.index,
                                                               kek}));
    AddressRow row{key.address, key.path, key.envelope, {}};
    BASE_RETURN_IF_ERROR(Record(wallet, row));
    const auto store = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(InsertAddress(tx, wallet, row));
        return AppendEvent(tx, wallet.id, "address_added", {{"address", row.address}});
    };
    BASE_RETURN_IF_ERROR(pg::Transact(parts_.pool, store));
    return row;
}

base::Result<AddressRow> WalletMaker::AddAddress(const WalletRow& wallet) const {
    for (int i = 0; i < kTriesMax; ++i) {
        auto made = MakeAddress(wallet);
        if (made || !IsTaken(made.error())) {
            return made;
        }
    }
    return base::MakeError(
        base::ErrorKind::kAborted, "conflict", "other calls were adding addresses");
}

base::Result<WalletRow> WalletMaker::Import(const WalletWish& wish,
                                            signer::ImportKey request) const {
    WalletRow row;
    row.id = base::WalletId::Random();
    row.user = wish.user;
    row.chain = wish.chain->name;
    row.network = chain::NetworkId(*wish.chain, parts_.mode);
    row.kind = "imported";
    row.label = wish.label;
    row.birthday_height = wish.birthday_height;
    if (!row.birthday_height && wish.chain->family == chain::Family::kUtxo) {
        row.birthday_height = 0;  // its balance is what our books know
    }
    request.user_id = wish.user.ToString();
    request.wallet_id = row.id.ToString();
    request.network = row.network;
    BASE_ASSIGN_OR_RETURN(request.kek_version, ReadPrimary(parts_.pool));
    BASE_ASSIGN_OR_RETURN(const signer::SealedKey key,
                          parts_.signer.Ask<signer::SealedKey>(std::move(request)));
    row.address = key.address;
    row.path = key.path;
    row.envelope = key.envelope;
    auto kept = Keep(row);
    if (!kept && pg::Violates(kept.error(), "wallets_live_address")) {
        return base::MakeError(
            base::ErrorKind::kAlreadyExists, "wallet_exists", "this key's wallet is here already");
    }
    return kept;
}

}  // namespace wallet_manager
