// The wallets (and roles) this process works for. A lease is a row with an expiry by the database's
// clock and an epoch that rises with every new holder; a holder's every transaction begins with
// Fence, so a holder that was taken over can commit nothing more.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/pool.h"

namespace transfer {

struct Lease {
    std::string network;
    std::string name;
    std::int64_t epoch = 0;
};

[[nodiscard]] std::string WalletLease(const base::WalletId& wallet);

// Locks the leases, all of one network, until the transaction ends. Errors: kAborted `lease_lost`
// where one of them is another's now.
[[nodiscard]] base::Result<> Fence(pg::Tx& tx, std::span<const Lease> leases);

[[nodiscard]] inline base::Result<> Fence(pg::Tx& tx, const Lease& lease) {
    return Fence(tx, std::span(&lease, 1));
}

// Thread-safe.
class LeaseBook {
public:
    LeaseBook(pg::Pool& pool, std::string network, std::chrono::milliseconds lifetime);

    // The lease, if it is ours or can be had now.
    [[nodiscard]] base::Result<std::optional<Lease>> Acquire(const std::string& name);
    [[nodiscard]] std::optional<Lease> Held(const std::string& name) const;
    [[nodiscard]] std::vector<Lease> AllHeld() const;

    // Those that another has taken are dropped.
    [[nodiscard]] base::Result<> RenewAll();
    // Others may take them at once.
    [[nodiscard]] base::Result<> Release(std::span<const std::string> names);
    void Forget(const std::string& name);

    // Names this process among the holders; new with every start.
    [[nodiscard]] const std::string& holder() const { return holder_; }

private:
    struct Entry {
        std::int64_t epoch = 0;
        std::chrono::steady_clock::time_point renewed;
    };

    pg::Pool& pool_;
    const std::string network_;
    const std::chrono::milliseconds lifetime_;
    const std::string holder_;
    mutable std::mutex mutex_;
    std::map<std::string, Entry> held_;
};

}  // namespace transfer
