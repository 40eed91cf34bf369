#include "transfer/lease_book.h"

#include <set>
#include <utility>

namespace transfer {

std::string WalletLease(const base::WalletId& wallet) {
    return "wallet:" + wallet.ToString();
}

// In order of name, as RenewAll locks them.
base::Result<> Fence(pg::Tx& tx, std::span<const Lease> leases) {
    if (leases.empty()) {
        return {};
    }
    std::vector<std::string> names;
    std::vector<std::int64_t> epochs;
    for (const Lease& lease : leases) {
        names.push_back(lease.name);
        epochs.push_back(lease.epoch);
    }
    BASE_ASSIGN_OR_RETURN(
        const auto rows,
        tx.Exec("SELECT l.name FROM leases l JOIN unnest($2::text[], $3::bigint[]) "
                "AS u (name, epoch) ON l.name = u.name AND l.epoch = u.epoch "
                "WHERE l.network = $1 ORDER BY l.name FOR SHARE OF l",
                leases.front().network,
                names,
                epochs));
    if (rows.size() != leases.size()) {
        return base::MakeError(
            base::ErrorKind::kAborted, "lease_lost", "another process works for this wallet now");
    }
    return {};
}

LeaseBook::LeaseBook(pg::Pool& pool, std::string network, std::chrono::milliseconds lifetime)
    : pool_(pool),
      network_(std::move(network)),
      lifetime_(lifetime),
      holder_(base::FormatUuid(base::RandomUuid())) {}

base::Result<std::optional<Lease>> LeaseBook::Acquire(const std::string& name) {
    if (auto held = Held(name)) {
        return held;
    }
    const auto begun = std::chrono::steady_clock::now();
    auto epoch = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<std::optional<std::int64_t>> {
        BASE_ASSIGN_OR_RETURN(
            const auto row,
            tx.Maybe("INSERT INTO leases AS l (network, name, holder, epoch, expires_at) "
                     "VALUES ($1, $2, $3, 1, now() + $4 * interval '1 millisecond') "
                     "ON CONFLICT (network, name) DO UPDATE SET holder = $3, "
                     "epoch = l.epoch + 1, expires_at = excluded.expires_at "
                     "WHERE l.expires_at < now() OR l.holder = $3 RETURNING epoch",
                     network_,
                     name,
                     holder_,
                     lifetime_.count()));
        return row ? std::optional(row->Get<std::int64_t>("epoch")) : std::nullopt;
    });
    if (!epoch) {
        return epoch.error();
    }
    if (!*epoch) {
        return std::optional<Lease>();
    }
    const std::lock_guard lock(mutex_);
    held_[name] = {**epoch, begun};
    return std::optional(Lease{network_, name, **epoch});
}

std::optional<Lease> LeaseBook::Held(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = held_.find(name);
    if (found == held_.end() ||
        std::chrono::steady_clock::now() - found->second.renewed >= lifetime_) {
        return std::nullopt;
    }
    return Lease{network_, name, found->second.epoch};
}

std::vector<Lease> LeaseBook::AllHeld() const {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(mutex_);
    std::vector<Lease> leases;
    for (const auto& [name, entry] : held_) {
        if (now - entry.renewed < lifetime_) {
            leases.push_back({network_, name, entry.epoch});
        }
    }
    return leases;
}

base::Result<> LeaseBook::RenewAll() {
    const auto begun = std::chrono::steady_clock::now();
    std::vector<std::string> names;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [name, entry] : held_) {
            names.push_back(name);
        }
    }
    if (names.empty()) {
        return {};
    }
    auto renewed =
        pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<std::map<std::string, std::int64_t>> {
            BASE_ASSIGN_OR_RETURN(
                const auto rows,
                tx.Exec("WITH mine AS (SELECT name FROM leases WHERE network = $1 "
                        "AND holder = $2 AND name = ANY ($4::text[]) ORDER BY name "
                        "FOR NO KEY UPDATE) "
                        "UPDATE leases l SET expires_at = now() + $3 * interval '1 millisecond' "
                        "FROM mine WHERE l.network = $1 AND l.name = mine.name "
                        "RETURNING l.name, l.epoch",
                        network_,
                        holder_,
                        lifetime_.count(),
                        names));
            std::map<std::string, std::int64_t> epochs;
            for (const pg::Row row : rows) {
                epochs[row.Get<std::string>("name")] = row.Get<std::int64_t>("epoch");
            }
            return epochs;
        });
    if (!renewed) {
        return renewed.error();
    }
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
        const auto held = held_.find(name);
        if (held == held_.end()) {
            continue;
        }
        const auto found = renewed->find(name);
        if (found == renewed->end() || found->second != held->second.epoch) {
            held_.erase(held);
        } else {
            held->second.renewed = begun;
        }
    }
    return {};
}

base::Result<> LeaseBook::Release(std::span<const std::string> names) {
    std::vector<std::string> ours;
    {
        const std::lock_guard lock(mutex_);
        for (const std::string& name : names) {
            if (held_.erase(name) > 0) {
                ours.push_back(name);
            }
        }
    }
    return pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE leases SET expires_at = '-infinity' WHERE network = $1 "
                    "AND holder = $2 AND name = ANY ($3::text[])",
                    network_,
                    holder_,
                    ours));
        return {};
    });
}

void LeaseBook::Forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    held_.erase(name);
}

}  // namespace transfer
