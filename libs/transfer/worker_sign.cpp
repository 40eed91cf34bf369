#include <utility>

#include "base/crash_point.h"
#include "transfer/signing.h"
#include "transfer/store_slots.h"
#include "transfer/worker.h"

namespace transfer {

base::Result<> Worker::Sign(Batches& batches) {
    const auto items = ItemsAt(batches, BatchItem::Step::kSign);
    if (items.empty()) {
        return {};
    }
    std::vector<SignCall> calls;
    for (const PlacedItem& place : items) {
        SignCall call;
        call.order = place.item->intent.order;
        call.attempt = 1;
        call.unsigned_tx = place.item->intent.attempt->unsigned_tx;
        calls.push_back(std::move(call));
    }
    auto answers = AskSignAll(core_, calls);
    BASE_CRASH_POINT("after_sign");
    std::vector<SignedFirst> signed_rows;
    std::vector<Waiting> waiting;
    std::vector<base::IntentId> ids;
    for (std::size_t index = 0; index < items.size(); ++index) {
        BatchItem& item = *items[index].item;
        auto& answer = answers[index];
        item.step = BatchItem::Step::kOut;
        if (answer) {
            ids.push_back(item.intent.id);
            signed_rows.push_back(
                {item.intent.id, std::move(answer->unsigned_tx), std::move(answer->signed_tx)});
        } else if (IsSignRefusal(answer.error())) {
            const bool late = answer.error().reason == "order_expired";
            items[index].batch->End(
                item, late ? State::kExpired : State::kRejected, answer.error());
        } else {
            waiting.push_back({item.intent.id,
                               WaitingReason(answer.error()),
                               answer.error().detail,
                               core_.settings.retry});
        }
    }
    const auto write = [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(Postpone(tx, waiting));
        return MarkSigned(tx, signed_rows);
    };
    BASE_RETURN_IF_ERROR(core_.Fenced(LeasesOf(batches), write));
    BASE_CRASH_POINT("after_signed");
    core_.wake_broadcaster();
    core_.Announce(ids);
    return {};
}

}  // namespace transfer
