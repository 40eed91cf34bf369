// Further receive addresses of wallets, in Postgres. Key envelopes leave this file only towards the
// signer.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pg/tx.h"
#include "signer/messages.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

struct AddressRow {
    std::string address;
    std::string path;
    std::string envelope;
    base::Time created_at;
};

// Gives it the network's next epoch. Errors: unique_violation of wallet_addresses_one_path or
// wallets_hd_path where another call took the path.
[[nodiscard]] base::Result<> InsertAddress(pg::Tx& tx,
                                           const WalletRow& wallet,
                                           const AddressRow& row);
// Newest first.
[[nodiscard]] base::Result<std::vector<AddressRow>> ListFurtherAddresses(
    pg::Tx& tx, const base::WalletId& wallet, int limit);
// The keys of those of these addresses that are the wallet's.
[[nodiscard]] base::Result<std::vector<signer::KeyRef>> FindFurtherKeys(
    pg::Tx& tx, const WalletRow& wallet, const std::vector<std::string>& addresses);

}  // namespace wallet_manager
