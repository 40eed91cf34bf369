// Drives the unsigned intents of some wallets from RECEIVED to SIGNED, in batches: ask policy,
// reserve, sign. Wallets that have work at the same time share the calls and the transactions, so
// that one payment each costs them no more than many of one. Only for the .cpp files of
// libs/transfer.
#pragma once

#include <vector>

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

    // One round of what is due; wakes the wallets again for which there may be more, so that those
    // woken meanwhile share the next round. Passes over wallets whose lease another process has.
    // Never two threads at once for one wallet.
    void Run(const std::vector<base::WalletId>& wallets);

private:
    struct Held {
        base::WalletId wallet;
        Lease lease;
    };

    void RunHeld(const std::vector<Held>& held);
    // Answers those for which it did something, so that there may be more.
    [[nodiscard]] base::Result<std::vector<base::WalletId>> Round(const std::vector<Held>& held);
    [[nodiscard]] base::Result<> RunBatches(Batches& batches);

    void Sort(Batch& batch, std::vector<Queued> queue) const;
    [[nodiscard]] base::Result<> HoldBack(Batch& batch) const;
    void Price(Batches& batches);
    void Authorise(Batches& batches);
    void ApplyVerdict(Batch& batch, BatchItem& item, const base::Result<Authorisation>& verdict);
    [[nodiscard]] base::Result<> Reserve(Batches& batches);
    [[nodiscard]] base::Result<> Sign(Batches& batches);
    // Of those to be ended, finds the ones that the chain shows as sent (worker_found.cpp).
    [[nodiscard]] base::Result<> FindLanded(Batch& batch);
    [[nodiscard]] base::Result<> EndVoided(Batch& batch);

    Core& core_;
    Replacer replacer_;
    Filler filler_;
};

}  // namespace transfer
