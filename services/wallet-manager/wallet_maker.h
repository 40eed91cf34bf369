// Makes wallets: out of the user's one mnemonic, or from a key he brings. A sealed key is in the
// key journal, on disk, before the database or anybody else learns its address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "chain/catalog.h"
#include "keyvault/journal.h"
#include "pg/pool.h"
#include "wallet-manager/address_store.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

struct WalletWish {
    base::UserId user;
    const chain::ChainInfo* chain = nullptr;
    std::string label;  // at most 64 characters
    // Of an import: the first block that may pay it. Absent on a UTXO chain = the first of all.
    std::optional<std::uint64_t> birthday_height{};
};

struct MadeWallet {
    WalletRow wallet;
    bool created = false;  // by this call
};

class WalletMaker {
public:
    struct Parts {
        pg::Pool& pool;
        SignerClient& signer;
        keyvault::Journal& journal;
        chain::Mode mode = chain::Mode::kDevnet;
        bool autofund = false;  // mark new default wallets for a devnet gift
    };

    explicit WalletMaker(Parts parts) : parts_(parts) {}

    // The default wallet of the network, made if there is none. Of calls at the same time one makes
    // it.
    [[nodiscard]] base::Result<MadeWallet> Ensure(const WalletWish& wish) const;

    // `request` carries form, key, passphrase and path; the rest is filled in here. Errors: those
    // of the signer; `wallet_exists`.
    [[nodiscard]] base::Result<WalletRow> Import(const WalletWish& wish,
                                                 signer::ImportKey request) const;

    // The next receive address of an HD wallet, with a key of its own. Errors: `not_hd`.
    [[nodiscard]] base::Result<AddressRow> AddAddress(const WalletRow& wallet) const;

private:
    [[nodiscard]] base::Result<AddressRow> MakeAddress(const WalletRow& wallet) const;
    [[nodiscard]] base::Result<> Record(const WalletRow& wallet, const AddressRow& row) const;
    [[nodiscard]] base::Result<std::string> EnsureSeed(const WalletWish& wish,
                                                       std::uint32_t kek) const;
    [[nodiscard]] base::Result<WalletRow> MakeDefault(const WalletWish& wish) const;
    [[nodiscard]] base::Result<WalletRow> Keep(const WalletRow& row) const;

    const Parts parts_;
};

}  // namespace wallet_manager
