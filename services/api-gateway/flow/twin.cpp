#include "api-gateway/flow/twin.h"

#include "api-gateway/views/transfer_view.h"

namespace gateway {

using platform::chain::v1::TransferStatus;

TwinVerdict JudgeKeyed(const Twin& twin, std::optional<TransferStatus> state) {
    if (!twin.same_request) {
        return TwinVerdict::kReused;
    }
    if (state) {
        return TwinVerdict::kReplay;
    }
    return IsFresh(twin) ? TwinVerdict::kInProgress : TwinVerdict::kTakeOver;
}

bool IsFresh(const Twin& twin) {
    return twin.claimed_age < kTakeOverAfter;
}

TwinVerdict JudgeKeyless(const Twin& twin, std::optional<TransferStatus> state) {
    if (IsFresh(twin)) {
        return TwinVerdict::kDuplicate;
    }
    if (!state) {
        return TwinVerdict::kTakeOver;
    }
    if (NeverPays(*state)) {
        return TwinVerdict::kNewPayment;
    }
    // The first answer may never have arrived, so it does not count as seen: only a read or a
    // refusal that came after it does.
    const bool unseen = !twin.shown && twin.age < kGuardMax;
    return IsUndecided(*state) || unseen ? TwinVerdict::kDuplicate : TwinVerdict::kNewPayment;
}

TwinVerdict JudgeBump(const Twin& twin) {
    if (!twin.same_request) {
        return TwinVerdict::kReused;
    }
    if (twin.taken) {
        return TwinVerdict::kReplay;
    }
    return IsFresh(twin) ? TwinVerdict::kInProgress : TwinVerdict::kTakeOver;
}

}  // namespace gateway
