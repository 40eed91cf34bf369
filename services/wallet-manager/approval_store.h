// Approvals: one an intent, decided once by a human within ten minutes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "wallet-manager/order_reader.h"

namespace wallet_manager {

using Approval = platform::wallet::v1::Approval;

// Its state as of now: a pending one whose time is over reads `expired`.
[[nodiscard]] base::Result<std::optional<Approval>> FindApprovalOfIntent(
    pg::Tx& tx, const base::IntentId& intent);

// Whether the approval of this intent was given at most ten minutes ago.
[[nodiscard]] base::Result<bool> IsFreshlyApproved(pg::Tx& tx, const base::IntentId& intent);

// `rule` is the policy's rule that asks.
[[nodiscard]] base::Result<Approval> CreateApproval(pg::Tx& tx,
                                                    const GateOrder& order,
                                                    const std::string& rule);

// Errors: `unknown_approval`.
[[nodiscard]] base::Result<Approval> GetApproval(pg::Tx& tx,
                                                 const base::UserId& user,
                                                 const base::ApprovalId& id);

// A human's word about exactly what he was shown.
struct Decision {
    base::UserId user;
    base::ApprovalId approval;
    std::string digest;
    bool approve = false;
};

// Compare-and-set. Errors: `unknown_approval`, `plan_changed`, `already_decided`, `expired`.
[[nodiscard]] base::Result<Approval> Decide(pg::Tx& tx, const Decision& decision);

struct ApprovalPage {
    std::vector<Approval> approvals;
    std::string next_cursor;
};

struct ApprovalQuery {
    base::UserId user;
    std::string state;   // empty = all
    std::string cursor;  // id of the last one shown; empty = from the newest
    int limit = 20;
};

// Newest first. Errors: `bad_cursor`.
[[nodiscard]] base::Result<ApprovalPage> ListApprovals(pg::Tx& tx, const ApprovalQuery& query);

}  // namespace wallet_manager
