// Wallets, mnemonics and address epochs in Postgres. Key envelopes leave this file only towards the
// signer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "signer/messages.h"

namespace wallet_manager {

struct WalletRow {
    base::WalletId id;
    base::UserId user;
    std::string chain;
    std::string network;
    std::string address;
    std::string envelope;
    std::string kind;  // hd, imported
    std::string path;
    std::string label;
    bool is_default = false;
    bool is_removed = false;
    bool backup_due = false;
    bool funding_due = false;  // a devnet gift is wanted and not there yet
    std::string paused_reason;
    base::Time created_at;
    std::optional<std::uint64_t> birthday_height{};  // of its address; written, never read back
};

[[nodiscard]] platform::wallet::v1::Wallet ToProto(const WalletRow& row);
[[nodiscard]] signer::KeyRef KeyRefOf(const WalletRow& row);

// Live ones alone, except where the name says otherwise.
[[nodiscard]] base::Result<std::optional<WalletRow>> FindDefaultWallet(pg::Tx& tx,
                                                                       const base::UserId& user,
                                                                       const std::string& network);
[[nodiscard]] base::Result<std::optional<WalletRow>> FindLiveAddress(pg::Tx& tx,
                                                                     const std::string& network,
                                                                     const std::string& address);
// Another user's wallet answers like an absent one. Errors: `unknown_wallet`.
[[nodiscard]] base::Result<WalletRow> GetWallet(pg::Tx& tx,
                                                const base::UserId& user,
                                                const base::WalletId& wallet);
[[nodiscard]] base::Result<std::optional<WalletRow>> FindWalletEvenRemoved(
    pg::Tx& tx, const base::WalletId& wallet);
[[nodiscard]] base::Result<std::map<base::WalletId, WalletRow>> FindWalletsEvenRemoved(
    pg::Tx& tx, const std::set<base::WalletId>& wallets);
// Defaults first, then by age; at most 1,000. Empty network = all.
[[nodiscard]] base::Result<std::vector<WalletRow>> ListWallets(pg::Tx& tx,
                                                               const base::UserId& user,
                                                               const std::string& network);

// How many HD keys the user ever had on the network, of wallets and of further addresses: the next
// index of his path.
[[nodiscard]] base::Result<std::uint32_t> CountHdKeys(pg::Tx& tx,
                                                      const base::UserId& user,
                                                      const std::string& network);
// Of an address that is written in this transaction.
[[nodiscard]] base::Result<std::int64_t> NextEpoch(pg::Tx& tx, const std::string& network);

struct NewWallet {
    WalletRow row;
    bool funding_wanted = false;
};

// Gives it the network's next epoch. Errors: unique_violation of wallets_one_default,
// wallets_live_address or wallets_hd_path.
[[nodiscard]] base::Result<> InsertWallet(pg::Tx& tx, const NewWallet& wallet);
[[nodiscard]] base::Result<> MarkRemoved(pg::Tx& tx, const base::WalletId& wallet);
// The owner says that nonces are known again.
[[nodiscard]] base::Result<> ForgetNonceFloor(pg::Tx& tx, const base::WalletId& wallet);
// Authorised, not voided, no outcome yet.
[[nodiscard]] base::Result<bool> HasOpenIntents(pg::Tx& tx, const base::WalletId& wallet);

struct SeedRow {
    std::string envelope;
};

[[nodiscard]] base::Result<std::optional<SeedRow>> FindSeed(pg::Tx& tx, const base::UserId& user);
// Answers the user's one seed, which may be another call's.
[[nodiscard]] base::Result<SeedRow> KeepSeed(pg::Tx& tx,
                                             const base::UserId& user,
                                             const std::string& envelope);
[[nodiscard]] base::Result<> MarkSeedExported(pg::Tx& tx, const base::UserId& user);

// True: this call may ask for the gift; nobody else does within 30 s.
[[nodiscard]] base::Result<bool> ClaimFunding(pg::Tx& tx, const base::WalletId& wallet);
// The gift did not come: the next call may ask.
[[nodiscard]] base::Result<> ReleaseFunding(pg::Tx& tx, const base::WalletId& wallet);
// The gift that was asked for has come.
[[nodiscard]] base::Result<> MarkFunded(pg::Tx& tx, const base::WalletId& wallet);

// In order of epoch, further addresses too.
[[nodiscard]] base::Result<std::vector<platform::wallet::v1::OwnAddress>> ListAddressesAfter(
    pg::Tx& tx, const std::string& network, std::uint64_t epoch, int limit);

}  // namespace wallet_manager
