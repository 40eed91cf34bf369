#include "transfer/core.h"

#include "transfer/store_payments.h"

namespace transfer {

void Core::Announce(const std::vector<base::IntentId>& ids) {
    const std::vector<base::IntentId> awaited = waiters.Awaited(ids);
    if (!awaited.empty()) {
        auto payments =
            pg::Read(pool, [&](pg::Tx& tx) { return LoadPayments(tx, network, awaited); });
        if (payments) {
            for (Payment& payment : *payments) {
                waiters.Show(std::move(payment));
            }
        }
        // Those who are shown nothing look for themselves.
        for (const base::IntentId& id : awaited) {
            waiters.Announce(id);
        }
    }
    wake_publisher();
}

}  // namespace transfer
