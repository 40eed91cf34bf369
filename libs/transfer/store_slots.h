// SQL of reserving and signing: accounts, holds, nonces and the bytes of first attempts. The
// caller's transaction began with Fence; the account's row lock is held from LockAccount on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/tx.h"

namespace transfer {

struct AccountKey {
    std::string network;
    std::string address;
    std::string contract;  // empty = native
    base::WalletId wallet;
};

struct AccountLook {
    AccountKey key;
    chain::Balance observed;
};

// Locks the accounts, no two the same; answers for each, in their order, the balance observed at a
// block less everything held and not mined by that block; 0 where the holds are larger.
[[nodiscard]] base::Result<std::vector<money::UInt256>> LockAccounts(
    pg::Tx& tx, std::span<const AccountLook> looks);

[[nodiscard]] base::Result<money::UInt256> LockAccount(pg::Tx& tx,
                                                       const AccountKey& key,
                                                       const chain::Balance& observed);

// What is held of an account for payments that a block may have while our books do not show it yet:
// their nonce is below `newest_count`, their coins are spent in the follower's books, or they were
// sent on a chain that has neither. The balance may be less by it already. Those whose every
// transaction is dead are not among them.
[[nodiscard]] base::Result<money::UInt256> HeldForLanding(pg::Tx& tx,
                                                          const AccountKey& key,
                                                          std::uint64_t newest_count);

struct NonceBook {
    std::vector<std::uint64_t> freed;  // ascending, none that the chain has used
    std::uint64_t next = 0;            // max(adopted, highest reserved + 1)
};

struct NonceLook {
    AccountKey native;
    chain::Account counts;      // as the chain says
    std::uint64_t adopted = 0;  // the part of the final count that is believed
};

// In the order of the looks; call under the locks of the native accounts. `limit` freed nonces at
// most of each.
[[nodiscard]] base::Result<std::vector<NonceBook>> LoadNonces(pg::Tx& tx,
                                                              std::span<const NonceLook> looks,
                                                              std::size_t limit);

struct Reservation {
    base::IntentId id;
    base::WalletId wallet;
    std::string from;
    std::optional<std::uint64_t> nonce;  // where the chain counts them
    chain::Unsigned unsigned_tx;
    money::UInt256 native_hold;                // value and fee
    std::optional<money::UInt256> token_hold;  // of `token`
    std::string token;
};

// AUTHORISED -> RESERVED, with the slot, the holds and the exact transaction that Sign will be
// asked for. Errors: `intent_moved`.
[[nodiscard]] base::Result<> InsertReservations(pg::Tx& tx,
                                                const std::string& network,
                                                std::span<const Reservation> reservations);

struct SignedFirst {
    base::IntentId id;
    base::Bytes unsigned_tx;  // what the bytes are of
    chain::Signed signed_tx;
};

// RESERVED -> SIGNED. Errors: `intent_moved`.
[[nodiscard]] base::Result<> MarkSigned(pg::Tx& tx, std::span<const SignedFirst> rows);

}  // namespace transfer
