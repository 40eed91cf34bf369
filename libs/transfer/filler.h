// Closes gaps below signed nonces whose intent was voided: 0 to self at exactly that nonce. Only
// for the .cpp files of libs/transfer.
#pragma once

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "transfer/core.h"
#include "transfer/store_fills.h"
#include "transfer/store_tracking.h"

namespace transfer {

class Filler {
public:
    explicit Filler(Core& core) : core_(core) {}

    // Fills what no waiting intent will take, and signs what was stored but not signed.
    [[nodiscard]] base::Result<> Run(const Lease& lease, const base::WalletId& wallet);

    // A further fill of the same nonce that replaces the one before it.
    [[nodiscard]] base::Result<> Refill(const Lease& lease, const TrackedFill& stuck);

private:
    [[nodiscard]] base::Result<> Store(const Lease& lease,
                                       const base::WalletId& wallet,
                                       const Gap& gap,
                                       base::ByteView unsigned_tx);
    [[nodiscard]] base::Result<> Sign(const Lease& lease, const UnsignedFill& fill);

    Core& core_;
};

}  // namespace transfer
