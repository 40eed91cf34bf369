#include "transfer/filler.h"

#include <utility>

#include "base/crash_point.h"
#include "transfer/signing.h"

namespace transfer {

base::Result<> Filler::Run(const Lease& lease, const base::WalletId& wallet) {
    BASE_ASSIGN_OR_RETURN(auto ranges, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return LoadGapRanges(tx, core_.network, wallet);
                          }));
    for (GapRange& range : ranges) {
        // Gaps that the chain has closed by itself need nothing and stay as they are, be they ever
        // so many: those from its count on are open.
        BASE_ASSIGN_OR_RETURN(const auto account, core_.chain.GetAccount(range.from));
        range.lowest = account.newest_count;
        BASE_ASSIGN_OR_RETURN(const auto gaps, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                                  return LoadGaps(tx, core_.network, range);
                              }));
        for (const Gap& gap : gaps) {
            BASE_ASSIGN_OR_RETURN(const auto unsigned_tx, core_.chain.Fill(gap.from, gap.nonce));
            BASE_RETURN_IF_ERROR(Store(lease, wallet, gap, unsigned_tx.payload));
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

base::Result<> Filler::Refill(const Lease& lease, const TrackedFill& stuck) {
    // A cancel of the fill before it: 0 to self at the same nonce, by the replacement rule.
    chain::Plan plan;
    plan.from = stuck.from;
    plan.fee_cap = core_.chain.parameters().fee_ceiling;
    const auto unsigned_tx =
        core_.chain.Bump(plan, chain::AttemptKind::kCancel, {stuck.unsigned_tx, "", {}});
    if (!unsigned_tx) {
        if (!IsRefusal(unsigned_tx.error())) {
            return unsigned_tx.error();
        }
        core_.Report("fill", unsigned_tx.error());
        return {};
    }
    BASE_RETURN_IF_ERROR(
        Store(lease, stuck.wallet, {stuck.from, stuck.nonce}, unsigned_tx->payload));
    core_.wake_worker(stuck.wallet);
    return {};
}

base::Result<> Filler::Store(const Lease& lease,
                             const base::WalletId& wallet,
                             const Gap& gap,
                             base::ByteView unsigned_tx) {
    return core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        return InsertFill(tx, core_.network, wallet, gap, unsigned_tx);
    });
}

base::Result<> Filler::Sign(const Lease& lease, const UnsignedFill& fill) {
    BASE_CRASH_POINT("before_fill_sign");
    const auto answer = AskSignFill(core_, {fill.wallet, fill.unsigned_tx});
    BASE_CRASH_POINT("after_fill_sign");
    BASE_RETURN_IF_ERROR(core_.Fenced(lease, [&](pg::Tx& tx) -> base::Result<> {
        return answer ? MarkFillSigned(tx, core_.network, fill, answer->signed_tx)
                      : PostponeFill(tx, core_.network, fill, core_.settings.rebroadcast);
    }));
    BASE_CRASH_POINT("after_fill_signed");
    if (!answer) {
        core_.Report("fill", answer.error());
    }
    core_.wake_broadcaster();
    return {};
}

}  // namespace transfer
