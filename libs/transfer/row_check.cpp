#include "transfer/row_check.h"

#include <algorithm>
#include <variant>

#include "transfer/plan_json.h"

namespace transfer {

namespace {

base::Error Mismatch(const Queued& row, const std::string& what) {
    return base::PermissionDenied(
        "row_mismatch",
        "the stored " + what + " of intent " + row.id.ToString() + " is not the one of its order");
}

// Exact amounts are the order's; the others follow from the fee.
bool AmountFits(const Queued& row, const chain::Plan& ordered) {
    const auto* transfer = std::get_if<chain::Transfer>(&ordered.action);
    if (transfer == nullptr || transfer->mode != chain::TransferMode::kExact) {
        return true;
    }
    return row.amount == AskedAmount(ordered);
}

bool RecipientsFit(const Queued& row, const chain::Plan& ordered) {
    const auto shown = ReadRecipients(row.recipients);
    const auto wanted = ReadRecipients(WriteRecipients(ordered));
    return shown && wanted &&
           std::equal(shown->begin(),
                      shown->end(),
                      wanted->begin(),
                      wanted->end(),
                      [](const chain::Recipient& left, const chain::Recipient& right) {
                          return left.address == right.address && left.amount == right.amount;
                      });
}

}  // namespace

base::Result<> CheckRow(const Core& core, const base::WalletId& wallet, const Queued& row) {
    if (row.damage) {
        return Mismatch(row, "plan or quote");
    }
    if (!core.read_order) {
        return {};
    }
    const auto ordered = core.read_order(row.order, row.plan.memo);
    if (!ordered) {
        return Mismatch(row, "order or memo");
    }
    if (!(ordered->id == row.id) || !(ordered->wallet == wallet) || !(ordered->user == row.user)) {
        return Mismatch(row, "owner");
    }
    chain::Plan plan = ordered->plan;
    plan.fee = row.plan.fee;  // a wish; the order's cap bounds it
    if (WritePlan(plan) != WritePlan(row.plan)) {
        return Mismatch(row, "plan");
    }
    if (!AmountFits(row, plan) || !RecipientsFit(row, plan)) {
        return Mismatch(row, "amount or recipient");
    }
    return {};
}

}  // namespace transfer
