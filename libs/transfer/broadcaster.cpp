#include "transfer/broadcaster.h"

#include <algorithm>
#include <vector>

#include "base/crash_point.h"

namespace transfer {

namespace {

// The node's own trouble is asked about more often than a healthy transaction.
constexpr std::chrono::milliseconds kSlotTakenRetry{5'000};

}  // namespace

void Broadcaster::Run() {
    while (true) {
        const auto sent = Batch();
        if (!sent) {
            core_.Report("broadcaster", sent.error());
            return;
        }
        if (*sent < core_.settings.batch) {
            return;
        }
    }
}

void Broadcaster::RunLost() {
    if (const auto sent = SendLost(); !sent) {
        core_.Report("lost payments", sent.error());
    }
}

base::Result<> Broadcaster::SendLost() {
    const Claim claim{
        core_.network, core_.leases.holder(), core_.settings.batch, core_.settings.lease};
    BASE_ASSIGN_OR_RETURN(const auto claimed, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return ClaimLost(tx, claim);
                          }));
    return SendClaimed(claimed);
}

base::Result<> Broadcaster::SendClaimed(const std::vector<Claimed>& claimed) {
    if (claimed.empty()) {
        return {};
    }
    BASE_CRASH_POINT("after_claim");
    std::vector<Sent> sent(claimed.size());
    core_.node_calls.ForEach(claimed.size(), [&](std::size_t index) {
        sent[index] = Send(claimed[index]);
        sent[index].other_reason = sent[index].reason != claimed[index].reason;
    });
    BASE_CRASH_POINT("after_broadcast");
    BASE_RETURN_IF_ERROR(pg::Transact(
        core_.pool, [&](pg::Tx& tx) -> base::Result<> { return RecordSent(tx, sent); }));
    BASE_CRASH_POINT("after_sent");
    core_.wake_publisher();
    return {};
}

base::Result<std::size_t> Broadcaster::Batch() {
    const Claim claim{
        core_.network, core_.leases.holder(), core_.settings.batch, core_.settings.lease};
    BASE_ASSIGN_OR_RETURN(const auto claimed, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return ClaimDue(tx, claim);
                          }));
    BASE_RETURN_IF_ERROR(SendClaimed(claimed));
    BASE_RETURN_IF_ERROR(SendFills(claim));
    return claimed.size();
}

base::Result<> Broadcaster::SendFills(const Claim& claim) {
    BASE_ASSIGN_OR_RETURN(const auto fills, pg::Transact(core_.pool, [&](pg::Tx& tx) {
                              return TakeFills(tx, claim, core_.settings.rebroadcast);
                          }));
    for (const FillToSend& fill : fills) {
        const auto answer = core_.chain.Broadcast(fill.signed_tx);
        if (!answer) {
            core_.Report("fill", answer.error());
        }
    }
    return {};
}

// What was stored is what was signed: nothing else leaves, whoever wrote it there.
base::Result<> Broadcaster::CheckBytes(const Claimed& claimed) const {
    const auto found = core_.chain.Inspect(claimed.signed_tx, claimed.unsigned_tx);
    if (found && found->tx_hash == claimed.tx_hash) {
        return {};
    }
    return base::MakeError(base::ErrorKind::kDataLoss,
                           "signed_bytes_edited",
                           "the stored transaction of intent " + claimed.intent.ToString() +
                               " is not the one that was signed");
}

Sent Broadcaster::Send(const Claimed& claimed) const {
    Sent sent;
    sent.intent = claimed.intent;
    sent.number = claimed.number;
    sent.again_in = std::min(core_.settings.rebroadcast, core_.chain.parameters().rebroadcast);
    if (const auto whole = CheckBytes(claimed); !whole) {
        core_.Alarm(whole.error().reason, whole.error().detail);
        sent.answer = whole.error().detail;
        sent.reason = whole.error().reason;
        return sent;
    }
    const auto answer = core_.chain.Broadcast(claimed.signed_tx);
    if (!answer) {
        sent.answer = answer.error().detail;
        sent.reason = "node_unavailable";
        sent.again_in = core_.settings.retry;
        return sent;
    }
    sent.answer = answer->text;
    switch (answer->result) {
        case chain::BroadcastResult::kAccepted:
        case chain::BroadcastResult::kAlreadyKnown:
            sent.answer.clear();
            break;
        case chain::BroadcastResult::kSlotTaken:
            // Ours in a block, or a stranger's: the tracker looks the hashes up.
            sent.again_in = kSlotTakenRetry;
            break;
        case chain::BroadcastResult::kUnderpriced:
            sent.reason = "underpriced";
            break;
        case chain::BroadcastResult::kInsufficientFunds:
            sent.reason = "insufficient_funds";
            break;
        case chain::BroadcastResult::kExpired:
            sent.reason = core_.ExpiredReason();
            break;
        case chain::BroadcastResult::kRejected:
            sent.reason = "node_rejected";
            break;
    }
    return sent;
}

}  // namespace transfer
