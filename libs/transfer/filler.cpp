#include "transfer/filler.h"

#include <utility>

#include "transfer/crash_point.h"
#include "transfer/signing.h"

namespace transfer {

base::Result<> Filler::Run(const Lease& lease, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(const auto gaps, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadGaps(tx, core_.network, wallet);
                          }));
    for (const Gap& gap : gaps) {
        // A gap that the chain has closed by itself needs nothing.
        BASE_ASSIGN_OR_RETURN(const auto account, core_.chain.GetAccount(gap.from));
        if (gap.nonce >= account.newest_count) {
            BASE_RETURN_IF_ERROR(Store(lease, wallet, gap));
        }
    }
    BASE_ASSIGN_OR_RETURN(const auto fills, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadUnsignedFills(tx, core_.network, wallet);
                          }));
    for (const UnsignedFill& fill : fills) {
        BASE_RETURN_IF_ERROR(Sign(lease, fill));
    }
    return {};
}

base::Result<> Filler::Refill(const Lease& lease, const base::WalletId& wallet, const Gap& gap) {
    BASE_RETURN_IF_ERROR(Store(lease, wallet, gap));
    core_.wake_worker(wallet);
    return {};
}

base::Result<> Filler::Store(const Lease& lease, const base::WalletId& wallet, const Gap& gap) {
    BASE_ASSIGN_OR_RETURN(const auto unsigned_tx, core_.chain.Fill(gap.from, gap.nonce));
    return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        return InsertFill(tx, core_.network, wallet, gap, unsigned_tx.payload);
    });
}

base::Result<> Filler::Sign(const Lease& lease, const UnsignedFill& fill) {
    TRANSFER_CRASH_POINT("before_fill_sign");
    const auto answer = AskSignFill(core_, {fill.wallet, fill.unsigned_tx});
    TRANSFER_CRASH_POINT("after_fill_sign");
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        return answer ? MarkFillSigned(tx, core_.network, fill, answer->signed_tx)
                      : PostponeFill(tx, core_.network, fill, core_.settings.rebroadcast);
    }));
    if (!answer) {
        core_.Report("fill", answer.error());
    }
    core_.wake_broadcaster();
    return {};
}

}  // namespace transfer
