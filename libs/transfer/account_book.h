// What our own tables know of an address, beside its payments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "chain/types.h"
#include "pg/pool.h"

namespace transfer {

struct StoredBalance {
    chain::Balance balance;
    base::Time observed_at;
};

// Thread-safe.
class AccountBook {
public:
    AccountBook(pg::Pool& pool, std::string network) : pool_(pool), network_(std::move(network)) {}

    // What payments under way will take and a balance of that block does not show yet.
    [[nodiscard]] base::Result<money::UInt256> Held(const std::string& address,
                                                    const std::string& contract,
                                                    std::uint64_t block_height) const;
    // As it was when a payment was last reserved.
    [[nodiscard]] base::Result<std::optional<StoredBalance>> LastBalance(
        const std::string& address, const std::string& contract) const;
    // Tokens that this address has sent or received, at most 200.
    [[nodiscard]] base::Result<std::vector<std::string>> KnownContracts(
        const std::string& address) const;
    [[nodiscard]] base::Result<bool> HasPaid(const std::string& from, const std::string& to) const;
    // Of the wallet's addresses, those that coins in blocks have paid (UTXO chains).
    [[nodiscard]] base::Result<std::vector<std::string>> PaidAddresses(
        const base::WalletId& wallet) const;
    // Up to where incoming transfers are read.
    [[nodiscard]] base::Result<std::uint64_t> FollowedHeight() const;

private:
    pg::Pool& pool_;
    const std::string network_;
};

}  // namespace transfer
