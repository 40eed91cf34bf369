// Drives the unsigned intents of one wallet from RECEIVED to SIGNED, in batches: ask policy,
// reserve, sign. Only for the .cpp files of libs/transfer.
#pragma once

#include "base/ids.h"
#include "base/result.h"
#include "transfer/batch.h"
#include "transfer/core.h"
#include "transfer/filler.h"
#include "transfer/replacer.h"

namespace transfer {

class Worker {
public:
    explicit Worker(Core& core) : core_(core), replacer_(core), filler_(core) {}

    // Until nothing is due. Does nothing where another process has the wallet's lease. Never two
    // threads at once for one wallet.
    void Drain(const base::WalletId& wallet);

private:
    // True: it did something, so there may be more.
    [[nodiscard]] base::Result<bool> Round(const Lease& lease, const base::WalletId& wallet);

    void Sort(Batch& batch, Queue queue) const;
    [[nodiscard]] base::Result<> HoldBack(Batch& batch) const;
    void Price(Batch& batch);
    void Authorise(Batch& batch);
    void ApplyVerdict(Batch& batch, BatchItem& item, const base::Result<Authorisation>& verdict);
    [[nodiscard]] base::Result<> Reserve(const Lease& lease, Batch& batch);
    [[nodiscard]] base::Result<> Sign(const Lease& lease, Batch& batch);
    // Of those to be ended, finds the ones that the chain shows as sent (worker_found.cpp).
    [[nodiscard]] base::Result<> FindLanded(const Lease& lease, Batch& batch);
    [[nodiscard]] base::Result<> EndVoided(const Lease& lease, Batch& batch);

    Core& core_;
    Replacer replacer_;
    Filler filler_;
};

}  // namespace transfer
