#include "transfer/recovery.h"

#include <set>
#include <string>
#include <vector>

#include "transfer/store_intents.h"

namespace transfer {

void Recovery::Scan() {
    if (const auto done = TryScan(); !done) {
        core_.Report("scan", done.error());
    }
}

void Recovery::Sweep() {
    if (const auto done = TrySweep(); !done) {
        core_.Report("sweep", done.error());
    }
}

base::Result<> Recovery::TryScan() {
    BASE_ASSIGN_OR_RETURN(const auto wallets, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return WalletsDue(tx, core_.network);
                          }));
    for (const base::WalletId& wallet : wallets) {
        core_.wake_worker(wallet);
    }
    return {};
}

base::Result<> Recovery::TrySweep() {
    // The leases first: what is taken between the two reads is not given up.
    const auto held = core_.leases.AllHeld();
    BASE_ASSIGN_OR_RETURN(const auto open, pg::Read(core_.pool, [&](pg::Tx& tx) {
                              return WalletsOpen(tx, core_.network);
                          }));
    std::set<std::string> needed;
    for (const base::WalletId& wallet : open) {
        needed.insert(WalletLease(wallet));
        core_.wake_worker(wallet);
    }
    std::vector<std::string> idle;
    for (const Lease& lease : held) {
        if (lease.name.rfind("wallet:", 0) == 0 && needed.count(lease.name) == 0) {
            idle.push_back(lease.name);
        }
    }
    if (!idle.empty()) {
        BASE_RETURN_IF_ERROR(core_.leases.Release(idle));
    }
    BASE_ASSIGN_OR_RETURN(const auto flagged, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return FlagStuck(tx, core_.network, core_.settings.operator_after);
                          }));
    if (flagged > 0) {
        core_.Alarm("needs_operator", std::to_string(flagged) + " payments make no progress");
    }
    return {};
}

}  // namespace transfer
